/** A collection that coordinators write, between a hub and this device: pulled whole, and what waits pushed. */
import { equal, type Hex, toHex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import type { Line } from "../client/batches.ts";
import { withCursor } from "../client/devices.ts";
import { verdictOf } from "../client/items.ts";
import { readerOf } from "../client/reading.ts";
import type { Session } from "../client/session.ts";
import { ProblemError, UnreachableError } from "../errors.ts";
import {
  type Changes,
  decodeChanges,
  decodePushed,
  type KeyPacket,
  packetId,
  type Push,
  type Pushed,
} from "../exchange.ts";
import { type Revision, revOf } from "../revisions.ts";
import type { Change, Store } from "../store.ts";
import { type Desk, deskAt, putFeed } from "./desk.ts";
import { feedKeyLines, filedLines, openKeys } from "./filed.ts";
import {
  type DeskCollection,
  type FeedKey,
  feedKeyEntry,
  feedKeyParts,
  filedEntry,
  filedParts,
  readFeedKey,
  readFiled,
} from "./layout.ts";

/** Below the hub's 2,000 packets and 1,000 revisions. */
const ITEMS_AT_ONCE = 500;

/**
 * Everything new, and once more after the last page: asking from a cursor tells the hub that a coordinator holds
 * what came before it. `lost`: what to do first where the hub's database is another than before.
 */
export async function pullFeed(
  store: Store,
  session: Session,
  name: DeskCollection,
  { now, line, lost }: { now: () => number; line: Line; lost: () => Promise<void> },
): Promise<void> {
  // With certificates and secrets that came since.
  await store.change(async (change) =>
    openKeys(change, await deskAt(change, session.address, name)),
  );
  for (;;) {
    const before = (await deskAt(readerOf(store), session.address, name)).feed.cursors.at(-1);
    const page = await nextPage(store, session, name, line.size, lost);
    await store.change(async (change) => {
      const desk = await deskAt(change, session.address, name);
      for (const packet of page.packets) await takePacket(change, desk, packet);
      await openKeys(change, desk);
      for (const revision of page.revisions) await takeRevision(change, desk, revision, now());
      desk.feed = { ...desk.feed, cursors: withCursor(desk.feed.cursors, page.cursor) };
      putFeed(change, desk);
    });
    if (page.packets.length === 0 && page.revisions.length === 0) return;
    // Something, and yet no step further: asking on would go on for ever.
    if (before !== undefined && equal(before, page.cursor)) throw new UnreachableError();
  }
}

/** Sends what waits. What the hub refuses stays here, and is not sent again. */
export async function pushFeed(
  store: Store,
  session: Session,
  name: DeskCollection,
  line: Line,
): Promise<void> {
  for (;;) {
    const { collection } = await deskAt(readerOf(store), session.address, name);
    const push = await waiting(store, session.address, name, line.size);
    if (push.packets.length + push.revisions.length === 0) return;
    const path = `collections/${toText(collection)}/changes`;
    const pushed = await session.ask({ method: "POST", path, body: push }, decodePushed);
    const hasNews = await store.change(async (change) =>
      settle(change, session.address, name, pushed),
    );
    // A receipt that names nothing that was sent: asking on would go on for ever.
    if (!hasNews) return;
  }
}

async function nextPage(
  store: Store,
  session: Session,
  name: DeskCollection,
  bytes: number,
  lost: () => Promise<void>,
): Promise<Changes> {
  const { feed, collection } = await deskAt(readerOf(store), session.address, name);
  const [present, ...others] = [...[...feed.cursors].reverse(), undefined];
  const ask = async (cursor: typeof present): Promise<Changes> => {
    const after = cursor === undefined ? "" : `&after=${toText(cursor)}`;
    const path = `collections/${toText(collection)}/changes?bytes=${bytes}${after}`;
    return session.ask({ method: "GET", path, answerBytes: bytes }, decodeChanges);
  };
  const first = await askOrGone(ask, present);
  if (first !== undefined) return first;
  await lost();
  await store.change(async (change) =>
    queueAll(change, await deskAt(change, session.address, name)),
  );
  for (const cursor of others) {
    const page = await askOrGone(ask, cursor);
    if (page !== undefined) return page;
  }
  throw new ProblemError("epoch-changed");
}

async function askOrGone<T>(
  ask: (cursor: T) => Promise<Changes>,
  cursor: T,
): Promise<Changes | undefined> {
  try {
    return await ask(cursor);
  } catch (error) {
    if (error instanceof ProblemError && error.code === "epoch-changed") return undefined;
    throw error;
  }
}

/** Another life of the hub's database: all that is held goes there again. */
async function queueAll(change: Change, desk: Desk): Promise<void> {
  for (const line of filedLines(change, desk)) {
    change.mark(filedEntry({ ...line, state: "waiting" }));
  }
  for (const line of feedKeyLines(change, desk)) {
    const key = readFeedKey(await change.read(line.address));
    const packets = key.packets.map(({ packet }) => ({ packet, sent: false }));
    change.put(feedKeyEntry({ ...line, state: "waiting" }), feedKeyParts({ ...key, packets }));
  }
}

async function takePacket(change: Change, desk: Desk, packet: KeyPacket): Promise<void> {
  const key = toHex(packet.key);
  const found = feedKeyLines(change, desk).find((each) => each.key === key);
  const held: FeedKey =
    found === undefined
      ? { contentKey: undefined, owner: undefined, verified: false, packets: [] }
      : readFeedKey(await change.read(found.address));
  const isHere = held.packets.some(({ packet: each }) => equal(each.sealed, packet.sealed));
  if (isHere) return;
  const named = { collection: toHex(desk.collection), enrolment: desk.enrolment, key };
  const line = found ?? { ...named, address: change.newAddress(), state: "sent" };
  const packets = [...held.packets, { packet, sent: true }];
  change.put(feedKeyEntry(line), feedKeyParts({ ...held, packets }));
}

async function takeRevision(
  change: Change,
  desk: Desk,
  revision: Revision,
  now: number,
): Promise<void> {
  const rev = await revOf(desk.collection, revision);
  const named = toHex(rev);
  const lines = filedLines(change, desk);
  if (lines.some((line) => line.rev === named)) return;
  const line = {
    address: change.newAddress(),
    collection: toHex(desk.collection),
    state: "sent",
    came: now,
    enrolment: desk.enrolment,
    record: toHex(revision.record),
    rev: named,
  } as const;
  change.put(filedEntry(line), filedParts({ rev, revision }));
}

/** Packets first, at least one item, at most so many bytes. */
async function waiting(
  store: Store,
  enrolment: Hex,
  name: DeskCollection,
  bytes: number,
): Promise<Push> {
  const desk = await deskAt(readerOf(store), enrolment, name);
  const packets: KeyPacket[] = [];
  const revisions: Revision[] = [];
  let left = bytes;
  const isFull = (): boolean =>
    packets.length + revisions.length > 0 &&
    (left <= 0 || packets.length + revisions.length >= ITEMS_AT_ONCE);
  for (const { state, address } of feedKeyLines(store, desk)) {
    if (state !== "waiting") continue;
    for (const { packet, sent } of readFeedKey(await store.readRow(address)).packets) {
      if (sent) continue;
      if (isFull()) return { packets, revisions };
      packets.push(packet);
      left -= packet.sealed.length + 256;
    }
  }
  const queued = filedLines(store, desk).filter(({ state }) => state === "waiting");
  for (const { address } of queued.sort((a, b) => a.came - b.came)) {
    if (isFull()) break;
    const { revision } = readFiled(await store.readRow(address));
    revisions.push(revision);
    left -= revision.body.length + 256;
  }
  return { packets, revisions };
}

/** Whether the receipt said anything of what waited. */
async function settle(
  change: Change,
  enrolment: Hex,
  name: DeskCollection,
  pushed: Pushed,
): Promise<boolean> {
  const desk = await deskAt(change, enrolment, name);
  const { taken, refused } = verdictOf(pushed);
  const isNamed = (found: Hex): boolean => taken.has(found) || refused.has(found);
  let hasNews = false;
  for (const line of feedKeyLines(change, desk).filter(({ state }) => state === "waiting")) {
    const key = readFeedKey(await change.read(line.address));
    const packets = await Promise.all(
      key.packets.map(async ({ packet, sent }) => {
        const found = toHex(await packetId(desk.device.programme, desk.collection, packet));
        return { packet, sent: sent || isNamed(found) };
      }),
    );
    const moved = packets.some(({ sent }, at) => sent !== key.packets[at]?.sent);
    const state = packets.every(({ sent }) => sent) ? "sent" : "waiting";
    if (moved || state === "sent") {
      change.put(feedKeyEntry({ ...line, state }), feedKeyParts({ ...key, packets }));
    }
    hasNews ||= moved;
  }
  for (const line of filedLines(change, desk).filter(({ state }) => state === "waiting")) {
    // Without its key's packet it waits: the packets go again where the hub lost them.
    if (!isNamed(line.rev) || refused.get(line.rev) === "unknown-key") continue;
    change.mark(filedEntry({ ...line, state: taken.has(line.rev) ? "sent" : "refused" }));
    hasNews = true;
  }
  const { cursors } = desk.feed;
  const present = cursors.at(-1);
  // The pull cursor moves only if it stands exactly where this push began: else it would skip others'.
  if (present !== undefined && equal(present, pushed.before)) {
    desk.feed = { ...desk.feed, cursors: withCursor(cursors, pushed.cursor) };
    putFeed(change, desk);
  }
  return hasNews;
}
