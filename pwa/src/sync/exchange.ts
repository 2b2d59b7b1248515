/** What a device and a hub say to each other about a collection (docs/protocol.md, section 2). */
import { type Bytes, concat } from "./bytes.ts";
import { digest, encode, type Part } from "./canonical.ts";
import {
  boolean,
  bytesBetween,
  bytesOf,
  fieldsOf,
  hash,
  id,
  list,
  natural,
  oneOf,
  optional,
  positive,
  signature,
} from "./decoding.ts";
import { MalformedError } from "./errors.ts";
import { decodeRevision, type Revision } from "./revisions.ts";

export const REVISIONS_LIMIT = 1000;
/** Names in one question; the hub takes ten times as many, a slow line does not. */
export const QUESTION_LIMIT = 1000;
export const BYTES_LIMIT = 4 * 1024 * 1024;
/** A sealed content key is 1,168 bytes in suite 1; a later suite may need more. */
const SEALED_LIMIT = 16 * 1024;

const WHYS = [
  "unknown-key",
  "too-large",
  "malformed",
  "wrong-lane",
  "bad-packet",
  "missing-chunks",
  "too-many-superseded",
] as const;
export type Why = (typeof WHYS)[number];

/**
 * A content key, sealed to one recipient. `owner`: the device whose key it is. `author`: the device that
 * sealed and signed it; another than the owner only when a coordinator seals it again.
 */
export interface KeyPacket {
  readonly key: Bytes;
  readonly suite: number;
  readonly owner: Bytes;
  readonly recipient: Bytes;
  readonly author: Bytes;
  readonly sealed: Bytes;
  readonly signature: Bytes;
}

/** Packets are taken first. At most 1,000 revisions, 2,000 packets, 4 MiB. */
export interface Push {
  readonly packets: readonly KeyPacket[];
  readonly revisions: readonly Revision[];
}

/** `rev` is a packet id where a packet was refused. */
export interface Refusal {
  readonly rev: Bytes;
  readonly why: Why;
}

/**
 * A receipt. `stored` and `known` name revs and packet ids; `known` was there already. `before`, `cursor`:
 * where the collection stood before this push, and stands after it.
 */
export interface Pushed {
  readonly before: Bytes;
  readonly cursor: Bytes;
  readonly stored: readonly Bytes[];
  readonly known: readonly Bytes[];
  readonly refused: readonly Refusal[];
  readonly safe: number;
  readonly receipt: "hub" | "relay";
  /** Of whoever answers, in days since 1970; older hubs say none. */
  readonly day: number | undefined;
  /** Of what is known, that whose body went with its time: the hub has had it, which is all that a device needs. */
  readonly expired: readonly Bytes[];
}

/**
 * A page of a collection, oldest first, heads only. `more`: the next page is not empty. `receipt`: who answers.
 * `day`, `keep_days`: the hub's day (days since 1970), and how many days a device keeps a contact that the hub has;
 * older hubs say neither.
 */
export interface Changes {
  readonly cursor: Bytes;
  readonly more: boolean;
  readonly packets: readonly KeyPacket[];
  readonly revisions: readonly Revision[];
  readonly safe: number;
  readonly receipt: "hub" | "relay";
  readonly day: number | undefined;
  readonly keep_days: number | undefined;
  /** Of the programme's card: a device asks for a new one before it seals anything else. */
  readonly generation: number | undefined;
}

/** Of what was asked for, in that order: what the hub neither holds nor knows as superseded. */
export interface Missing {
  readonly missing: readonly Bytes[];
}

/** How far a device has read. `mark`: the first 8 bytes of the rev (or packet id) at that sequence. */
export interface Cursor {
  readonly epoch: Bytes;
  readonly sequence: number;
  readonly mark: Bytes;
}

/** What the author of a packet signs. */
export function packetMessage(
  programme: Bytes,
  collection: Bytes,
  packet: Omit<KeyPacket, "signature">,
): Bytes {
  return encode(["sojourn/1/packet", programme, collection, ...packetParts(packet)]);
}

/** Names a packet in receipts and cursors; the signature is no part of it. */
export async function packetId(
  programme: Bytes,
  collection: Bytes,
  packet: Omit<KeyPacket, "signature">,
): Promise<Bytes> {
  return digest(["sojourn/1/packet-id", programme, collection, ...packetParts(packet)]);
}

export function encodeCursor({ epoch, sequence, mark }: Cursor): Bytes {
  const middle = new DataView(new ArrayBuffer(8));
  middle.setBigUint64(0, BigInt(sequence));
  return concat(epoch, new Uint8Array(middle.buffer), mark);
}

/** Throws MalformedError for anything but 32 bytes with a sequence below 2^53. */
export function decodeCursor(raw: Bytes): Cursor {
  if (raw.length !== 32) throw new MalformedError("$.cursor", "32 bytes");
  const sequence = new DataView(raw.buffer, raw.byteOffset, raw.byteLength).getBigUint64(16);
  if (sequence > BigInt(Number.MAX_SAFE_INTEGER)) throw new MalformedError("$.cursor");
  return { epoch: raw.slice(0, 16), sequence: Number(sequence), mark: raw.slice(24) };
}

/** Throws MalformedError. */
export function decodePacket(value: unknown, path = "$"): KeyPacket {
  const field = fieldsOf(value, path);
  return {
    key: field("key", id),
    suite: field("suite", positive),
    owner: field("owner", id),
    recipient: field("recipient", id),
    author: field("author", id),
    sealed: field("sealed", bytesBetween(1, SEALED_LIMIT)),
    signature: field("signature", signature),
  };
}

/** Throws MalformedError. */
export function decodeChanges(value: unknown): Changes {
  const field = fieldsOf(value, "$");
  return {
    cursor: field("cursor", cursor),
    more: field("more", boolean),
    packets: field("packets", list(decodePacket)),
    revisions: field("revisions", list(decodeRevision)),
    safe: field("safe", natural),
    receipt: field("receipt", optional(oneOf("hub", "relay"))) ?? "hub",
    day: field("day", optional(natural)),
    keep_days: field("keep_days", optional(natural)),
    generation: field("generation", optional(natural)),
  };
}

/** Throws MalformedError. */
export function decodePushed(value: unknown): Pushed {
  const field = fieldsOf(value, "$");
  return {
    before: field("before", cursor),
    cursor: field("cursor", cursor),
    stored: field("stored", list(hash)),
    known: field("known", list(hash)),
    refused: field("refused", list(refusal)),
    safe: field("safe", natural),
    receipt: field("receipt", oneOf("hub", "relay")),
    day: field("day", optional(natural)),
    expired: field("expired", optional(list(hash))) ?? [],
  };
}

/** Throws MalformedError. */
export function decodeMissing(value: unknown): Missing {
  return { missing: fieldsOf(value, "$")("missing", list(hash)) };
}

function cursor(value: unknown, path: string): Bytes {
  const raw = bytesOf(32)(value, path);
  decodeCursor(raw);
  return raw;
}

function refusal(value: unknown, path: string): Refusal {
  const field = fieldsOf(value, path);
  return { rev: field("rev", hash), why: field("why", oneOf(...WHYS)) };
}

function packetParts(packet: Omit<KeyPacket, "signature">): readonly Part[] {
  const { key, suite, owner, recipient, author, sealed } = packet;
  return [key, suite, owner, recipient, author, sealed];
}
