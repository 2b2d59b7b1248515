/**
 * What a vault's own rows hold, as MessagePack arrays: the root, and the pages of the index. Each says
 * its version first; a reader of a later version reads all that came before.
 */
import { type Bytes, fromHex, type Hex, toHex } from "../sync/bytes.ts";
import { decode, encode, type Part, part } from "../sync/canonical.ts";
import {
  array,
  bytes,
  id,
  labelled,
  list,
  natural,
  oneOf,
  optional,
  text,
  tuple,
} from "../sync/decoding.ts";
import { MalformedError } from "../sync/errors.ts";
import type { SlotKind } from "../sync/crypto/vault.ts";
import type { Entry } from "../sync/store.ts";
import type { AutoLock } from "./face.ts";
import { NoSlotError } from "./errors.ts";

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
  "members",
  "member",
  "chunk",
  "backup",
  "intake",
  "pulled",
  "opened",
  "programme",
  "feed",
  "feedkey",
  "filed",
] as const;

/** Which of the header's eight slots this vault may write; it never touches another. */
export interface Slots {
  /** Passphrase, recovery key, passkey. */
  readonly own: readonly number[];
  /** Kept free for the vault that a second passphrase opens. */
  readonly second: readonly number[];
  readonly wiping: readonly number[];
}

/** By which of its own slots this vault is opened. */
export interface WaySlots {
  readonly passphrase: number;
  readonly recovery: number | undefined;
  readonly passkey: number | undefined;
}

/** The second passphrase that was set from this vault: what it does, and in which slot it lies. */
export interface Second {
  readonly kind: SlotKind;
  readonly slot: number;
}

export interface Root {
  readonly slots: Slots;
  readonly ways: WaySlots;
  readonly second: Second | undefined;
  readonly pages: readonly Hex[];
  readonly autoLock: AutoLock;
}

export function encodeRoot({ slots, ways, second, pages, autoLock }: Root): Bytes {
  return encode([
    "root",
    2,
    [slots.own, slots.second, slots.wiping],
    pages.map(fromHex),
    [autoLock.idle_seconds, autoLock.hidden_seconds],
    [ways.passphrase, ways.recovery ?? null, ways.passkey ?? null],
    second === undefined ? null : [second.kind, second.slot],
  ]);
}

/** Version 1 had a passphrase in its first own slot, and nothing else. Throws MalformedError. */
export function decodeRoot(raw: Bytes): Root {
  const found = array(decode(raw), "$");
  const isFirst = found[1] === 1;
  const [version, slots, pages, autoLock, ways, second] = labelled(found, "root", isFirst ? 4 : 6);
  if (!isFirst && version !== 2) throw new MalformedError("$[1]", "version 1 or 2");
  const ofSlots = decodeSlots(slots);
  const [idle, hidden] = tuple(autoLock, "$[4]", 2);
  return {
    slots: ofSlots,
    ways: isFirst ? firstWays(ofSlots) : decodeWays(ways),
    second: optional(decodeSecond)(second, "$[6]"),
    pages: list(id)(pages, "$[3]").map(toHex),
    autoLock: {
      idle_seconds: natural(idle, "$[4][0]"),
      hidden_seconds: natural(hidden, "$[4][1]"),
    },
  };
}

/** What a new vault begins with. Throws MalformedError when it has no slot. */
export function firstWays({ own: [passphrase] }: Slots): WaySlots {
  return { passphrase: natural(passphrase, "$[2][0][0]"), recovery: undefined, passkey: undefined };
}

/** Throws NoSlotError where each of the vault's own is in use. */
export function freeSlot({ slots, ways }: Root): number {
  const used = new Set([ways.passphrase, ways.recovery, ways.passkey]);
  const slot = slots.own.find((each) => !used.has(each));
  if (slot === undefined) throw new NoSlotError();
  return slot;
}

function decodeSlots(value: unknown): Slots {
  const [own, second, wiping] = tuple(value, "$[2]", 3);
  return {
    own: list(natural)(own, "$[2][0]"),
    second: list(natural)(second, "$[2][1]"),
    wiping: list(natural)(wiping, "$[2][2]"),
  };
}

function decodeWays(value: unknown): WaySlots {
  const [passphrase, recovery, passkey] = tuple(value, "$[5]", 3);
  return {
    passphrase: natural(passphrase, "$[5][0]"),
    recovery: optional(natural)(recovery, "$[5][1]"),
    passkey: optional(natural)(passkey, "$[5][2]"),
  };
}

function decodeSecond(value: unknown, path: string): Second {
  const [kind, slot] = tuple(value, path, 2);
  return { kind: oneOf("open", "wipe")(kind, `${path}[0]`), slot: natural(slot, `${path}[1]`) };
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
