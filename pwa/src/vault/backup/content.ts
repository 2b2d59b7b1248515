/** A private row as the fields of a revision, and back (docs/protocol.md, section 4, "Personal backup"). */
import type { Hex } from "../../sync/bytes.ts";
import type { Part } from "../../sync/canonical.ts";
import { natural, oneOf, text } from "../../sync/decoding.ts";
import { MalformedError } from "../../sync/errors.ts";
import { compareText, type Plaintext, type Stamp, type Value } from "../../sync/revisions.ts";
import type { Entry, EntryType } from "../../sync/store.ts";
import { decodeKeepsake, KEEPSAKE_KINDS, keepsakeParts } from "../keepsakes.ts";
import { decodeNote, entryOf, noteParts } from "../notes.ts";

/** What goes into a backup; drafts, contacts, keys and enrolments never do. */
export const BACKED_UP = ["note", "keepsake"] as const satisfies readonly EntryType[];

export type Fields = ReadonlyMap<string, Value>;

/** Before the names of a keepsake's own fields. */
const OWN = "value:";

/** Throws DamagedError. */
export function fieldsOfRow({ address, type, order }: Entry, row: unknown): Fields {
  if (type === "note") {
    const { text: written, created, changed } = decodeNote(address, row);
    const fields: [string, Value][] = [
      ["type", "note"],
      ["text", written],
      ["created", created],
      ["changed", changed],
    ];
    return new Map(fields);
  }
  const { kind, values, created, changed } = decodeKeepsake(address, row);
  const fields: [string, Value][] = [
    ["type", "keepsake"],
    ["kind", kind],
    ["order", order],
    ["created", created],
    ["changed", changed],
  ];
  const own = Object.entries(values).map(([name, value]): [string, Value] => [OWN + name, value]);
  return new Map([...fields, ...own]);
}

/** The row that these fields make. Throws MalformedError for what this version does not know. */
export function rowOf(address: Hex, fields: Fields): { entry: Entry; parts: readonly Part[] } {
  const created = natural(fields.get("created"), "$.created");
  const changed = natural(fields.get("changed"), "$.changed");
  const type = oneOf(...BACKED_UP)(fields.get("type"), "$.type");
  if (type === "note") {
    const note = { id: address, text: text(fields.get("text"), "$.text"), created, changed };
    return { entry: entryOf(note), parts: noteParts(note) };
  }
  const kind = oneOf(...KEEPSAKE_KINDS)(fields.get("kind"), "$.kind");
  const order = natural(fields.get("order"), "$.order");
  const own = [...fields].filter(([name]) => name.startsWith(OWN));
  const values = Object.fromEntries(own.map(([name, value]) => [name.slice(OWN.length), value]));
  const place = { address, type, state: kind, collection: "", order, small: changed };
  return {
    entry: place,
    parts: keepsakeParts({ id: address, kind, values, created, changed }),
  };
}

/** One alternative a field: whoever writes here decides at once. */
export function plaintextOf(
  fields: Fields,
  { device, counter }: Stamp,
  past: readonly Stamp[],
): Plaintext {
  const named = [...fields].sort(([a], [b]) => compareText(a, b));
  return {
    author: device,
    counter,
    past,
    fields: named.map(([name, value]) => ({
      name,
      alternatives: [{ value, device, counter }],
    })),
  };
}

/** Throws MalformedError where something is not decided. */
export function fieldsIn({ fields }: Plaintext): Fields {
  return new Map(
    fields.map(({ name, alternatives }) => {
      const [only, ...others] = alternatives;
      if (only === undefined || others.length > 0) throw new MalformedError(`$.${name}`);
      return [name, only.value];
    }),
  );
}

/** Whether both say the same, whenever it was written. */
export function sayTheSame(a: Fields, b: Fields): boolean {
  const said = (fields: Fields): string =>
    JSON.stringify(
      [...fields]
        .filter(([name]) => name !== "changed")
        .sort(([first], [second]) => compareText(first, second)),
    );
  return said(a) === said(b);
}
