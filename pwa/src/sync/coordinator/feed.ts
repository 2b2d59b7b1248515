/** A collection that coordinators write, between a hub and this device: pulled whole, and what waits pushed. */
import { type Bytes, equal, type Hex, toHex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import type { Line } from "../client/batches.ts";
import { missingOf } from "../client/checking.ts";
import { startOf, withCursor } from "../client/devices.ts";
import { type Verdict, verdictOf } from "../client/items.ts";
import { readerOf } from "../client/reading.ts";
import type { Session } from "../client/session.ts";
import { ProblemError, UnreachableError } from "../errors.ts";
import {
  type Changes,
  decodeCursor,
  decodePushed,
  type KeyPacket,
  packetId,
  type Push,
  type Pushed,
} from "../exchange.ts";
import { type Revision, revOf } from "../revisions.ts";
import type { Change, Store } from "../store.ts";
import { type Desk, deskAt, putFeed } from "./desk.ts";
import { feedKeyAt, feedKeyLines, filedAt, filedLines, openKeys } from "./filed.ts";
import {
  type DeskCollection,
  type FeedKey,
  feedKeyEntry,
  feedKeyParts,
  filedEntry,
  filedParts,
  type SentPacket,
} from "./layout.ts";
import { pageAfter } from "./intake.ts";
import { forgetRefusals, refusalsAt } from "./refusals.ts";

/** Below the hub's 2,000 packets and 1,000 revisions. */
const ITEMS_AT_ONCE = 500;

/**
 * Everything new, and once more after the last page: asking from a cursor tells the hub that a coordinator holds
 * what came before it. `lost`: what to do first where the hub's database is another than before. Whether there was
 * something.
 */
export async function pullFeed(
  store: Store,
  session: Session,
  name: DeskCollection,
  { now, line, lost }: { now: () => number; line: Line; lost: () => Promise<void> },
): Promise<boolean> {
  // With certificates and secrets that came since.
  await store.change(async (change) =>
    openKeys(change, await deskAt(change, session.address, name)),
  );
  for (let isNews = false; ; isNews = true) {
    const before = (await deskAt(readerOf(store), session.address, name)).feed.cursors.at(-1);
    const page = await nextPage(store, session, name, line.size, lost);
    const { epoch } = decodeCursor(page.cursor);
    // Before the cursor goes past it, and vouches for a hub that has lost it.
    if (await lacksSent(store, session, name, epoch)) {
      await lost();
      forgetRefusals(store, session.address);
      await queueLacking(store, session, name, epoch);
      continue;
    }
    await store.change(async (change) => {
      const desk = await deskAt(change, session.address, name);
      for (const packet of page.packets) await takePacket(change, desk, packet);
      await openKeys(change, desk);
      for (const revision of page.revisions) await takeRevision(change, desk, revision, now());
      const { cursors, sent } = desk.feed;
      // Once the cursor is past it, that one tells.
      const isPast = !page.more && sent !== undefined && equal(sent.epoch, epoch);
      desk.feed = {
        ...desk.feed,
        cursors: withCursor(cursors, page.cursor),
        sent: isPast ? undefined : sent,
      };
      putFeed(change, desk);
    });
    if (page.packets.length === 0 && page.revisions.length === 0) return isNews;
    // Something, and yet no step further: asking on would go on for ever.
    if (before !== undefined && equal(before, page.cursor)) throw new UnreachableError();
  }
}

/** Sends what waits. What the hub refuses stays here: see refusals.ts. */
export async function pushFeed(
  store: Store,
  session: Session,
  name: DeskCollection,
  line: Line,
): Promise<void> {
  const again = new Set<Hex>();
  for (;;) {
    const desk = await deskAt(readerOf(store), session.address, name);
    const refusals = refusalsAt(store, desk);
    const push = await waiting(store, desk, refusals, line.size);
    if (push.packets.length + push.revisions.length === 0) return;
    const path = `collections/${toText(desk.collection)}/changes`;
    const pushed = await session.ask({ method: "POST", path, body: push }, decodePushed);
    const settled = await store.change(async (change) =>
      settle(change, await deskAt(change, session.address, name), pushed, again),
    );
    for (const each of settled.refused) refusals.add(each);
    for (const key of settled.lacking) again.add(key);
    // A receipt that names nothing that was sent: asking on would go on for ever.
    if (!settled.hasNews) return;
  }
}

async function nextPage(
  store: Store,
  session: Session,
  name: DeskCollection,
  bytes: number,
  lost: () => Promise<void>,
): Promise<Changes> {
  const { feed } = await deskAt(readerOf(store), session.address, name);
  for (const cursor of [...feed.cursors].reverse()) {
    const page = await askOrGone(async () => pageAfter(session, name, cursor, bytes));
    if (page !== undefined) return page;
    // What a relay refused its hub may take.
    forgetRefusals(store, session.address);
  }
  // None is of this life of the hub's database, not even one of before, as of a relay.
  if (feed.cursors.length > 0) {
    await lost();
    await queueLacking(store, session, name);
  }
  return pageAfter(session, name, undefined, bytes);
}

async function askOrGone(ask: () => Promise<Changes>): Promise<Changes | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ProblemError && error.code === "epoch-changed") return undefined;
    throw error;
  }
}

