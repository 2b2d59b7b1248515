/**
 * What a hub refused, most often since it does not know a device or a key yet. It stays here, and is offered again once
 * the certificates are others than then, to another life of the hub's database, and when the vault is opened anew:
 * at every exchange it would cost, and keep what comes after it waiting.
 */
import { type Hex, toHex } from "../bytes.ts";
import { once } from "../once.ts";
import type { Store } from "../store.ts";
import type { Desk } from "./desk.ts";

interface Refusals {
  /** Card and certificates of then. */
  readonly under: string;
  readonly names: Set<Hex>;
}

/** By enrolment, as long as the vault is open. */
const refusals = once<Store, Map<Hex, Refusals>>(() => new Map());

/** Names of packets and revisions, and addresses of rows, that were refused under the certificates of now. */
export function refusalsAt(
  store: Store,
  { enrolment, card, certificates }: Pick<Desk, "enrolment" | "card" | "certificates">,
): Set<Hex> {
  const known = [...certificates].map(([device, { n, revoked }]) => `${device} ${n} ${revoked}`);
  const under = [toHex(card.signing_key), ...known.sort()].join();
  const held = refusals(store).get(enrolment);
  if (held?.under === under) return held.names;
  const names = new Set<Hex>();
  refusals(store).set(enrolment, { under, names });
  return names;
}

/** For another life of the hub's database, to which all is offered anew. */
export function forgetRefusals(store: Store, enrolment: Hex): void {
  refusals(store).delete(enrolment);
}
