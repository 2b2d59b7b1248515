/**
 * What a vault's own rows hold, as MessagePack arrays: the root, and the pages of the index. Each says
 * its version first; a reader of a later version reads all that came before.
 */
import { type Bytes, fromHex, type Hex, toHex } from "../sync/bytes.ts";
import { decode, encode, type Part, part } from "../sync/canonical.ts";
import { bytes, id, labelled, list, natural, oneOf, text, tuple } from "../sync/decoding.ts";
import { MalformedError } from "../sync/errors.ts";
import type { Entry } from "../sync/store.ts";
import type { AutoLock } from "./face.ts";

/** Entries a page; a full page of contacts is some 40 KiB, rewritten with each save. */
export const PAGE_LIMIT = 256;

const ENTRY_TYPES = [
  "note",
  "draft",
  "enrolment",
  "certificate",
  "revision",
  "key",
  "packet",
  "keepsake",
  "chunk",
] as const;

/** Which of the header's eight slots this vault may write; it never touches another. */
export interface Slots {
  /** Passphrase, recovery key, passkey. */
  readonly own: readonly number[];
  /** Kept free for a second vault; empty in that one. */
  readonly second: readonly number[];
  readonly wiping: readonly number[];
}

export interface Root {
  readonly slots: Slots;
  readonly pages: readonly Hex[];
  readonly autoLock: AutoLock;
}

export function encodeRoot({ slots, pages, autoLock }: Root): Bytes {
  return encode([
    "root",
    1,
    [slots.own, slots.second, slots.wiping],
    pages.map(fromHex),
    [autoLock.idle_seconds, autoLock.hidden_seconds],
  ]);
}

/** Throws MalformedError. */
export function decodeRoot(raw: Bytes): Root {
  const [version, slots, pages, autoLock] = labelled(decode(raw), "root", 4);
  if (version !== 1) throw new MalformedError("$[1]", "version 1");
  const [own, second, wiping] = tuple(slots, "$[2]", 3);
  const [idle, hidden] = tuple(autoLock, "$[4]", 2);
  return {
    slots: {
      own: list(natural)(own, "$[2][0]"),
      second: list(natural)(second, "$[2][1]"),
      wiping: list(natural)(wiping, "$[2][2]"),
    },
    pages: list(id)(pages, "$[3]").map(toHex),
    autoLock: {
      idle_seconds: natural(idle, "$[4][0]"),
      hidden_seconds: natural(hidden, "$[4][1]"),
    },
  };
}

export function encodePage(entries: readonly Entry[]): Bytes {
  return encode(["page", 1, entries.map(entryParts)]);
}

/** Throws MalformedError. */
export function decodePage(raw: Bytes): Entry[] {
  const [version, entries] = labelled(decode(raw), "page", 2);
  if (version !== 1) throw new MalformedError("$[1]", "version 1");
  return list(entry)(entries, "$[2]");
}

function entryParts({ address, type, state, collection, order, small }: Entry): Part {
  return [fromHex(address), type, state, fromHex(collection), order, small];
}

function entry(value: unknown, path: string): Entry {
  const [address, type, state, collection, order, small] = tuple(value, path, 6);
  return {
    address: toHex(id(address, `${path}[0]`)),
    type: oneOf(...ENTRY_TYPES)(type, `${path}[1]`),
    state: text(state, `${path}[2]`),
    collection: toHex(bytes(collection, `${path}[3]`)),
    order: natural(order, `${path}[4]`),
    small: part(small, `${path}[5]`),
  };
}
