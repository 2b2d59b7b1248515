/**
 * From the hub to a coordinator's rows: `contacts` of the whole programme, page after page, each in one change with
 * the cursor that closes it. Nothing is opened here, so that it goes on whatever can be opened: see book.ts.
 */
import { type Bytes, equal, type Hex, toHex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import type { Line } from "../client/batches.ts";
import { withCursor } from "../client/devices.ts";
import { wholeOrNone } from "../client/held.ts";
import type { Reader } from "../client/keys.ts";
import { certificateLine } from "../client/certificate-layout.ts";
import { readDevice } from "../client/device-layout.ts";
import { readerOf } from "../client/reading.ts";
import type { Session } from "../client/session.ts";
import { ProblemError, UnreachableError } from "../errors.ts";
import { type Changes, decodeChanges, decodePushed, type Why } from "../exchange.ts";
import { collectionId, type CollectionName } from "../identifiers.ts";
import type { Change, Store } from "../store.ts";
import { deskAt } from "./desk.ts";
import {
  encodePulled,
  type Intake,
  intakeEntry,
  type IntakeLine,
  intakeLine,
  intakeParts,
  type Pulled,
  pulledEntry,
  type PulledLine,
  pulledLine,
  pulledParts,
  readIntake,
  readPulled,
  wholePages,
} from "./pages.ts";
import { forgetRefusals, refusalsAt } from "./refusals.ts";

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
  for (;;) {
    const before = (await intakeAt(readerOf(store), session.address)).cursors.at(-1);
    const page = await nextPage(store, session, around);
    if (before !== undefined && equal(before, page.cursor)) {
      // More, and yet no step further: asking on would go on for ever.
      if (page.more) throw new UnreachableError();
      return isOfStrangers;
    }
    isOfStrangers ||= page.packets.some(({ author }) => !known.has(toHex(author)));
    await store.change(async (change) => take(change, session.address, page));
  }
}

/**
 * To another life of the hub's database, all that is here: it may be that nobody else has it any more. What is of a
 * device that the hub does not know yet goes back once it does: see refusals.ts.
 */
export async function handBack(store: Store, session: Session): Promise<void> {
  const lines = pulledLines(store, session.address).filter(({ state }) => state === "back");
  if (lines.length === 0) return;
  const desk = await deskAt(readerOf(store), session.address, "admin");
  const refusals = refusalsAt(store, desk);
  const path = `collections/${toText(await collectionId(desk.device.programme, "contacts"))}/changes`;
  for (const line of lines) {
    if (refusals.has(line.address)) continue;
    // Of a damaged row there is nothing to give; the others are given.
    const pages = await pagesAt(async (address) => store.readRow(address), line);
    let isTaken = true;
    for (const body of wholePages(pages ?? [])) {
      const pushed = await session.ask({ method: "POST", path, body }, decodePushed);
      if (pushed.refused.some(({ why }) => MAY_COME.includes(why))) isTaken = false;
    }
    if (!isTaken) {
      refusals.add(line.address);
      continue;
    }
    await store.change((change) => {
      const present = pulledLines(change, session.address).find(isAt(line.address));
      if (present?.state === "back") change.mark(pulledEntry({ ...present, state: "held" }));
    });
  }
}

/** Of a device, or under a key, that the hub does not know yet. */
const MAY_COME: readonly Why[] = ["bad-packet", "unknown-key"];

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

async function take(change: Change, enrolment: Hex, page: Changes): Promise<void> {
  const { programme } = readDevice(await change.read(enrolment));
  const collection = toHex(await collectionId(programme, "contacts"));
  const intake = await intakeAt(change, enrolment);
  const line = intakeLineOf(change, enrolment) ?? {
    address: change.newAddress(),
    collection,
    enrolment,
  };
  const cursors = withCursor(intake.cursors, page.cursor);
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

function isAt(address: Hex): (line: PulledLine) => boolean {
  return (line) => line.address === address;
}
