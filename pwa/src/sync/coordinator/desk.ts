/** One collection of a coordinator's device, with all that is needed to read it and to write in it. */
import { type Bytes, equal, type Hex, toHex } from "../bytes.ts";
import { certificatesOf, type Reader } from "../client/keys.ts";
import { type Device, readDevice } from "../client/device-layout.ts";
import { publicKeyOf } from "../crypto/signing.ts";
import * as sealing from "../crypto/sealing.ts";
import type { Card, Certificate } from "../enrolment.ts";
import { NotPossibleError, SyncError } from "../errors.ts";
import { collectionId, sealingKeyId } from "../identifiers.ts";
import { once } from "../once.ts";
import type { Change } from "../store.ts";
import {
  type DeskCollection,
  type Feed,
  feedParts,
  type Held,
  heldParts,
  NO_FEED,
  placeEntry,
  type PlaceLine,
  placeLine,
  type ProgrammeSecret,
  readFeed,
  readHeld,
} from "./layout.ts";

export interface Desk {
  readonly enrolment: Hex;
  readonly name: DeskCollection;
  readonly collection: Bytes;
  readonly device: Device;
  readonly card: Card;
  readonly held: Held;
  /** Of every device of the programme that is known, this one's too. */
  readonly certificates: ReadonlyMap<Hex, Certificate>;
  feed: Feed;
}

export const NOTHING_HELD: Held = { secrets: [], owes: 0 };

/** Throws `not-enrolled` while the programme's card is not here. `feed`: in place of a row that is damaged. */
export async function deskAt(
  reader: Reader,
  enrolment: Hex,
  name: DeskCollection,
  feed?: Feed,
): Promise<Desk> {
  const device = readDevice(await reader.read(enrolment));
  if (device.card === undefined) throw new NotPossibleError("not-enrolled");
  const collection = await collectionId(device.programme, name);
  const own = device.certificate === undefined ? [] : [device.certificate];
  const known = [...(await certificatesOf(reader, enrolment)), ...own];
  const line = feed === undefined ? feedLine(reader, enrolment, toHex(collection)) : undefined;
  return {
    enrolment,
    name,
    collection,
    device,
    card: device.card,
    held: await heldAt(reader, enrolment),
    certificates: new Map(known.map((each) => [toHex(each.device), each])),
    feed: line === undefined ? (feed ?? NO_FEED) : readFeed(await reader.read(line.address)),
  };
}

export function putFeed(change: Change, { enrolment, collection, feed }: Desk): void {
  const named = toHex(collection);
  const address = feedLine(change, enrolment, named)?.address ?? change.newAddress();
  change.put(placeEntry("feed", { address, collection: named, enrolment }), feedParts(feed));
}

export async function heldAt(reader: Reader, enrolment: Hex): Promise<Held> {
  const line = heldLine(reader, enrolment);
  return line === undefined ? NOTHING_HELD : readHeld(await reader.read(line.address));
}

export function putHeld(change: Change, enrolment: Hex, held: Held): void {
  const address = heldLine(change, enrolment)?.address ?? change.newAddress();
  change.put(placeEntry("programme", { address, collection: "", enrolment }), heldParts(held));
}

/** The private keys of the card that is believed now; undefined while this coordinator has not got them. */
export async function secretOf({
  card,
  held,
}: Pick<Desk, "card" | "held">): Promise<ProgrammeSecret | undefined> {
  for (const secret of [...held.secrets].reverse()) if (await fits(secret, card)) return secret;
  return undefined;
}

/** Whether these are the private keys of the card. */
export async function fits(secret: ProgrammeSecret, card: Card): Promise<boolean> {
  try {
    const signingKey = await publicKeyOf(secret.signing_key);
    const sealingKey = await sealingKeyOf(secret);
    return equal(signingKey, card.signing_key) && equal(sealingKey, card.sealing_key);
  } catch (error) {
    if (error instanceof SyncError) return false;
    throw error;
  }
}

/** What this device can open: recipient id → seed. */
export async function seedsOf({
  device,
  held,
}: Pick<Desk, "device" | "held">): Promise<ReadonlyMap<Hex, Bytes>> {
  const seeds = new Map([[toHex(device.device), device.seed]]);
  for (const secret of held.secrets) {
    seeds.set(toHex(await sealingKeyId(await sealingKeyOf(secret))), secret.sealing_seed);
  }
  return seeds;
}

/** To whom a content key of `owner` is sealed: recipient id → sealing key (docs/protocol.md section 3). */
export async function recipientsOf(
  { name, card, certificates }: Desk,
  owner: Hex,
): Promise<Map<Hex, Bytes>> {
  const wanted = new Map([[toHex(await sealingKeyId(card.sealing_key)), card.sealing_key]]);
  for (const [device, { revoked, sealing_key, role }] of certificates) {
    const reads = role === "coordinator" || (name === "members" && role === "worker");
    if (!revoked && reads && device !== owner) wanted.set(device, sealing_key);
  }
  return wanted;
}

/** Some ten milliseconds each, and always the same. */
const sealingKeyOf = once(async ({ sealing_seed }: ProgrammeSecret) =>
  sealing.publicKey(sealing_seed),
);

function heldLine(reader: Pick<Reader, "entries">, enrolment: Hex): PlaceLine | undefined {
  const lines = reader.entries("programme").map(placeLine);
  return lines.find((line) => line.enrolment === enrolment);
}

function feedLine(
  reader: Pick<Reader, "entries">,
  enrolment: Hex,
  collection: Hex,
): PlaceLine | undefined {
  const lines = reader.entries("feed").map(placeLine);
  return lines.find((line) => line.enrolment === enrolment && line.collection === collection);
}
