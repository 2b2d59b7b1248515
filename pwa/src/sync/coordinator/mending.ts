/**
 * What damaged rows held of the programme, from the hub, which has it still: all of the collection is read once more,
 * and what is not here is kept. Only then the damaged rows go, so that cut off it is done anew. What waits to be sent
 * stays, and so does how far is read.
 */
import { type Bytes, equal, type Hex, toHex } from "../bytes.ts";
import type { Line } from "../client/batches.ts";
import { wholeOrNone } from "../client/held.ts";
import { readDevice } from "../client/device-layout.ts";
import { readerOf } from "../client/reading.ts";
import type { Session } from "../client/session.ts";
import { UnreachableError } from "../errors.ts";
import { collectionId } from "../identifiers.ts";
import { once } from "../once.ts";
import { revOf } from "../revisions.ts";
import type { Store } from "../store.ts";
import { DeviceCounting } from "./contacts.ts";
import { type Desk, deskAt, heldAt, putFeed, putHeld } from "./desk.ts";
import { queueAgain, takePacket, takeRevision } from "./feed.ts";
import {
  feedKeyAt,
  feedKeyLines,
  filedAt,
  filedLines,
  openedRevisions,
  openKeys,
} from "./filed.ts";
import { keepPage, MOST_BYTES, namesAt, pageAfter, pagesAt, pulledLines } from "./intake.ts";
import { type DeskCollection, NO_FEED } from "./layout.ts";
import {
  namesOf,
  openedLine,
  partOf,
  type Pulled,
  pulledEntry,
  type PulledLine,
  pulledParts,
  wholePages,
} from "./pages.ts";
import { forgetRefusals } from "./refusals.ts";

/**
 * The secrets, which are in `admin` too, and how far the collections that coordinators write are read: from the start
 * then, and as in another life of the hub's database, since nobody knows whether it is the same. Whether there was
 * anything to mend.
 */
export async function mendPlaces(store: Store, enrolment: Hex): Promise<boolean> {
  const reader = readerOf(store);
  const isWhole = async (reading: Promise<unknown>): Promise<boolean> =>
    (await wholeOrNone(async () => reading)) !== undefined;
  const isHeld = await isWhole(heldAt(reader, enrolment));
  if (!isHeld) {
    await store.change(async (change) => {
      const { card } = readDevice(await change.read(enrolment));
      // Nobody knows any more whether the sheet is on paper.
      putHeld(change, enrolment, { secrets: [], owes: card?.generation ?? 0 });
    });
  }
  const lost: DeskCollection[] = [];
  for (const name of ["admin", "members"] as const) {
    if (!(await isWhole(deskAt(reader, enrolment, name)))) lost.push(name);
  }
  for (const name of lost) {
    await store.change(async (change) => {
      const desk = await deskAt(change, enrolment, name, NO_FEED);
      const counting = new DeviceCounting();
      for (const { head } of await openedRevisions(change, desk)) {
        counting.add({ verified: true, head });
      }
      const own = toHex(desk.device.device);
      const counts = counting.counts(desk.certificates);
      const counter = counts.find(({ device }) => device === own)?.last ?? 0;
      desk.feed = { ...NO_FEED, counter };
      putFeed(change, desk);
      await queueAgain(change, desk);
    });
  }
  if (lost.length > 0) forgetRefusals(store, enrolment);
  return lost.length > 0;
}

/** Of a collection that coordinators write. Few are damaged at once: they are held until all is read. */
export async function mendFeed(
  store: Store,
  session: Session,
  name: DeskCollection,
  { now, line }: { now: () => number; line: Line },
): Promise<void> {
  const desk = await deskAt(readerOf(store), session.address, name);
  const damaged = await damagedOf(store, desk);
  if (damaged.size === 0) return;
  const found: Pulled[] = [];
  for await (const { packets, revisions } of fromTheStart(session, name, line.size)) {
    const revs = await Promise.all(revisions.map(async (each) => revOf(desk.collection, each)));
    found.push({
      packets: packets.filter(({ key }) => damaged.has(toHex(key))),
      revisions: revisions.filter((_, at) => damaged.has(toHex(revs[at] ?? new Uint8Array()))),
    });
  }
  await store.change(async (change) => {
    const present = await deskAt(change, session.address, name);
    const isHere = new Set(change.entries("feedkey").map(({ address }) => address));
    for (const { address } of change.entries("filed")) isHere.add(address);
    for (const address of damaged.values()) if (isHere.has(address)) change.delete(address);
    for (const packet of found.flatMap(({ packets }) => packets)) {
      await takePacket(change, present, packet);
    }
    await openKeys(change, present);
    for (const revision of found.flatMap(({ revisions }) => revisions)) {
      await takeRevision(change, present, revision, now());
    }
  });
}

