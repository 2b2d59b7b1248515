/** A device's content keys: which one to write with, whom it is sealed to, and finding one by its id. */
import { type Bytes, equal, type Hex, toHex } from "../bytes.ts";
import { isoWeek, keyId, newContentKey, REVISIONS_PER_KEY } from "../crypto/content-keys.ts";
import { sealPacket } from "../crypto/packets.ts";
import { importPrivateKey } from "../crypto/signing.ts";
import type { Certificate } from "../enrolment.ts";
import { NotPossibleError } from "../errors.ts";
import { sealingKeyId } from "../identifiers.ts";
import type { Change, Entry, EntryType } from "../store.ts";
import { collectionOf, type DeviceChange } from "./devices.ts";
import { heldCertificate, heldKey } from "./held.ts";
import { certificateLine } from "./certificate-layout.ts";
import {
  type HeldKey,
  type HeldPacket,
  keyEntry,
  type KeyLine,
  keyLine,
  keyParts,
} from "./layout.ts";

/** What can be read of a store, inside a change or outside one. */
export interface Reader {
  entries(type: EntryType): readonly Entry[];
  read(address: Hex): Promise<unknown>;
}

/** The content key of this week for the next revision, made and sealed when there is none yet. */
export async function contentKeyFor(
  change: Change,
  held: DeviceChange,
  now: number,
): Promise<Bytes> {
  const { card, device, counter } = held.device;
  if (card === undefined) throw new NotPossibleError("not-enrolled");
  const recipient = toHex(await sealingKeyId(card.sealing_key));
  const week = isoWeek(now);
  const next = counter + 1;
  const line = ownKeys(change, held).find(
    (each) =>
      each.week === week && each.recipient === recipient && next - each.first < REVISIONS_PER_KEY,
  );
  const present = line && (await heldKey(async (address) => change.read(address), line.address));
  // One that no longer opens is followed by another: nobody is kept from writing.
  if (present !== undefined) return present.contentKey;
  const contentKey = newContentKey();
  const made: KeyLine = {
    address: change.newAddress(),
    collection: held.line.collection,
    state: "waiting",
    created: now,
    enrolment: held.line.address,
    key: toHex(await keyId(contentKey)),
    owner: toHex(device),
    week,
    first: next,
    recipient,
  };
  const recipients = await recipientsOf(change, held);
  const packets = await sealedTo(held, contentKey, recipients);
  change.put(keyEntry(made), keyParts({ contentKey, packets }));
  return contentKey;
}

/**
 * Seals this device's keys to devices of its lane that were certified since they were made. A packet that still
 * waits for the programme's key of before never leaves: the new one takes its place.
 */
export async function sealToNewcomers(change: Change, held: DeviceChange): Promise<void> {
  if (held.device.card === undefined) return;
  const recipients = await recipientsOf(change, held);
  const programme = toHex(await sealingKeyId(held.device.card.sealing_key));
  for (const line of ownKeys(change, held)) {
    const key = await heldKey(async (address) => change.read(address), line.address);
    if (key === undefined) continue;
    const isOver = ({ packet, sent }: HeldPacket): boolean =>
      !sent && toHex(packet.recipient) === line.recipient && line.recipient !== programme;
    const left = key.packets.filter((each) => !isOver(each));
    const has = new Set(left.map(({ packet }) => toHex(packet.recipient)));
    // What has left is sealed anew to another programme key by its coordinators.
    const missing = recipients.filter(
      (each) =>
        !has.has(toHex(each.recipient)) && (each.isDevice || left.length < key.packets.length),
    );
    if (missing.length === 0) continue;
    const packets = [...left, ...(await sealedTo(held, key.contentKey, missing))];
    change.put(keyEntry({ ...line, state: "waiting" }), keyParts({ ...key, packets }));
  }
}

/** `undefined` while no packet of it has arrived, or where it no longer opens. */
export async function findKey(
  reader: Reader,
  enrolment: Hex,
  key: Bytes,
): Promise<HeldKey | undefined> {
  const line = keyLines(reader, enrolment).find((each) => each.key === toHex(key));
  if (line === undefined) return undefined;
  return heldKey(async (address) => reader.read(address), line.address);
}

export function keyLines(reader: Pick<Reader, "entries">, enrolment: Hex): KeyLine[] {
  return reader
    .entries("key")
    .map(keyLine)
    .filter((line) => line.enrolment === enrolment);
}

/** The certificates that this device has a use for: its lane's and the coordinators', itself excepted; whole ones. */
export async function certificatesOf(reader: Reader, enrolment: Hex): Promise<Certificate[]> {
  const lines = reader.entries("certificate").map(certificateLine);
  const own = lines.filter((line) => line.enrolment === enrolment);
  const held = await Promise.all(
    own.map(async ({ address }) => heldCertificate(async (each) => reader.read(each), address)),
  );
  return held.filter((each) => each !== undefined);
}

interface Recipient {
  readonly recipient: Bytes;
  readonly sealingKey: Bytes;
  readonly isDevice: boolean;
}

function ownKeys(change: Change, { line, device }: DeviceChange): KeyLine[] {
  const owner = toHex(device.device);
  return keyLines(change, line.address).filter((each) => each.owner === owner);
}

async function recipientsOf(change: Change, { line, device }: DeviceChange): Promise<Recipient[]> {
  const { card, certificate } = device;
  if (card === undefined) return [];
  const recipient = await sealingKeyId(card.sealing_key);
  const programme = { recipient, sealingKey: card.sealing_key, isDevice: false };
  const certificates = await certificatesOf(change, line.address);
  const lane = certificates.filter(
    (each) =>
      certificate !== undefined &&
      !each.revoked &&
      each.role !== "relay" &&
      equal(each.lane, certificate.lane) &&
      !equal(each.device, device.device),
  );
  const devices = lane.map((each) => ({
    recipient: each.device,
    sealingKey: each.sealing_key,
    isDevice: true,
  }));
  return [programme, ...devices];
}

async function sealedTo(
  { line, device }: DeviceChange,
  contentKey: Bytes,
  recipients: readonly Recipient[],
): Promise<HeldPacket[]> {
  const place = { programme: device.programme, collection: collectionOf(line) };
  const authorKey = await importPrivateKey(device.private_key);
  const parties = { owner: device.device, author: device.device, authorKey };
  return Promise.all(
    recipients.map(async ({ recipient, sealingKey }) => ({
      packet: await sealPacket(contentKey, place, { ...parties, recipient, sealingKey }),
      sent: false,
      refused: undefined,
    })),
  );
}
