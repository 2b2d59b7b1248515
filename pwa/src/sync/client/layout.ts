/**
 * What sync keeps in a device's store: enrolments, certificates, content keys, revisions. Each row is an
 * array that says its version; each line of the index carries what lists and queues ask for.
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
import { type Card, type Certificate, decodeCard, decodeCertificate } from "../enrolment.ts";
import { HUB_CODES, MalformedError } from "../errors.ts";
import { decodePacket, type KeyPacket } from "../exchange.ts";
import type { ContactState, Sends, Standing } from "../face.ts";
import type { Receipt, Told } from "../forgetting.ts";
import type { Role } from "../identifiers.ts";
import { decodeRevision, type Revision } from "../revisions.ts";
import type { Entry } from "../store.ts";

const VERSION = 1;
const STANDINGS = ["asked", "provisional", "certified", "revoked", "refused"] as const;
const SENDS = ["always", "saver", "wifi"] as const;
const STATES = ["on-this-phone", "waiting", "on-hub", "attention"] as const;
const REFUSALS = [...HUB_CODES, "bad-invite"] as const;
export type Refusal = (typeof REFUSALS)[number];

/** An enrolment: this device in one programme. */
export interface Device {
  readonly hub: string;
  readonly programme: Bytes;
  readonly role: Role;
  readonly invite: Bytes;
  /** What the invite says of the programme's signing key. */
  readonly signing_key_hash: Bytes;
  /** The request, sent again as it is while there is no certificate. */
  readonly claim: Bytes;
  readonly mac: Bytes;
  readonly device: Bytes;
  readonly signing_key: Bytes;
  /** PKCS#8. */
  readonly private_key: Bytes;
  readonly sealing_key: Bytes;
  readonly seed: Bytes;
  readonly card: Card | undefined;
  /** Of a coordinator: those that led to this one, in order. A hub that was put back from before it is led on. */
  readonly cards: readonly Card[];
  readonly certificate: Certificate | undefined;
  readonly token: string | undefined;
  /** One for each epoch met, the present one last. */
  readonly cursors: readonly Bytes[];
  /** The last one used in `contacts`. */
  readonly counter: number;
  /** When the certificates were last read, in milliseconds. */
  readonly certified: number;
}

export interface DeviceLine {
  readonly address: Hex;
  readonly standing: Standing;
  readonly collection: Hex;
  readonly counter: number;
  readonly refusal: Refusal | undefined;
  readonly lastSync: number | undefined;
  readonly sends: Sends;
  /** By the hub itself, with the last page. */
  readonly told: Told | undefined;
}

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

export interface CertificateLine {
  readonly address: Hex;
  readonly enrolment: Hex;
  readonly device: Hex;
}

export function deviceEntry(line: DeviceLine): Entry {
  return {
    address: line.address,
    type: "enrolment",
    state: line.standing,
    collection: line.collection,
    order: line.counter,
    small: [line.refusal ?? null, line.lastSync ?? null, line.sends, toldParts(line.told)],
  };
}

export function deviceLine({ address, state, collection, order, small }: Entry): DeviceLine {
  // The first releases wrote two parts, later ones three.
  const [refusal, lastSync, sends, told] = array(small, "$");
  return {
    address,
    standing: oneOf(...STANDINGS)(state, "$.state"),
    collection,
    counter: order,
    refusal: optional(oneOf(...REFUSALS))(refusal, "$[0]"),
    lastSync: optional(natural)(lastSync, "$[1]"),
    sends: optional(oneOf(...SENDS))(sends, "$[2]") ?? "saver",
    told: optional(readTold)(told, "$[3]"),
  };
}

/** As the first releases wrote it, until there is a later card. */
export function deviceParts(device: Device): readonly Part[] {
  const { card, cards } = device;
  const isFirst = card?.own_signature === undefined && cards.length === 0;
  const parts = [
    [device.hub, device.programme, device.role, device.invite, device.signing_key_hash],
    [device.claim, device.mac],
    [device.device, device.signing_key, device.private_key, device.sealing_key, device.seed],
    card === undefined ? null : isFirst ? cardParts(card) : wholeCardParts(card),
    device.certificate === undefined ? null : certificateParts(device.certificate),
    device.token ?? null,
    device.cursors,
    device.counter,
    device.certified,
  ];
  return isFirst
    ? ["enrolment", VERSION, ...parts]
    : ["enrolment", 2, ...parts, cards.map(wholeCardParts)];
}

