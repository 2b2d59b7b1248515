/**
 * Rows of a coordinator's device: the programme's secrets; and of each collection that coordinators write
 * (`admin`, `members`) how far it is read, its content keys with all their packets, its revisions.
 */
import { type Bytes, fromHex, type Hex, toHex } from "../bytes.ts";
import type { Part } from "../canonical.ts";
import {
  array,
  boolean,
  bytes,
  hash,
  id,
  integer,
  labelled,
  list,
  natural,
  oneOf,
  optional,
  positive,
  text,
  tuple,
} from "../decoding.ts";
import { MalformedError } from "../errors.ts";
import type { KeyPacket } from "../exchange.ts";
import { readWholeCard, wholeCardParts } from "../client/certificate-layout.ts";
import { type HeldRevision, packetParts, readPacket } from "../client/layout.ts";
import type { Card } from "../enrolment.ts";
import { decodeRevision } from "../revisions.ts";
import type { Entry } from "../store.ts";

const VERSION = 1;

/** The collections that coordinators write. */
export type DeskCollection = "admin" | "members";

/** One generation of a programme's private keys: PKCS#8 and X-Wing's seed. */
export interface ProgrammeSecret {
  readonly generation: number;
  readonly signing_key: Bytes;
  readonly sealing_seed: Bytes;
}

/** What a coordinator's device has of its programme beside its enrolment. */
export interface Held {
  /** Of every generation, oldest first; empty until they were found in `admin`. */
  readonly secrets: readonly ProgrammeSecret[];
  /** The generation that this device made and nobody confirmed a printed sheet of; 0 for none. */
  readonly owes: number;
  /** A new card on its way to the hub. */
  readonly rotation?: Rotation | undefined;
  /** The generation for which every content key here is sealed; 1 where nothing is said. */
  readonly resealed?: number | undefined;
}

export interface Rotation {
  readonly card: Card;
  readonly secret: ProgrammeSecret;
  /** Who does not come along, and the last counter that is accepted of each. */
  readonly out: readonly { readonly device: Bytes; readonly last: number }[];
  /** The devices that were there when it was made. */
  readonly known: readonly Bytes[];
  /** Its secret lies in `admin`. */
  readonly isKept: boolean;
}

/** How far a collection is read and written. */
export interface Feed {
  /** One for each epoch met, the present one last. */
  readonly cursors: readonly Bytes[];
  /** Of the last revision made here. */
  readonly counter: number;
  /** This device's content key for the next revision, and the ISO week it was made in. */
  readonly key: Hex | undefined;
  readonly week: string;
  readonly sent?: SentBeyond | undefined;
}

/** The last packet or revision that the hub said it had stored beyond the cursor of its epoch. */
export interface SentBeyond {
  readonly epoch: Bytes;
  readonly name: Bytes;
}

export const NO_FEED: Feed = { cursors: [], counter: 0, key: undefined, week: "" };

export interface SentPacket {
  readonly packet: KeyPacket;
  readonly sent: boolean;
}

/** `contentKey` is undefined until a packet opened; `verified`: a certified device that may signed that one. */
export interface FeedKey {
  readonly contentKey: Bytes | undefined;
  readonly owner: Bytes | undefined;
  readonly verified: boolean;
  readonly packets: readonly SentPacket[];
}

export interface FeedKeyLine {
  readonly address: Hex;
  readonly collection: Hex;
  readonly state: "waiting" | "sent";
  readonly enrolment: Hex;
  readonly key: Hex;
}

export interface FiledLine {
  readonly address: Hex;
  readonly collection: Hex;
  readonly state: "waiting" | "sent" | "refused";
  /** When it came or was made, in milliseconds. */
  readonly came: number;
  readonly enrolment: Hex;
  readonly record: Hex;
  readonly rev: Hex;
}

/** Of a row that each enrolment has once, in each collection; `collection` is "" for the secrets. */
export interface PlaceLine {
  readonly address: Hex;
  readonly collection: Hex;
  readonly enrolment: Hex;
}

export function placeEntry(type: "programme" | "feed", line: PlaceLine): Entry {
  const { address, collection, enrolment } = line;
  return { address, type, state: "", collection, order: 0, small: [fromHex(enrolment)] };
}

export function placeLine({ address, collection, small }: Entry): PlaceLine {
  const [enrolment] = tuple(small, "$", 1);
  return { address, collection, enrolment: toHex(id(enrolment, "$[0]")) };
}

/** As the first releases wrote it, until a card was changed from here. */
export function heldParts({ secrets, owes, rotation, resealed = 1 }: Held): readonly Part[] {
  const parts = secrets.map(secretParts);
  if (rotation === undefined && resealed === 1) return ["programme", VERSION, parts, owes];
  return ["programme", 2, parts, owes, rotation ? rotationParts(rotation) : null, resealed];
}

export function readHeld(row: unknown): Held {
  const isFirst = array(row, "$").length === 4;
  const [version, ...rest] = labelled(row, "programme", isFirst ? 3 : 5);
  if (integer(version, "$[1]") !== (isFirst ? VERSION : 2)) {
    throw new MalformedError("$[1]", "version 1 or 2");
  }
  const [secrets, owes, rotation, resealed] = rest;
  return {
    secrets: list(readSecret)(secrets, "$[2]"),
    owes: natural(owes, "$[3]"),
    rotation: optional(readRotation)(rotation, "$[4]"),
    resealed: optional(positive)(resealed, "$[5]"),
  };
}

