/**
 * From the hub to a coordinator's rows: `contacts` of the whole programme, page after page, each in one change with
 * the cursor that closes it. Nothing is opened here, so that it goes on whatever can be opened: see book.ts.
 */
import { type Bytes, equal, type Hex, toHex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import type { Line } from "../client/batches.ts";
import { startOf, withCursor } from "../client/devices.ts";
import { wholeOrNone } from "../client/held.ts";
import type { Reader } from "../client/keys.ts";
import { hasLostBeyond } from "../client/lasting.ts";
import { certificateLine } from "../client/certificate-layout.ts";
import { readDevice } from "../client/device-layout.ts";
import { readerOf } from "../client/reading.ts";
import type { Session } from "../client/session.ts";
import type { PacketPlace } from "../crypto/packets.ts";
import { ProblemError, UnreachableError } from "../errors.ts";
import { type Changes, decodeChanges, decodeCursor, type Pushed } from "../exchange.ts";
import { collectionId, type CollectionName } from "../identifiers.ts";
import type { Change, Store } from "../store.ts";
import {
  encodePulled,
  type Intake,
  intakeEntry,
  type IntakeLine,
  intakeLine,
  intakeParts,
  namesOf,
  partOf,
  type Pulled,
  pulledEntry,
  type PulledLine,
  pulledLine,
  pulledParts,
  readIntake,
  readPulled,
  wholePages,
} from "./pages.ts";
import { forgetRefusals } from "./refusals.ts";

/** Of a page that is asked for, and of a row that takes more: read and written again without anybody noticing. */
export const MOST_BYTES = 256 * 1024;

export interface Around {
  readonly now: () => number;
  readonly line: Line;
  /** What to do first where the hub's database is another than before. */
  readonly lost: () => Promise<void>;
}

/**
 * Everything new, and once more after the last page: asking from a cursor tells the hub that a coordinator holds
 * what came before it, and phones then forget it. Whether a packet came of somebody who is not known here.
 */
export async function pullContacts(
  store: Store,
  session: Session,
  around: Around,
): Promise<boolean> {
  const known = new Set(
    store
      .entries("certificate")
      .map(certificateLine)
      .map(({ device }) => device),
  );
  let isOfStrangers = false;
  if (await mendIntake(store, session.address)) await around.lost();
  let here: ReadonlySet<Hex> = new Set();
  for (;;) {
    const { cursors } = await intakeAt(readerOf(store), session.address);
    const before = cursors.at(-1);
    const page = await nextPage(store, session, around);
    const { epoch } = decodeCursor(page.cursor);
    // Before the cursor goes past it, and vouches for a hub that has lost it.
    if (await hasLostBeyond(store, session, cursors, epoch)) {
      await around.lost();
      forgetRefusals(store, session.address);
      await store.change(async (change) => beginAnew(change, session.address, epoch));
      continue;
    }
    if (before !== undefined && equal(before, page.cursor)) {
      // More, and yet no step further: asking on would go on for ever.
      if (page.more) throw new UnreachableError();
      return isOfStrangers;
    }
    isOfStrangers ||= page.packets.some(({ author }) => !known.has(toHex(author)));
    if (here.size === 0) here = await namesBack(store, session);
    const fresh = here.size === 0 ? page : await without(session, page, here);
    await store.change(async (change) => take(change, session.address, page.cursor, fresh));
  }
}

/** In the order in which they came. */
export function pulledLines(reader: Pick<Reader, "entries">, enrolment: Hex): PulledLine[] {
  const lines = reader.entries("pulled").map(pulledLine);
  return lines.filter((line) => line.enrolment === enrolment).sort((a, b) => a.number - b.number);
}

/** Undefined of a row that no longer opens. */
export async function pagesAt(
  read: (address: Hex) => Promise<unknown>,
  { address }: PulledLine,
): Promise<readonly Bytes[] | undefined> {
  return wholeOrNone(async () => readPulled(await read(address)));
}

/** The pull cursor moves only if it stands exactly where a push began: else it would skip others'. Whether it did. */
export async function moveOn(change: Change, enrolment: Hex, pushed: Pushed): Promise<boolean> {
  const line = intakeLineOf(change, enrolment);
  const { cursors } = await intakeAt(change, enrolment);
  const present = cursors.at(-1);
  if (line === undefined || present === undefined || !equal(present, pushed.before)) return false;
  change.put(intakeEntry(line), intakeParts({ cursors: withCursor(cursors, pushed.cursor) }));
  return true;
}

/** Packet ids and revs of a row, of what is whole in it. */
export async function namesAt(store: Store, place: PacketPlace, line: PulledLine): Promise<Hex[]> {
  const pages = await pagesAt(async (address) => store.readRow(address), line);
  const names: Hex[] = [];
  for (const page of wholePages(pages ?? [])) {
    const { packets, revisions } = await namesOf(place, page);
    names.push(...packets, ...revisions);
  }
  return names;
}

/** What another life of the hub's database may give once more, as it is read from the start. */
async function namesBack(store: Store, session: Session): Promise<ReadonlySet<Hex>> {
  const lines = pulledLines(store, session.address).filter(({ state }) => state === "back");
  if (lines.length === 0) return new Set();
  const place = await placeOf(session);
  const names = new Set<Hex>();
  for (const line of lines) for (const name of await namesAt(store, place, line)) names.add(name);
  return names;
}

async function without(session: Session, page: Pulled, names: ReadonlySet<Hex>): Promise<Pulled> {
  return partOf(await placeOf(session), page, (name) => !names.has(name));
}

export async function placeOf(session: Session): Promise<PacketPlace> {
  const { programme } = await session.device();
  return { programme, collection: await collectionId(programme, "contacts") };
}

async function take(change: Change, enrolment: Hex, cursor: Bytes, page: Pulled): Promise<void> {
  const { programme } = readDevice(await change.read(enrolment));
  const collection = toHex(await collectionId(programme, "contacts"));
  const intake = await intakeAt(change, enrolment);
  const line = intakeLineOf(change, enrolment) ?? {
    address: change.newAddress(),
    collection,
    enrolment,
  };
  const cursors = withCursor(intake.cursors, cursor);
  change.put(intakeEntry(line), intakeParts({ cursors }));
  if (page.packets.length === 0 && page.revisions.length === 0) return;
  await keepPage(change, enrolment, collection, page);
}

/** In the last row where there is room. */
export async function keepPage(
  change: Change,
  enrolment: Hex,
  collection: Hex,
  page: Pulled,
): Promise<void> {
  const encoded = encodePulled(page);
  const lines = pulledLines(change, enrolment);
  const last = lines.at(-1);
  const isRoom = last?.state === "held" && last.size + encoded.length <= MOST_BYTES;
  // A damaged row stays as it is, and what comes has one of its own.
  const before = isRoom ? await pagesAt(async (address) => change.read(address), last) : undefined;
  const fresh: PulledLine =
    isRoom && before !== undefined
      ? last
      : {
          address: change.newAddress(),
          collection,
          state: "held",
          number: (last?.number ?? 0) + 1,
          enrolment,
          revisions: 0,
          size: 0,
        };
  const revisions = fresh.revisions + page.revisions.length;
  const size = fresh.size + encoded.length;
  change.put(pulledEntry({ ...fresh, revisions, size }), pulledParts([...(before ?? []), encoded]));
}

/** A 409 is another life of the hub's database, or one that this device has met before, as a relay and its hub. */
async function nextPage(store: Store, session: Session, around: Around): Promise<Changes> {
  const { cursors } = await intakeAt(readerOf(store), session.address);
  for (const cursor of [...cursors].reverse()) {
    const page = await pageOrGone(session, around, cursor);
    if (page !== undefined) return page;
    // What a relay refused its hub may take.
    forgetRefusals(store, session.address);
  }
  if (cursors.length > 0) {
    await around.lost();
    await store.change((change) => {
      allBack(change, session.address);
    });
  }
  const first = await pageOrGone(session, around, undefined);
  if (first === undefined) throw new ProblemError("epoch-changed");
  return first;
}

/** A copy from before was put back, in the same epoch, and the cursor, which is from before that too, did not tell. */
async function beginAnew(change: Change, enrolment: Hex, epoch: Bytes): Promise<void> {
  const line = intakeLineOf(change, enrolment);
  const { cursors } = await intakeAt(change, enrolment);
  if (line === undefined) return;
  const anew = withCursor(cursors, startOf(epoch));
  change.put(intakeEntry(line), intakeParts({ cursors: anew }));
  allBack(change, enrolment);
}

function allBack(change: Change, enrolment: Hex): void {
  for (const line of pulledLines(change, enrolment)) {
    change.mark(pulledEntry({ ...line, state: "back" }));
  }
}

/** Who does not know how far was read does not know either whether it is the same life of the hub's database. */
async function mendIntake(store: Store, enrolment: Hex): Promise<boolean> {
  const line = intakeLineOf(store, enrolment);
  if (line === undefined) return false;
  const held = await wholeOrNone(async () => readIntake(await store.readRow(line.address)));
  if (held !== undefined) return false;
  await store.change((change) => {
    change.put(intakeEntry(line), intakeParts({ cursors: [] }));
    allBack(change, enrolment);
  });
  forgetRefusals(store, enrolment);
  return true;
}

async function pageOrGone(
  session: Session,
  { now, line }: Around,
  cursor: Bytes | undefined,
): Promise<Changes | undefined> {
  const bytes = Math.min(line.size, MOST_BYTES);
  const begun = now();
  try {
    const page = await pageAfter(session, "contacts", cursor, bytes);
    // What a page weighs is not known: it counts as full where more is to come.
    if (page.more) line.carried(bytes, (now() - begun) / 1000);
    return page;
  } catch (error) {
    if (error instanceof ProblemError && error.code === "epoch-changed") return undefined;
    line.broke();
    throw error;
  }
}

/** What comes after a cursor; without one, from the start. */
export async function pageAfter(
  session: Session,
  name: CollectionName,
  cursor: Bytes | undefined,
  bytes: number,
): Promise<Changes> {
  const { programme } = await session.device();
  const collection = toText(await collectionId(programme, name));
  const after = cursor === undefined ? "" : `&after=${toText(cursor)}`;
  const path = `collections/${collection}/changes?bytes=${bytes}${after}`;
  return session.ask({ method: "GET", path, answerBytes: bytes }, decodeChanges);
}

async function intakeAt(reader: Reader, enrolment: Hex): Promise<Intake> {
  const line = intakeLineOf(reader, enrolment);
  return line === undefined ? { cursors: [] } : readIntake(await reader.read(line.address));
}

function intakeLineOf(reader: Pick<Reader, "entries">, enrolment: Hex): IntakeLine | undefined {
  return reader
    .entries("intake")
    .map(intakeLine)
    .find((line) => line.enrolment === enrolment);
}