/** By key or rev, the rows that can no longer be read. */
async function damagedOf(store: Store, desk: Desk): Promise<Map<Hex, Hex>> {
  const reader = readerOf(store);
  const damaged = new Map<Hex, Hex>();
  for (const line of feedKeyLines(reader, desk)) {
    if ((await feedKeyAt(reader, line)) === undefined) damaged.set(line.key, line.address);
  }
  for (const line of filedLines(reader, desk)) {
    if ((await filedAt(reader, line)) === undefined) damaged.set(line.rev, line.address);
  }
  return damaged;
}

/** Rows that were whole since the vault was opened, with how many bytes they had. */
const whole = once<Store, Map<Hex, number>>(() => new Map());

/** Of `contacts`: the hub knows them as read, and phones forget what is read. */
export async function mendContacts(store: Store, session: Session): Promise<void> {
  const { address: enrolment } = session;
  const damaged = new Set<Hex>();
  for (const line of pulledLines(store, enrolment)) {
    if (whole(store).get(line.address) === line.size) continue;
    const { good, isWhole } = await lookedAt(async (address) => store.readRow(address), line);
    if (isWhole && good.length > 0) whole(store).set(line.address, line.size);
    else damaged.add(line.address);
  }
  if (damaged.size === 0) return;
  const { programme } = await session.device();
  const collection = await collectionId(programme, "contacts");
  const place = { programme, collection };
  const here = new Set<Hex>();
  for (const line of pulledLines(store, enrolment)) {
    for (const name of await namesAt(store, place, line)) here.add(name);
  }
  for await (const page of fromTheStart(session, "contacts", MOST_BYTES)) {
    const fresh = await partOf(place, page, (name) => !here.has(name));
    if (fresh.packets.length + fresh.revisions.length === 0) continue;
    await store.change(async (change) => keepPage(change, enrolment, toHex(collection), fresh));
    const names = await namesOf(place, fresh);
    for (const name of [...names.packets, ...names.revisions]) here.add(name);
  }
  await store.change(async (change) => {
    for (const line of pulledLines(change, enrolment)) {
      if (!damaged.has(line.address)) continue;
      const { good } = await lookedAt(async (address) => change.read(address), line);
      if (good.length > 0) {
        const revisions = wholePages(good).reduce((sum, page) => sum + page.revisions.length, 0);
        const size = good.reduce((sum, page) => sum + page.length, 0);
        change.put(pulledEntry({ ...line, revisions, size }), pulledParts(good));
        continue;
      }
      change.delete(line.address);
      for (const opened of change.entries("opened").map(openedLine)) {
        if (opened.pulled === line.address) change.delete(opened.address);
      }
    }
  });
}

async function lookedAt(
  read: (address: Hex) => Promise<unknown>,
  line: PulledLine,
): Promise<{ good: Bytes[]; isWhole: boolean }> {
  const pages = await pagesAt(read, line);
  const good = (pages ?? []).filter((page) => wholePages([page]).length === 1);
  return { good, isWhole: good.length === pages?.length };
}

/** Page after page, whatever was read before. */
async function* fromTheStart(
  session: Session,
  name: "contacts" | DeskCollection,
  bytes: number,
): AsyncGenerator<Pulled> {
  let cursor: Bytes | undefined;
  for (;;) {
    const page = await pageAfter(session, name, cursor, bytes);
    yield page;
    if (!page.more) return;
    // More, and yet no step further: asking on would go on for ever.
    if (cursor !== undefined && equal(cursor, page.cursor)) throw new UnreachableError();
    cursor = page.cursor;
  }
}
