/**
 * Forgetting: records that are old and safe with the programme leave this device, and with the last of them the
 * content key that opens them.
 */
import { equal, type Hex, toHex } from "../bytes.ts";
import { id } from "../decoding.ts";
import { OpeningError } from "../errors.ts";
import { DAY_MILLISECONDS, keptDays, mayForget, type Told } from "../forgetting.ts";
import { merge } from "../merge.ts";
import type { Change, Store } from "../store.ts";
import { deviceAt, deviceLines, epochOf } from "./devices.ts";
import { heldRevision } from "./held.ts";
import { keyLines } from "./keys.ts";
import { type KeyLine, revisionEntry, type RevisionLine } from "./layout.ts";
import {
  isDeleted,
  openHeads,
  type RecordLines,
  ownLines,
  recordsOf,
  revisionLines,
} from "./reading.ts";

/** Records in one change: more go with the next. */
const AT_ONCE = 2000;
/** Rows that are read together. */
const SLICE = 64;

/** Of one enrolment, all that may be forgotten; `now` in milliseconds. Writes nothing where nothing may. */
export async function forgetOld(store: Store, address: Hex, now: number): Promise<void> {
  const told = await toldTo(store, address);
  if (told === undefined) return;
  const own = ownLines(store, address);
  if (!own.some(isUndated(told)) && due(own, told, now).length === 0) return;
  while ((await store.change(async (change) => forget(change, address, told, now))) === AT_ONCE);
}

/** `undefined` where nothing may be forgotten: a coordinator's device confirms by keeping. */
async function toldTo(store: Store, address: Hex): Promise<Told | undefined> {
  const told = deviceLines(store).find((line) => line.address === address)?.told;
  if (told === undefined) return undefined;
  const device = await deviceAt(store, address);
  const epoch = epochOf(device);
  const isPresent = epoch !== undefined && equal(epoch, told.epoch);
  return isPresent && device.role === "worker" ? told : undefined;
}

/** How many records went. */
async function forget(change: Change, address: Hex, told: Told, now: number): Promise<number> {
  dateReceipts(change, address, told);
  const own = ownLines(change, address);
  const edited = await editedRecords(change);
  const gone: RevisionLine[] = [];
  let count = 0;
  for (const { record, lines } of due(own, told, now)) {
    if (count === AT_ONCE) break;
    if (edited.has(record) || !(await isDecided(change, lines))) continue;
    gone.push(...lines);
    count += 1;
  }
  await forgetKeys(change, address, gone, now - keptDays(told) * DAY_MILLISECONDS);
  for (const line of gone) change.delete(line.address);
  return count;
}

function due(lines: readonly RevisionLine[], told: Told, now: number): RecordLines[] {
  return recordsOf(lines).filter(
    ({ lines: own }) =>
      own.every(({ state }) => state === "on-hub") &&
      mayForget(
        own.map(({ receipt }) => receipt),
        told,
        now,
      ),
  );
}

/** A receipt from before hubs said their day counts from now on. */
function isUndated({ epoch }: Told): (line: RevisionLine) => boolean {
  return ({ receipt }) =>
    receipt?.by === "hub" && receipt.day === undefined && equal(receipt.epoch, epoch);
}

function dateReceipts(change: Change, address: Hex, told: Told): void {
  for (const line of revisionLines(change).filter(isUndated(told))) {
    if (line.enrolment !== address || line.receipt === undefined) continue;
    change.mark(revisionEntry({ ...line, receipt: { ...line.receipt, day: told.day } }));
  }
}

/** Those that somebody has begun to change: what is typed needs them. */
async function editedRecords(change: Change): Promise<Set<Hex>> {
  const drafts = change.entries("draft");
  const found = await Promise.all(
    drafts.map(async ({ address }) =>
      draftEdits(await change.read(address).catch(() => undefined)),
    ),
  );
  return new Set(found.filter((record) => record !== undefined));
}

/** Which record a draft in the vault changes; `undefined` for a new one's, and for what is not one. */
function draftEdits(row: unknown): Hex | undefined {
  if (!Array.isArray(row) || row[0] !== "draft") return undefined;
  const edits: unknown = row[5];
  return edits instanceof Uint8Array ? toHex(id(edits, "$[5]")) : undefined;
}

/** Nothing of it is damaged, and no two values stand beside each other. What never opened decides nothing. */
async function isDecided(change: Change, lines: readonly RevisionLine[]): Promise<boolean> {
  const read = async (row: Hex): Promise<unknown> => change.read(row);
  const held = await Promise.all(lines.map(async ({ address }) => heldRevision(read, address)));
  if (held.includes(undefined)) return false;
  if (isDeleted({ lines })) return true;
  try {
    const { fields, deleted_elsewhere: deletedElsewhere } = merge(await openHeads(change, lines));
    return !deletedElsewhere && [...fields.values()].every(({ length }) => length < 2);
  } catch (error) {
    if (error instanceof OpeningError) return true;
    throw error;
  }
}

/**
 * The keys that nothing uses that stays: those of what goes, and those that had their whole time, whose revisions
 * were replaced. `since`, in milliseconds: what was made later may still be written with, or waited for.
 */
async function forgetKeys(
  change: Change,
  address: Hex,
  gone: readonly RevisionLine[],
  since: number,
): Promise<void> {
  if (gone.length === 0) return;
  const freed = await keysOf(change, gone);
  const isFree = ({ key, created }: KeyLine): boolean => freed.has(key) || created < since;
  const free = keyLines(change, address).filter(isFree);
  const unused = new Set(free.map(({ key }) => key));
  const going = new Set(gone.map((line) => line.address));
  const kept = ownLines(change, address).filter((line) => !going.has(line.address));
  // What an old key opens is old: of thousands of contacts few are read before each of them is found in use.
  kept.sort((a, b) => a.saved - b.saved);
  for (let at = 0; at < kept.length && unused.size > 0; at += SLICE) {
    for (const key of await keysOf(change, kept.slice(at, at + SLICE))) unused.delete(key);
  }
  for (const line of free) if (unused.has(line.key)) change.delete(line.address);
}

async function keysOf(change: Change, lines: readonly RevisionLine[]): Promise<Set<Hex>> {
  const read = async (row: Hex): Promise<unknown> => change.read(row);
  const held = await Promise.all(lines.map(async ({ address }) => heldRevision(read, address)));
  return new Set(held.flatMap((each) => (each === undefined ? [] : [toHex(each.revision.key)])));
}
