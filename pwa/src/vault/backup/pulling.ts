/** From the hub to the rows: a page and the cursor that closes it in one change. */
import { equal, fromHex, type Hex, toHex } from "../../sync/bytes.ts";
import { toText } from "../../sync/canonical.ts";
import type { Line } from "../../sync/client/batches.ts";
import { openBody } from "../../sync/crypto/bodies.ts";
import { MalformedError, ProblemError, SyncError, UnreachableError } from "../../sync/errors.ts";
import { type Changes, decodeChanges, decodeMissing, QUESTION_LIMIT } from "../../sync/exchange.ts";
import { decodePlaintext, type Revision, revOf } from "../../sync/revisions.ts";
import type { Change, Store } from "../../sync/store.ts";
import { DamagedError, UnknownRowError } from "../errors.ts";
import type { Bearer } from "./bearer.ts";
import {
  putSettings,
  readPast,
  type Settings,
  settingsOf,
  type Trace,
  traceEntry,
  traces,
} from "./layout.ts";
import { waitingWork } from "./sending.ts";
import { type Arrived, Strangers, take } from "./taking.ts";

/** Everything that is new there; after a 409 from the start, and then what the hub has lost waits again. */
export async function pull(
  store: Store,
  bearer: Bearer,
  clock: () => number,
  line: Line,
): Promise<void> {
  await store.change(async (change) => {
    const waiting = waitingWork(change).flatMap(({ trace }) =>
      trace === undefined ? [] : [trace],
    );
    await dropBroken(change, bearer, waiting);
  });
  for (;;) {
    const before = settingsOf(store)?.cursor;
    const page = await nextPage(store, bearer, clock, line);
    if (!(await takePage(store, bearer, page))) continue;
    if (!page.more) {
      if (settingsOf(store)?.checking !== true || (await queueLost(store, bearer))) return;
    } else if (before !== undefined && equal(before, page.cursor)) {
      // More, and yet no step further: asking on would go on for ever.
      throw new UnreachableError();
    }
  }
}

/**
 * Drops what is known of rows and does not open any more, and has all pulled again, which makes it anew: the rows
 * stay, and what the hub has of them is known again where both say the same, else stands beside. False where all
 * opens.
 */
async function dropBroken(
  change: Change,
  bearer: Bearer,
  among: readonly Trace[],
): Promise<boolean> {
  const isWhole = await Promise.all(among.map(async (trace) => opens(change, trace)));
  const broken = among.filter((_, at) => isWhole[at] === false);
  for (const { address } of broken) change.delete(address);
  if (broken.length === 0) return false;
  putSettings(change, { ...bearer.settingsIn(change), cursor: undefined });
  return true;
}

async function opens(change: Change, { address }: Trace): Promise<boolean> {
  try {
    readPast(await change.read(address));
    return true;
  } catch (error) {
    if (BROKEN.some((each) => error instanceof each)) return false;
    throw error;
  }
}

const BROKEN = [DamagedError, UnknownRowError, MalformedError] as const;

async function nextPage(
  store: Store,
  bearer: Bearer,
  clock: () => number,
  line: Line,
): Promise<Changes> {
  const begun = clock();
  try {
    const page = await pageAfter(store, bearer, line.size);
    if (page.more) line.carried(line.size, (clock() - begun) / 1000);
    return page;
  } catch (error) {
    line.broke();
    if (!(error instanceof ProblemError) || error.code !== "epoch-changed") throw error;
    await bearer.keep(store, { cursor: undefined, checking: true });
    return pageAfter(store, bearer, line.size);
  }
}

async function pageAfter(store: Store, bearer: Bearer, bytes: number): Promise<Changes> {
  const cursor = settingsOf(store)?.cursor;
  const after = cursor === undefined ? "" : `&after=${toText(cursor)}`;
  const path = `collections/${toText(bearer.keys.collection)}/changes?bytes=${bytes}${after}`;
  return bearer.ask({ method: "GET", path, answerBytes: bytes }, decodeChanges);
}

/** False where something was broken, and all is to be pulled again. */
async function takePage(store: Store, bearer: Bearer, page: Changes): Promise<boolean> {
  const arrived = await Promise.all(
    page.revisions.map(async (revision) => openedBy(bearer, revision)),
  );
  const records = new Set(page.revisions.map(({ record }) => toHex(record)));
  return store.change(async (change) => {
    bearer.settingsIn(change);
    const byRecord = new Map<Hex, readonly Trace[]>();
    const held = traces(change);
    const told = held.filter(({ record }) => records.has(record));
    if (await dropBroken(change, bearer, told)) return false;
    const strangers = new Strangers(change, held);
    for (const trace of held) {
      byRecord.set(trace.record, [...(byRecord.get(trace.record) ?? []), trace]);
    }
    for (const each of arrived) {
      // What does not open was not made with this key; whoever else made it supersedes nothing.
      if (each !== undefined) await takeOne(change, byRecord, strangers, each);
    }
    putSettings(change, { ...bearer.settingsIn(change), cursor: page.cursor });
    return true;
  });
}

async function takeOne(
  change: Change,
  byRecord: Map<Hex, readonly Trace[]>,
  strangers: Strangers,
  arrived: Arrived,
): Promise<void> {
  const record = toHex(arrived.revision.record);
  try {
    byRecord.set(record, await take(change, byRecord.get(record) ?? [], strangers, arrived));
  } catch (error) {
    // A later version's: the hub keeps it, and nothing here replaces it.
    if (!(error instanceof SyncError)) throw error;
  }
}

async function openedBy({ keys }: Bearer, revision: Revision): Promise<Arrived | undefined> {
  try {
    const content = await openBody(keys.key, keys.collection, revision);
    const rev = await revOf(keys.collection, revision);
    return { rev, revision, plaintext: decodePlaintext(content) };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return undefined;
  }
}

/** What the hub neither holds nor knows as superseded waits again. False where all is to be pulled again first. */
async function queueLost(store: Store, bearer: Bearer): Promise<boolean> {
  const sent = traces(store).filter(({ state }) => state === "sent");
  if (await store.change(async (change) => dropBroken(change, bearer, sent))) return false;
  const tips = new Map<Hex, Trace>();
  for (const trace of sent) {
    for (const tip of readPast(await store.readRow(trace.address)).tips) tips.set(tip, trace);
  }
  const all = [...tips.keys()];
  const lost = new Set<Hex>();
  for (let at = 0; at < all.length; at += QUESTION_LIMIT) {
    const revs = all.slice(at, at + QUESTION_LIMIT).map(fromHex);
    const path = `collections/${toText(bearer.keys.collection)}/missing`;
    const { missing } = await bearer.ask({ method: "POST", path, body: { revs } }, decodeMissing);
    for (const rev of missing) lost.add(tips.get(toHex(rev))?.address ?? "");
  }
  await store.change((change) => {
    const settings = bearer.settingsIn(change);
    for (const trace of traces(change)) {
      if (lost.has(trace.address)) change.mark(traceEntry({ ...trace, state: "waiting" }));
    }
    putSettings(change, { ...settings, checking: false });
  });
  return true;
}

export async function changeSettings(store: Store, to: Partial<Settings>): Promise<void> {
  await store.change((change) => {
    const settings = settingsOf(change);
    if (settings !== undefined) putSettings(change, { ...settings, ...to });
  });
}
