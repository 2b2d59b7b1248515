/** Whether an index that came over the network is taken. */
import { Refusal } from "./errors.ts";
import { leadsFrom, type PackIndex, sameBytes, verifySignature } from "./pack-index.ts";

export interface Known {
  /** The first key that this phone met, or the one that it came to by succession. */
  readonly pinned: Uint8Array | undefined;
  /** The newest index of this locale that the phone has, effective or coming. */
  readonly newest: PackIndex | undefined;
}

export type Verdict =
  | { readonly take: true; readonly pin: Uint8Array }
  /** The same index again: nothing to do. */
  | { readonly take: false };

/** Throws `Refusal`; what the phone has then stays as it is. */
export async function judge(index: PackIndex, locale: string, known: Known): Promise<Verdict> {
  if (index.locale !== locale) throw new Refusal("bad-signature", `signed for ${index.locale}`);
  await verifySignature(index);
  if (known.pinned !== undefined && !(await leadsFrom(known.pinned, index))) {
    throw new Refusal("new-key", locale);
  }
  if (known.newest !== undefined && (await leadsFrom(known.newest.key, index))) {
    return compare(index, known.newest);
  }
  // The first one, or the first after the person accepted a new key: its numbers begin anew.
  return { take: true, pin: index.key };
}

function compare(index: PackIndex, newest: PackIndex): Verdict {
  if (index.number < newest.number) {
    throw new Refusal("older", `${index.number} after ${newest.number}`);
  }
  if (index.number > newest.number) return { take: true, pin: index.key };
  if (!sameBytes(index.body, newest.body)) {
    throw new Refusal("older", `${index.number} came with another body`);
  }
  return { take: false };
}
