/**
 * What sync keeps in a device's store: revisions, content keys, packets; enrolments and certificates have modules of
 * their own beside this one. Each row is an array that says its version; each line of the index carries what lists and
 * queues ask for.
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
  text,
  tuple,
} from "../decoding.ts";
import { MalformedError } from "../errors.ts";
import { decodePacket, type KeyPacket } from "../exchange.ts";
import type { ContactState } from "../face.ts";
import type { Receipt } from "../forgetting.ts";
import { decodeRevision, type Revision } from "../revisions.ts";
import type { Entry } from "../store.ts";

export const VERSION = 1;
const STATES = ["on-this-phone", "waiting", "on-hub", "attention"] as const;

export interface RevisionLine {
  readonly address: Hex;
  readonly collection: Hex;
  readonly state: ContactState;
  readonly saved: number;
  readonly enrolment: Hex;
  readonly record: Hex;
  readonly rev: Hex;
  readonly tombstone: boolean;
  readonly reason: string | undefined;
  readonly receipt: Receipt | undefined;
}

/** The rev stands beside the revision, to be compared before it is sent. */
export interface HeldRevision {
  readonly rev: Bytes;
  readonly revision: Revision;
}

export interface KeyLine {
  readonly address: Hex;
  readonly collection: Hex;
  /** `waiting`: some of its packets were not handed over in this epoch. */
  readonly state: "waiting" | "sent" | "received";
  readonly created: number;
  readonly enrolment: Hex;
  readonly key: Hex;
  readonly owner: Hex;
  /** The ISO week for which it was made; "" for another device's. */
  readonly week: string;
  /** The counter of its first revision. */
  readonly first: number;
  /** The programme's sealing key, by id, for which it was made. */
  readonly recipient: Hex;
}

export interface HeldPacket {
  readonly packet: KeyPacket;
  readonly sent: boolean;
  /** Why the hub does not take it. */
  readonly refused: string | undefined;
}

export interface HeldKey {
  readonly contentKey: Bytes;
  readonly packets: readonly HeldPacket[];
}

export function revisionEntry(line: RevisionLine): Entry {
  const { receipt } = line;
  return {
    address: line.address,
    type: "revision",
    state: line.state,
    collection: line.collection,
    order: line.saved,
    small: [
      fromHex(line.enrolment),
      fromHex(line.record),
      fromHex(line.rev),
      line.tombstone,
      line.reason ?? null,
      receipt === undefined
        ? null
        : [receipt.by, receipt.epoch, receipt.at, receipt.sequence ?? null, receipt.day ?? null],
    ],
  };
}

export function revisionLine({ address, state, collection, order, small }: Entry): RevisionLine {
  const [enrolment, record, rev, tombstone, reason, receipt] = tuple(small, "$", 6);
  return {
    address,
    collection,
    state: oneOf(...STATES)(state, "$.state"),
    saved: order,
    enrolment: toHex(id(enrolment, "$[0]")),
    record: toHex(id(record, "$[1]")),
    rev: toHex(hash(rev, "$[2]")),
    tombstone: boolean(tombstone, "$[3]"),
    reason: optional(text)(reason, "$[4]"),
    receipt: optional(readReceipt)(receipt, "$[5]"),
  };
}

export function revisionParts({ rev, revision }: HeldRevision): readonly Part[] {
  const { record, supersedes, key, tombstone, chunks, body } = revision;
  return ["revision", VERSION, rev, record, supersedes, key, tombstone, chunks, body];
}

export function readRevision(row: unknown): HeldRevision {
  const [rev, record, supersedes, key, tombstone, chunks, body] = versioned(row, "revision", 7);
  const revision = decodeRevision({ record, supersedes, key, tombstone, chunks, body });
  return { rev: hash(rev, "$[2]"), revision };
}

export function keyEntry(line: KeyLine): Entry {
  return {
    address: line.address,
    type: "key",
    state: line.state,
    collection: line.collection,
    order: line.created,
    small: [
      fromHex(line.enrolment),
      fromHex(line.key),
      fromHex(line.owner),
      line.week,
      line.first,
      fromHex(line.recipient),
    ],
  };
}

export function keyLine({ address, state, collection, order, small }: Entry): KeyLine {
  const [enrolment, key, owner, week, first, recipient] = tuple(small, "$", 6);
  return {
    address,
    collection,
    state: oneOf("waiting", "sent", "received")(state, "$.state"),
    created: order,
    enrolment: toHex(id(enrolment, "$[0]")),
    key: toHex(id(key, "$[1]")),
    owner: toHex(id(owner, "$[2]")),
    week: text(week, "$[3]"),
    first: natural(first, "$[4]"),
    recipient: toHex(bytes(recipient, "$[5]")),
  };
}

export function keyParts({ contentKey, packets }: HeldKey): readonly Part[] {
  return [
    "key",
    VERSION,
    contentKey,
    packets.map(({ packet, sent, refused }) => [packetParts(packet), sent, refused ?? null]),
  ];
}

export function readKey(row: unknown): HeldKey {
  const [contentKey, packets] = versioned(row, "key", 2);
  return {
    contentKey: hash(contentKey, "$[2]"),
    packets: list((value, path) => {
      const [packet, sent, refused] = tuple(value, path, 3);
      return {
        packet: readPacket(packet, path),
        sent: boolean(sent, path),
        refused: optional(text)(refused, path),
      };
    })(packets, "$[3]"),
  };
}

/** A packet for this device that could not be opened yet, or is of a later suite: kept, never dropped. */
export function packetEntry(address: Hex, enrolment: Hex, collection: Hex, key: Bytes): Entry {
  const small = [fromHex(enrolment), key];
  return { address, type: "packet", state: "", collection, order: 0, small };
}

/** Whose it is: the enrolment. */
export function packetEnrolment({ small }: Entry): Hex {
  return toHex(id(tuple(small, "$", 2)[0], "$[0]"));
}

export function packetRow(packet: KeyPacket): readonly Part[] {
  return ["packet", VERSION, packetParts(packet)];
}

export function readPacketRow(row: unknown): KeyPacket {
  const [packet] = versioned(row, "packet", 1);
  return readPacket(packet, "$[2]");
}

/** The parts of a row of this label and of the present version. Throws MalformedError. */
export function versioned(row: unknown, label: string, size: number): readonly unknown[] {
  const [version, ...parts] = labelled(row, label, size + 1);
  if (integer(version, "$[1]") !== VERSION) throw new MalformedError("$[1]", `version ${VERSION}`);
  return parts;
}

function readReceipt(value: unknown, path: string): Receipt {
  // The first releases wrote three parts, later ones four.
  const [by, epoch, at, sequence, day] = array(value, path);
  return {
    by: oneOf("hub", "relay", "file")(by, path),
    epoch: id(epoch, path),
    at: natural(at, path),
    sequence: optional(natural)(sequence, path),
    day: optional(natural)(day, path),
  };
}

export function packetParts(packet: KeyPacket): readonly Part[] {
  const { key, suite, owner, recipient, author, sealed, signature } = packet;
  return [key, suite, owner, recipient, author, sealed, signature];
}

export function readPacket(value: unknown, path: string): KeyPacket {
  const [key, suite, owner, recipient, author, sealed, signature] = tuple(value, path, 7);
  return decodePacket({ key, suite, owner, recipient, author, sealed, signature }, path);
}
