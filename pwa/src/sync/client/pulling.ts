/** From the hub to the rows: a page and the cursor that closes it in one change. */
import { type Bytes, equal, type Hex, toHex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import { openPacket, verifyPacket } from "../crypto/packets.ts";
import type { Certificate } from "../enrolment.ts";
import { ProblemError, SyncError, UnreachableError } from "../errors.ts";
import { type Changes, decodeChanges, decodeCursor, type KeyPacket } from "../exchange.ts";
import type { Receipt, Told } from "../forgetting.ts";
import type { Head } from "../merge.ts";
import { revOf } from "../revisions.ts";
import type { Change, Store } from "../store.ts";
import type { Line } from "./batches.ts";
import { collectionOf, deviceAt, DeviceChange, deviceLineAt, withCursor } from "./devices.ts";
import { heldRevision } from "./held.ts";
import { certificatesOf, keyLines } from "./keys.ts";
import { type DeviceLine } from "./device-layout.ts";
import {
  type HeldRevision,
  keyEntry,
  keyParts,
  packetEnrolment,
  packetEntry,
  packetRow,
  readPacketRow,
  revisionEntry,
  type RevisionLine,
  revisionParts,
} from "./layout.ts";
import { beginAnew, hasLost } from "./lasting.ts";
import { linesByRecord, openHead } from "./reading.ts";
import { queueAgain } from "./outbox.ts";
import type { Session } from "./session.ts";

/** Everything that is new in this device's lane. Gives the generation of the programme's card, where the hub says it. */
export async function pull(
  store: Store,
  session: Session,
  now: () => number,
  line: Line,
): Promise<number | undefined> {
  for (;;) {
    const { cursors } = await deviceAt(store, session.address);
    const page = await measured(line, now, () => nextPage(store, session, line.size));
    const { epoch } = decodeCursor(page.cursor);
    // Before the cursor goes past it, and vouches for a hub that has lost it.
    if (await hasLost(store, session, epoch)) {
      await store.change(async (change) => beginAnew(change, session.address, epoch));
      continue;
    }
    await store.change(async (change) => takePage(change, session.address, page, now()));
    if (!page.more) return page.generation;
    const before = cursors.at(-1);
    // More, and yet no step further: asking on would go on for ever.
    if (before !== undefined && equal(before, page.cursor)) throw new UnreachableError();
  }
}

/** What a page weighs is not known: it counts as full where more is to come. */
async function measured(
  line: Line,
  now: () => number,
  ask: () => Promise<Changes>,
): Promise<Changes> {
  const begun = now();
  try {
    const page = await ask();
    if (page.more) line.carried(line.size, (now() - begun) / 1000);
    return page;
  } catch (error) {
    line.broke();
    throw error;
  }
}

/** Packets that could not be opened before may open now, with certificates that came since. */
export async function openKept(store: Store, address: Hex, now: number): Promise<void> {
  await store.change(async (change) => {
    const held = await DeviceChange.read(change, address);
    for (const entry of change.entries("packet")) {
      if (packetEnrolment(entry) !== address) continue;
      const packet = readPacketRow(await change.read(entry.address));
      if (await takeKey(change, held, packet, now)) change.delete(entry.address);
    }
  });
}

/** A 409 is another life of the hub's database: what this device holds goes there again. */
async function nextPage(store: Store, session: Session, bytes: number): Promise<Changes> {
  const { cursors } = await deviceAt(store, session.address);
  // It may be one that this device has met before, a relay and its hub by turns; else from the start.
  const [present, ...places] = [...[...cursors].reverse(), undefined];
  const page = await pageOrGone(store, session, bytes, present);
  if (page !== undefined) return page;
  await store.change(async (change) => queueAgain(change, session.address));
  for (const place of places) {
    const found = await pageOrGone(store, session, bytes, place);
    if (found !== undefined) return found;
  }
  throw new ProblemError("epoch-changed");
}

async function pageOrGone(
  store: Store,
  session: Session,
  bytes: number,
  cursor: Bytes | undefined,
): Promise<Changes | undefined> {
  try {
    return await pageAfter(store, session, bytes, cursor);
  } catch (error) {
    if (error instanceof ProblemError && error.code === "epoch-changed") return undefined;
    throw error;
  }
}

async function pageAfter(
  store: Store,
  session: Session,
  bytes: number,
  cursor: Bytes | undefined,
): Promise<Changes> {
  const collection = collectionOf(deviceLineAt(store, session.address));
  const after = cursor === undefined ? "" : `&after=${toText(cursor)}`;
  const path = `collections/${toText(collection)}/changes?bytes=${bytes}${after}`;
  return session.ask({ method: "GET", path, answerBytes: bytes }, decodeChanges);
}

async function takePage(change: Change, address: Hex, page: Changes, now: number): Promise<void> {
  const held = await DeviceChange.read(change, address);
  for (const packet of page.packets) await takePacket(change, held, packet, now);
  const collection = collectionOf(held.line);
  const { epoch, sequence } = decodeCursor(page.cursor);
  const receipt = { by: page.receipt, epoch, at: now, sequence, day: page.day };
  // Once, not for each: a page brings a thousand to ten thousand.
  const before = linesByRecord(change);
  const taken = new Map<Hex, readonly RevisionLine[]>();
  for (const revision of page.revisions) {
    const record = toHex(revision.record);
    const others = taken.get(record) ?? before.get(record) ?? [];
    // Another enrolment's record cannot be one here too: an edit would carry what is in it over.
    if (others.some(({ enrolment }) => enrolment !== address)) continue;
    const arrived = { rev: await revOf(collection, revision), revision };
    taken.set(record, await takeRevision(change, held, arrived, others, { now, receipt }));
  }
  // A relay says nothing of the hub.
  const told = page.receipt === "hub" ? toldBy(page, epoch) : held.line.told;
  held.put({ cursors: withCursor(held.device.cursors, page.cursor) }, { told });
}

function toldBy({ day, safe, keep_days }: Changes, epoch: Bytes): Told | undefined {
  if (day === undefined || keep_days === undefined) return undefined;
  return { epoch, day, safe, keep_days };
}

/**
 * Gives the record's lines as they are now. Only what opens supersedes: its key is the lane's, while
 * anybody, and the hub above all, could name what is here in a revision of noise.
 */
async function takeRevision(
  change: Change,
  held: DeviceChange,
  arrived: HeldRevision,
  others: readonly RevisionLine[],
  { now, receipt }: { now: number; receipt: Receipt },
): Promise<RevisionLine[]> {
  const rev = toHex(arrived.rev);
  if (others.some((line) => line.rev === rev)) return [...others];
  const opened = [await headIn(change, held.line, arrived)];
  for (const line of others) {
    const other = await heldRevision(async (address) => change.read(address), line.address);
    if (other !== undefined) opened.push(await headIn(change, held.line, other));
  }
  keepCounter(held, opened[0]);
  const gone = new Set(opened.flatMap((head) => head?.supersedes ?? []).map(toHex));
  const left = others.filter((line) => !gone.has(line.rev));
  for (const line of others) if (gone.has(line.rev)) change.delete(line.address);
  if (gone.has(rev)) return left;
  const line: RevisionLine = {
    address: change.newAddress(),
    collection: held.line.collection,
    state: receipt.by === "hub" ? "on-hub" : "waiting",
    saved: now,
    enrolment: held.line.address,
    record: toHex(arrived.revision.record),
    rev,
    tombstone: arrived.revision.tombstone,
    reason: undefined,
    receipt,
  };
  change.put(revisionEntry(line), revisionParts(arrived));
  return [...left, line];
}

/** A counter of this device's own that it does not remember is never used a second time. */
function keepCounter(held: DeviceChange, arrived: Head | undefined): void {
  if (arrived === undefined || !equal(arrived.plaintext.author, held.device.device)) return;
  const { counter } = arrived.plaintext;
  if (counter > held.device.counter) held.put({ counter });
}

/** `undefined` where its key may arrive later, or it may never open: it is kept as it is. */
async function headIn(
  change: Change,
  { address: enrolment, collection }: DeviceLine,
  held: HeldRevision,
): Promise<Head | undefined> {
  try {
    return await openHead(change, { enrolment, collection }, held);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return undefined;
  }
}

async function takePacket(
  change: Change,
  held: DeviceChange,
  packet: KeyPacket,
  now: number,
): Promise<void> {
  const { address, collection } = held.line;
  if (!equal(packet.recipient, held.device.device)) return;
  if (keyLines(change, address).some(({ key }) => key === toHex(packet.key))) return;
  if (await takeKey(change, held, packet, now)) return;
  const entry = packetEntry(change.newAddress(), address, collection, packet.key);
  change.put(entry, packetRow(packet));
}

/** False when its author is not known, or it does not open. */
async function takeKey(
  change: Change,
  held: DeviceChange,
  packet: KeyPacket,
  now: number,
): Promise<boolean> {
  const certificates = await certificatesOf(change, held.line.address);
  const author = certificates.find(({ device }) => equal(device, packet.author));
  if (author === undefined || !maySealFor(author, packet)) return false;
  const place = { programme: held.device.programme, collection: collectionOf(held.line) };
  try {
    await verifyPacket(packet, place, author.signing_key);
    const contentKey = await openPacket(packet, place, held.device.seed);
    const entry = keyEntry({
      address: change.newAddress(),
      collection: held.line.collection,
      state: "received",
      created: now,
      enrolment: held.line.address,
      key: toHex(packet.key),
      owner: toHex(packet.owner),
      week: "",
      first: 0,
      recipient: "",
    });
    change.put(entry, keyParts({ contentKey, packets: [] }));
    return true;
  } catch (error) {
    if (error instanceof SyncError) return false;
    throw error;
  }
}

/** An owner for itself; a coordinator for anyone, until it is revoked. */
function maySealFor(author: Certificate, { owner }: KeyPacket): boolean {
  return equal(author.device, owner) || (author.role === "coordinator" && !author.revoked);
}
