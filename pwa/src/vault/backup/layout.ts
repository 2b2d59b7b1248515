/**
 * What a vault keeps of its backup, as lines of the index: one with the settings, and one for each row that
 * the hub has heard of. Each says its version first.
 */
import { type Bytes, fromHex, type Hex, toHex } from "../../sync/bytes.ts";
import type { BackupKeys } from "../../sync/backups.ts";
import type { Part } from "../../sync/canonical.ts";
import {
  array,
  boolean,
  bytesOf,
  type Decoder,
  hash,
  id,
  labelled,
  list,
  natural,
  oneOf,
  optional,
  positive,
  tuple,
} from "../../sync/decoding.ts";
import { MalformedError } from "../../sync/errors.ts";
import type { Sends } from "../../sync/face.ts";
import type { RandomBytes } from "../../sync/identifiers.ts";
import { once } from "../../sync/once.ts";
import type { Change, Entry, Store } from "../../sync/store.ts";

const SETTINGS = "settings";
const STATES = ["waiting", "sent", "refused"] as const;

export interface Settings {
  readonly on: boolean;
  /** The hub has it: one that is gone there later is not made again unasked. */
  readonly made: boolean;
  /** After a 409: once all was pulled again, the hub is asked what it has lost. */
  readonly checking: boolean;
  readonly sends: Sends;
  /** `undefined` while there is no recovery key. */
  readonly keys: BackupKeys | undefined;
  /** The author of this vault's revisions: random, and another one for each collection. */
  readonly device: Bytes;
  readonly counter: number;
  readonly cursor: Bytes | undefined;
  /** Copies on the hub that are to be deleted there. */
  readonly leaving: readonly Pick<BackupKeys, "collection" | "token">[];
  /** When all was exchanged without a fault, in milliseconds. */
  readonly lastSync: number | undefined;
}

/** What the hub knows of one row. */
export interface Trace {
  readonly address: Hex;
  readonly record: Hex;
  /** `undefined` once the row was deleted here and its tombstone made. */
  readonly row: Hex | undefined;
  /** Which version of the row was sealed or received last; see `versionOf`. */
  readonly version: number;
  /** `waiting`: no receipt yet. `refused`: the hub does not take this version. */
  readonly state: (typeof STATES)[number];
}

/** A revision of the record, and its stamp. */
export interface Known {
  readonly rev: Hex;
  readonly device: Bytes;
  readonly counter: number;
}

/** Every revision that the row's next one replaces; `tips`: those that the row says now. */
export interface Past {
  readonly known: readonly Known[];
  readonly tips: readonly Hex[];
}

export function newSettings(keys: BackupKeys | undefined, randomBytes: RandomBytes): Settings {
  return {
    on: false,
    made: false,
    checking: false,
    sends: "saver",
    keys,
    device: randomBytes(16),
    counter: 0,
    cursor: undefined,
    leaving: [],
    lastSync: undefined,
  };
}

type Lines = Pick<Store, "entries">;

/** `undefined` before there was ever a recovery key that a backup could be made with. */
export function settingsOf(lines: Lines): Settings | undefined {
  const line = settingsLine(lines);
  return line && readSettings(line.small);
}

/** Inside a change; makes the line where there is none. */
export function putSettings(change: Change, settings: Settings): void {
  const address = settingsLine(change)?.address ?? change.newAddress();
  const place = { address, type: "backup", state: SETTINGS, collection: "", order: 0 } as const;
  change.put({ ...place, small: settingsParts(settings) }, ["backup", 1]);
}

export function traces(lines: Lines): readonly Trace[] {
  return tracesIn(lines.entries("backup"));
}

const tracesIn = once((entries: readonly Entry[]) =>
  entries.filter(({ state }) => state !== SETTINGS).map(traceAt),
);

const traceAt = once(traceOf);

export function traceEntry({ address, record, row, version, state }: Trace): Entry {
  const small = [fromHex(record), row === undefined ? null : fromHex(row), version];
  return { address, type: "backup", state, collection: "", order: 0, small };
}

export function pastParts({ known, tips }: Past): readonly Part[] {
  const revisions = known.map(({ rev, device, counter }) => [fromHex(rev), device, counter]);
  return ["backup-past", 1, revisions, tips.map(fromHex)];
}

/** Throws MalformedError. */
export function readPast(row: unknown): Past {
  const [version, known, tips] = labelled(row, "backup-past", 3);
  if (version !== 1) throw new MalformedError("$[1]", "version 1");
  return { known: list(readKnown)(known, "$[2]"), tips: list(hash)(tips, "$[3]").map(toHex) };
}

/** A note's or a keepsake's last change in milliseconds: another one, another content. */
export function versionOf({ type, order, small }: Entry): number {
  if (type === "note") return order;
  // Keepsakes of the first versions do not say it in the index: 0 until they are changed.
  return typeof small === "number" ? small : 0;
}

function settingsLine(lines: Lines): Entry | undefined {
  return lines.entries("backup").find(({ state }) => state === SETTINGS);
}

function settingsParts(settings: Settings): Part {
  const { on, made, checking, sends, keys, device, counter, cursor, leaving, lastSync } = settings;
  return [
    1,
    on,
    made,
    checking,
    sends,
    keys === undefined ? null : [keys.collection, keys.token, keys.key],
    device,
    counter,
    cursor ?? null,
    leaving.map(({ collection, token }) => [collection, token]),
    lastSync ?? null,
  ];
}

function readSettings(small: Part): Settings {
  const [version, on, made, checking, sends, keys, device, counter, cursor, leaving, lastSync] =
    array(small, "$");
  if (version !== 1) throw new MalformedError("$[0]", "version 1");
  return {
    on: boolean(on, "$[1]"),
    made: boolean(made, "$[2]"),
    checking: boolean(checking, "$[3]"),
    sends: oneOf("always", "saver", "wifi")(sends, "$[4]"),
    keys: optional(readKeys)(keys, "$[5]"),
    device: id(device, "$[6]"),
    counter: natural(counter, "$[7]"),
    cursor: optional(bytesOf(32))(cursor, "$[8]"),
    leaving: list(readLeaving)(leaving, "$[9]"),
    lastSync: optional(natural)(lastSync, "$[10]"),
  };
}

const readKeys: Decoder<BackupKeys> = (value, path) => {
  const [collection, token, key] = tuple(value, path, 3);
  return {
    collection: id(collection, `${path}[0]`),
    token: hash(token, `${path}[1]`),
    key: hash(key, `${path}[2]`),
  };
};

const readLeaving: Decoder<Settings["leaving"][number]> = (value, path) => {
  const [collection, token] = tuple(value, path, 2);
  return { collection: id(collection, `${path}[0]`), token: hash(token, `${path}[1]`) };
};

function traceOf({ address, state, small }: Entry): Trace {
  const [record, row, version] = tuple(small, "$", 3);
  return {
    address,
    record: toHex(id(record, "$[0]")),
    row: optional((value, path) => toHex(id(value, path)))(row, "$[1]"),
    version: natural(version, "$[2]"),
    state: oneOf(...STATES)(state, "state"),
  };
}

const readKnown: Decoder<Known> = (value, path) => {
  const [rev, device, counter] = tuple(value, path, 3);
  return {
    rev: toHex(hash(rev, `${path}[0]`)),
    device: id(device, `${path}[1]`),
    counter: positive(counter, `${path}[2]`),
  };
};