function secretParts({ generation, signing_key, sealing_seed }: ProgrammeSecret): readonly Part[] {
  return [generation, signing_key, sealing_seed];
}

function readSecret(value: unknown, path: string): ProgrammeSecret {
  const [generation, signingKey, sealingSeed] = tuple(value, path, 3);
  return {
    generation: positive(generation, path),
    signing_key: bytes(signingKey, path),
    sealing_seed: hash(sealingSeed, path),
  };
}

function rotationParts({ card, secret, out, known, isKept }: Rotation): readonly Part[] {
  const leaving = out.map(({ device, last }) => [device, last]);
  return [wholeCardParts(card), secretParts(secret), leaving, known, isKept];
}

function readRotation(value: unknown, path: string): Rotation {
  const [card, secret, out, known, isKept] = tuple(value, path, 5);
  return {
    card: readWholeCard(card, path),
    secret: readSecret(secret, path),
    out: list((each, at) => {
      const [device, last] = tuple(each, at, 2);
      return { device: id(device, at), last: natural(last, at) };
    })(out, path),
    known: list(id)(known, path),
    isKept: boolean(isKept, path),
  };
}

/** As the first releases wrote it, unless something was stored beyond the cursor. */
export function feedParts({ cursors, counter, key, week, sent }: Feed): readonly Part[] {
  const parts = [cursors, counter, key === undefined ? null : fromHex(key), week];
  if (sent === undefined) return ["feed", VERSION, ...parts];
  return ["feed", 2, ...parts, [sent.epoch, sent.name]];
}

export function readFeed(row: unknown): Feed {
  const isFirst = array(row, "$").length === 6;
  const [cursors, counter, key, week, sent] = versioned(
    row,
    "feed",
    isFirst ? 4 : 5,
    isFirst ? 1 : 2,
  );
  const found = optional(id)(key, "$[4]");
  return {
    cursors: list(hash)(cursors, "$[2]"),
    counter: natural(counter, "$[3]"),
    key: found && toHex(found),
    week: text(week, "$[5]"),
    sent: optional(readSent)(sent, "$[6]"),
  };
}

function readSent(value: unknown, path: string): SentBeyond {
  const [epoch, name] = tuple(value, path, 2);
  return { epoch: id(epoch, path), name: hash(name, path) };
}

export function feedKeyEntry(line: FeedKeyLine): Entry {
  const { address, collection, state, enrolment, key } = line;
  const small = [fromHex(enrolment), fromHex(key)];
  return { address, type: "feedkey", state, collection, order: 0, small };
}

export function feedKeyLine({ address, collection, state, small }: Entry): FeedKeyLine {
  const [enrolment, key] = tuple(small, "$", 2);
  return {
    address,
    collection,
    state: oneOf("waiting", "sent")(state, "$.state"),
    enrolment: toHex(id(enrolment, "$[0]")),
    key: toHex(id(key, "$[1]")),
  };
}

export function feedKeyParts({ contentKey, owner, verified, packets }: FeedKey): readonly Part[] {
  const sent = packets.map((each) => [packetParts(each.packet), each.sent]);
  return ["feedkey", VERSION, contentKey ?? null, owner ?? null, verified, sent];
}

export function readFeedKey(row: unknown): FeedKey {
  const [contentKey, owner, verified, packets] = versioned(row, "feedkey", 4);
  return {
    contentKey: optional(hash)(contentKey, "$[2]"),
    owner: optional(id)(owner, "$[3]"),
    verified: boolean(verified, "$[4]"),
    packets: list((value, path) => {
      const [packet, sent] = tuple(value, path, 2);
      return { packet: readPacket(packet, path), sent: boolean(sent, path) };
    })(packets, "$[5]"),
  };
}

export function filedEntry(line: FiledLine): Entry {
  const { address, collection, state, came: order } = line;
  const small = [fromHex(line.enrolment), fromHex(line.record), fromHex(line.rev)];
  return { address, type: "filed", state, collection, order, small };
}

export function filedLine({ address, collection, state, order, small }: Entry): FiledLine {
  const [enrolment, record, rev] = tuple(small, "$", 3);
  return {
    address,
    collection,
    state: oneOf("waiting", "sent", "refused")(state, "$.state"),
    came: order,
    enrolment: toHex(id(enrolment, "$[0]")),
    record: toHex(id(record, "$[1]")),
    rev: toHex(hash(rev, "$[2]")),
  };
}

export function filedParts({ rev, revision }: HeldRevision): readonly Part[] {
  const { record, supersedes, key, tombstone, chunks, body } = revision;
  return ["filed", VERSION, rev, record, supersedes, key, tombstone, chunks, body];
}

export function readFiled(row: unknown): HeldRevision {
  const [rev, record, supersedes, key, tombstone, chunks, body] = versioned(row, "filed", 7);
  const revision = decodeRevision({ record, supersedes, key, tombstone, chunks, body });
  return { rev: hash(rev, "$[2]"), revision };
}

function versioned(
  row: unknown,
  label: string,
  size: number,
  wanted = VERSION,
): readonly unknown[] {
  const [version, ...parts] = labelled(row, label, size + 1);
  if (integer(version, "$[1]") !== wanted) throw new MalformedError("$[1]", `version ${wanted}`);
  return parts;
}