export function readDevice(row: unknown): Device {
  const isFirst = array(row, "$").length === 11;
  const [version, ...parts] = labelled(row, "enrolment", isFirst ? 10 : 11);
  if (integer(version, "$[1]") !== (isFirst ? VERSION : 2)) {
    throw new MalformedError("$[1]", "version 1 or 2");
  }
  const [invited, asked, keys, card, certificate, token, cursors, counter, certified] = parts;
  const [hub, programme, role, invite, signingKeyHash] = tuple(invited, "$[2]", 5);
  const [claim, mac] = tuple(asked, "$[3]", 2);
  const [device, signingKey, privateKey, sealingKey, seed] = tuple(keys, "$[4]", 5);
  return {
    hub: text(hub, "$[2][0]"),
    programme: id(programme, "$[2][1]"),
    role: oneOf("worker", "coordinator")(role, "$[2][2]"),
    invite: id(invite, "$[2][3]"),
    signing_key_hash: hash(signingKeyHash, "$[2][4]"),
    claim: hash(claim, "$[3][0]"),
    mac: hash(mac, "$[3][1]"),
    device: id(device, "$[4][0]"),
    signing_key: bytes(signingKey, "$[4][1]"),
    private_key: bytes(privateKey, "$[4][2]"),
    sealing_key: bytes(sealingKey, "$[4][3]"),
    seed: bytes(seed, "$[4][4]"),
    card: optional(isFirst ? readCard : readWholeCard)(card, "$[5]"),
    cards: isFirst ? [] : list(readWholeCard)(parts[9], "$[11]"),
    certificate: optional(readCertificate)(certificate, "$[6]"),
    token: optional(text)(token, "$[7]"),
    cursors: list(hash)(cursors, "$[8]"),
    counter: natural(counter, "$[9]"),
    certified: natural(certified, "$[10]"),
  };
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

export function certificateEntry({ address, enrolment, device }: CertificateLine): Entry {
  const small = [fromHex(enrolment), fromHex(device)];
  return { address, type: "certificate", state: "", collection: "", order: 0, small };
}

export function certificateLine({ address, small }: Entry): CertificateLine {
  const [enrolment, device] = tuple(small, "$", 2);
  return {
    address,
    enrolment: toHex(id(enrolment, "$[0]")),
    device: toHex(id(device, "$[1]")),
  };
}

export function certificateRow(certificate: Certificate): readonly Part[] {
  return ["certificate", VERSION, certificateParts(certificate)];
}

export function readCertificateRow(row: unknown): Certificate {
  const [certificate] = versioned(row, "certificate", 1);
  return readCertificate(certificate, "$[2]");
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

function versioned(row: unknown, label: string, size: number): readonly unknown[] {
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

function toldParts(told: Told | undefined): Part {
  return told === undefined ? null : [told.epoch, told.day, told.safe, told.keep_days];
}

function readTold(value: unknown, path: string): Told {
  const [epoch, day, safe, keepDays] = tuple(value, path, 4);
  return {
    epoch: id(epoch, path),
    day: natural(day, path),
    safe: natural(safe, path),
    keep_days: natural(keepDays, path),
  };
}

function cardParts(card: Card): readonly Part[] {
  const { programme, generation, sealing_key, signing_key, practice, name, signature } = card;
  return [programme, generation, sealing_key, signing_key, practice, name, signature];
}

function readCard(value: unknown, path: string): Card {
  const [programme, generation, sealing_key, signing_key, practice, name, signature] = tuple(
    value,
    path,
    7,
  );
  const card = { programme, generation, sealing_key, signing_key, practice, name, signature };
  return decodeCard(card, path);
}

/** With what a later card has besides. */
export function wholeCardParts(card: Card): readonly Part[] {
  return [cardParts(card), card.own_signature ?? null];
}

export function readWholeCard(value: unknown, path: string): Card {
  const [card, own] = tuple(value, path, 2);
  return { ...readCard(card, path), own_signature: optional(bytes)(own, path) };
}

function certificateParts(certificate: Certificate): readonly Part[] {
  const { programme, device, lane, role, signing_key, sealing_key } = certificate;
  const { n, revoked, last_counter, signature } = certificate;
  return [
    programme,
    device,
    lane,
    role,
    signing_key,
    sealing_key,
    n,
    revoked,
    last_counter,
    signature,
  ];
}

function readCertificate(value: unknown, path: string): Certificate {
  const parts = tuple(value, path, 10);
  const [programme, device, lane, role, signing_key, sealing_key] = parts;
  const [n, revoked, last_counter, signature] = parts.slice(6);
  const names = { programme, device, lane, role, signing_key, sealing_key };
  return decodeCertificate({ ...names, n, revoked, last_counter, signature }, path);
}

export function packetParts(packet: KeyPacket): readonly Part[] {
  const { key, suite, owner, recipient, author, sealed, signature } = packet;
  return [key, suite, owner, recipient, author, sealed, signature];
}

export function readPacket(value: unknown, path: string): KeyPacket {
  const [key, suite, owner, recipient, author, sealed, signature] = tuple(value, path, 7);
  return decodePacket({ key, suite, owner, recipient, author, sealed, signature }, path);
}