/**
 * Whether the hub lacks what it said it had stored: a copy from before was put back, in the same epoch, and the cursor,
 * which is from before that too, cannot tell.
 */
async function lacksSent(
  store: Store,
  session: Session,
  name: DeskCollection,
  epoch: Bytes,
): Promise<boolean> {
  const { collection, feed } = await deskAt(readerOf(store), session.address, name);
  if (feed.sent === undefined || !equal(feed.sent.epoch, epoch)) return false;
  return (await missingOf(session, collection, [toHex(feed.sent.name)])).size > 0;
}

/** Of all that is held, what the hub lacks goes there again. `epoch`: one that is read from the start. */
async function queueLacking(
  store: Store,
  session: Session,
  name: DeskCollection,
  epoch?: Bytes,
): Promise<void> {
  const desk = await deskAt(readerOf(store), session.address, name);
  const lacking = await missingOf(session, desk.collection, await namesHeld(store, desk));
  await store.change(async (change) => {
    const present = await deskAt(change, session.address, name);
    await queueAgain(change, present, (each) => lacking.has(each));
    const { cursors } = present.feed;
    const anew = epoch === undefined ? cursors : withCursor(cursors, startOf(epoch));
    present.feed = { ...present.feed, cursors: anew, sent: undefined };
    putFeed(change, present);
  });
}

async function namesHeld(store: Store, desk: Desk): Promise<Hex[]> {
  const reader = readerOf(store);
  const names = filedLines(store, desk).map(({ rev }) => rev);
  for (const line of feedKeyLines(store, desk)) {
    for (const { packet } of (await feedKeyAt(reader, line))?.packets ?? []) {
      names.push(await nameOf(desk, packet));
    }
  }
  return names;
}

/** Of revisions and packets, those that are wanted by their names wait again. */
export async function queueAgain(
  change: Change,
  desk: Desk,
  isWanted: (name: Hex) => boolean = () => true,
): Promise<void> {
  for (const line of filedLines(change, desk)) {
    if (isWanted(line.rev)) change.mark(filedEntry({ ...line, state: "waiting" }));
  }
  for (const line of feedKeyLines(change, desk)) {
    const key = await feedKeyAt(change, line);
    if (key === undefined) continue;
    const packets: SentPacket[] = [];
    for (const { packet, sent } of key.packets) {
      packets.push({ packet, sent: sent && !isWanted(await nameOf(desk, packet)) });
    }
    if (packets.every(({ sent }) => sent)) continue;
    change.put(feedKeyEntry({ ...line, state: "waiting" }), feedKeyParts({ ...key, packets }));
  }
}

/** A damaged row is left to `mendFeed`. */
export async function takePacket(change: Change, desk: Desk, packet: KeyPacket): Promise<void> {
  const key = toHex(packet.key);
  const found = feedKeyLines(change, desk).find((each) => each.key === key);
  const held: FeedKey | undefined =
    found === undefined
      ? { contentKey: undefined, owner: undefined, verified: false, packets: [] }
      : await feedKeyAt(change, found);
  if (held === undefined) return;
  const isHere = held.packets.some(({ packet: each }) => equal(each.sealed, packet.sealed));
  if (isHere) return;
  const named = { collection: toHex(desk.collection), enrolment: desk.enrolment, key };
  const line = found ?? { ...named, address: change.newAddress(), state: "sent" };
  const packets = [...held.packets, { packet, sent: true }];
  change.put(feedKeyEntry(line), feedKeyParts({ ...held, packets }));
}

