/** Private records with fields: one row each, whatever their kind. */
import type { Hex } from "../sync/bytes.ts";
import type { Part } from "../sync/canonical.ts";
import { labelled, list, natural, oneOf, text, tuple } from "../sync/decoding.ts";
import { MalformedError } from "../sync/errors.ts";
import { grouped } from "../sync/grouped.ts";
import { once } from "../sync/once.ts";
import { compareText, value, type Value, type Values } from "../sync/revisions.ts";
import type { Change, Entry, Store } from "../sync/store.ts";
import { deleteChunks } from "./chunks.ts";
import type { Environment } from "./environment.ts";
import { DamagedError, UnknownRowError } from "./errors.ts";
import type {
  IndexLine,
  Keepsake,
  KeepsakeKind,
  KeepsakeList,
  Keepsakes,
  KeepsakeWriting,
} from "./face.ts";
import { latestFirst, lineOf } from "./lines.ts";
import { orGone } from "./notes.ts";

export const KEEPSAKE_KINDS = [
  "day",
  "wage",
  "payment",
  "deduction",
  "offer",
  "plan",
  "date",
  "copy",
] as const satisfies readonly KeepsakeKind[];

/** So many are opened at once: thousands together would hold up whoever types meanwhile. */
const SLICE = 64;

export class VaultKeepsakes implements Keepsakes {
  readonly #store: Store;
  readonly #environment: Pick<Environment, "now">;

  constructor(store: Store, environment: Pick<Environment, "now">) {
    this.#store = store;
    this.#environment = environment;
  }

  lines(kind: KeepsakeKind): readonly IndexLine[] {
    return linesByKind(this.#store.entries("keepsake")).get(kind) ?? [];
  }

  async open(ids: readonly Hex[]): Promise<KeepsakeList> {
    const kept: Keepsake[] = [];
    let damaged = 0;
    for (let at = 0; at < ids.length; at += SLICE) {
      const slice = ids.slice(at, at + SLICE);
      for (const found of await Promise.all(slice.map(async (id) => this.#readOrSay(id)))) {
        if (found === "damaged") damaged += 1;
        else if (found !== "gone") kept.push(found);
      }
    }
    return { kept, damaged };
  }

  async list(kind: KeepsakeKind): Promise<KeepsakeList> {
    return this.open(this.lines(kind).map(({ id }) => id));
  }

  async read(id: Hex): Promise<Keepsake> {
    return decodeKeepsake(id, await this.#store.readRow(id));
  }

  /** `also`: what goes with it in the same transaction. */
  async keep(
    kind: KeepsakeKind,
    values: Values,
    { order, replaces, before, draft }: KeepsakeWriting,
    also?: (change: Change, id: Hex) => void,
  ): Promise<Hex> {
    const changed = this.#environment.now();
    for (const [name, each] of Object.entries(values)) value(each, name);
    return this.#store.change(async (change) => {
      const held = await replacedIn(change, replaces, before, values);
      const { id, created } = held ?? { id: change.newAddress(), created: changed };
      const keepsake = { id, kind, values, created, changed };
      const line = { address: id, type: "keepsake", state: kind, collection: "", order } as const;
      change.put({ ...line, small: changed }, keepsakeParts(keepsake));
      also?.(change, id);
      if (draft !== undefined) change.delete(draft);
      return id;
    });
  }

  async delete(id: Hex, draft?: Hex): Promise<void> {
    await this.#store.change((change) => {
      change.delete(id);
      deleteChunks(change, id);
      if (draft !== undefined) change.delete(draft);
    });
  }

  async #readOrSay(id: Hex): Promise<Keepsake | "damaged" | "gone"> {
    try {
      return await this.read(id);
    } catch (error) {
      if (error instanceof UnknownRowError) return "gone";
      if (error instanceof DamagedError) return "damaged";
      throw error;
    }
  }
}

/** `undefined` where it says neither what was changed nor what it is changed into, or is gone: both are kept. */
async function replacedIn(
  change: Change,
  id: Hex | undefined,
  before: Values | undefined,
  values: Values,
): Promise<Keepsake | undefined> {
  if (id === undefined) return undefined;
  const reading = async (): Promise<Keepsake> => decodeKeepsake(id, await change.read(id));
  if (before === undefined) return reading();
  const held = await orGone(reading);
  const saysOneOf = [before, values].map(saying).includes(saying(held?.values ?? {}));
  return saysOneOf ? held : undefined;
}

function saying(values: Values): string {
  return JSON.stringify(Object.entries(values).sort(([a], [b]) => compareText(a, b)));
}

const linesByKind = once((entries: readonly Entry[]) => {
  const kinds = grouped(latestFirst(entries), ({ state }) => state);
  return new Map([...kinds].map(([kind, own]) => [kind, own.map(lineOf)]));
});

export function keepsakeParts({ kind, values, created, changed }: Keepsake): readonly Part[] {
  const fields = Object.entries(values).map(([name, held]): Part => [name, held]);
  return ["keepsake", 1, kind, fields, created, changed];
}

export function decodeKeepsake(id: Hex, row: unknown): Keepsake {
  try {
    const [version, kind, fields, created, changed] = labelled(row, "keepsake", 5);
    if (version !== 1) throw new MalformedError("$[1]");
    return {
      id,
      kind: oneOf(...KEEPSAKE_KINDS)(kind, "$[2]"),
      values: Object.fromEntries(list(decodeField)(fields, "$[3]")),
      created: natural(created, "$[4]"),
      changed: natural(changed, "$[5]"),
    };
  } catch (cause) {
    throw new DamagedError({ cause });
  }
}

function decodeField(found: unknown, path: string): [string, Value] {
  const [name, held] = tuple(found, path, 2);
  return [text(name, `${path}[0]`), value(held, `${path}[1]`)];
}