export async function takeRevision(
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

/** Packets first, at least one item, at most so many bytes; nothing that was refused. */
async function waiting(
  store: Store,
  desk: Desk,
  refusals: ReadonlySet<Hex>,
  bytes: number,
): Promise<Push> {
  const reader = readerOf(store);
  const packets: KeyPacket[] = [];
  const revisions: Revision[] = [];
  let left = bytes;
  const isFull = (): boolean =>
    packets.length + revisions.length > 0 &&
    (left <= 0 || packets.length + revisions.length >= ITEMS_AT_ONCE);
  for (const line of feedKeyLines(store, desk)) {
    if (line.state !== "waiting") continue;
    for (const { packet, sent } of (await feedKeyAt(reader, line))?.packets ?? []) {
      if (sent || refusals.has(await nameOf(desk, packet))) continue;
      if (isFull()) return { packets, revisions };
      packets.push(packet);
      left -= packet.sealed.length + 256;
    }
  }
  const queued = filedLines(store, desk).filter(
    ({ state, rev }) => state === "waiting" && !refusals.has(rev),
  );
  for (const line of queued.sort((a, b) => a.came - b.came)) {
    if (isFull()) break;
    const held = await filedAt(reader, line);
    if (held === undefined) continue;
    revisions.push(held.revision);
    left -= held.revision.body.length + 256;
  }
  return { packets, revisions };
}

interface Settled {
  /** The receipt said something of what waited. */
  readonly hasNews: boolean;
  /** What is not offered again for now. */
  readonly refused: readonly Hex[];
  /** Keys that the hub does not know: their packets wait again. */
  readonly lacking: ReadonlySet<Hex>;
}

/** `again`: keys whose packets went anew already. */
async function settle(
  change: Change,
  desk: Desk,
  pushed: Pushed,
  again: ReadonlySet<Hex>,
): Promise<Settled> {
  const verdict = verdictOf(pushed);
  const { refused, lacking, count } = await settleFiled(change, desk, verdict, again);
  let hasNews = count > 0;
  for (const line of feedKeyLines(change, desk)) {
    if (line.state !== "waiting" && !lacking.has(line.key)) continue;
    const key = await feedKeyAt(change, line);
    if (key === undefined) continue;
    const packets = await Promise.all(
      key.packets.map(async ({ packet, sent }) => {
        const found = await nameOf(desk, packet);
        if (verdict.refused.has(found)) refused.push(found);
        if (verdict.refused.has(found) || verdict.taken.has(found)) hasNews = true;
        return { packet, sent: verdict.taken.has(found) || (sent && !lacking.has(line.key)) };
      }),
    );
    const state = packets.every(({ sent }) => sent) ? "sent" : "waiting";
    change.put(feedKeyEntry({ ...line, state }), feedKeyParts({ ...key, packets }));
  }
  const { cursors } = desk.feed;
  const present = cursors.at(-1);
  // Also what was there already: the receipt before, which said so, may have got lost.
  const last = pushed.stored.at(-1) ?? pushed.known.at(-1);
  // The pull cursor moves only if it stands exactly where this push began: else it would skip others'.
  if (present !== undefined && equal(present, pushed.before)) {
    desk.feed = { ...desk.feed, cursors: withCursor(cursors, pushed.cursor), sent: undefined };
    putFeed(change, desk);
  } else if (last !== undefined) {
    const { epoch } = decodeCursor(pushed.cursor);
    desk.feed = { ...desk.feed, sent: { epoch, name: last } };
    putFeed(change, desk);
  }
  return { hasNews, refused, lacking };
}

/** `count`: how many of those that waited the receipt names. */
async function settleFiled(
  change: Change,
  desk: Desk,
  { taken, refused }: Verdict,
  again: ReadonlySet<Hex>,
): Promise<{ refused: Hex[]; lacking: Set<Hex>; count: number }> {
  const over: Hex[] = [];
  const lacking = new Set<Hex>();
  let count = 0;
  for (const line of filedLines(change, desk).filter(({ state }) => state === "waiting")) {
    const why = refused.get(line.rev);
    if (why === undefined && !taken.has(line.rev)) continue;
    count += 1;
    if (why === "unknown-key" && !taken.has(line.rev)) {
      const held = await filedAt(change, line);
      const key = held && toHex(held.revision.key);
      if (key === undefined || again.has(key)) over.push(line.rev);
      else lacking.add(key);
      continue;
    }
    change.mark(filedEntry({ ...line, state: taken.has(line.rev) ? "sent" : "refused" }));
  }
  return { refused: over, lacking, count };
}

async function nameOf({ device, collection }: Desk, packet: KeyPacket): Promise<Hex> {
  return toHex(await packetId(device.programme, collection, packet));
}
