/** What this device holds of its contacts: heads, opened and merged; and the counts of the status line. */
import { type Bytes, fromHex, type Hex, toHex } from "../bytes.ts";
import { openBody } from "../crypto/bodies.ts";
import { NotPossibleError, OpeningError, SyncError } from "../errors.ts";
import type { Contact, ContactState, ContactSummary, FormName, SyncStatus } from "../face.ts";
import { type Head, headOf, merge, type Merged } from "../merge.ts";
import { decodePlaintext, type Value } from "../revisions.ts";
import { grouped } from "../grouped.ts";
import { once } from "../once.ts";
import type { Entry, Store } from "../store.ts";
import { heldRevision } from "./held.ts";
import { findKey, type Reader } from "./keys.ts";
import { type DeviceLine, deviceLine } from "./device-layout.ts";
import { type HeldRevision, type RevisionLine, revisionLine } from "./layout.ts";

export const FORM = "form";
export const FORM_HASH = "form_hash";

/** What a record's revisions say of it, before any is opened. */
export interface RecordLines {
  readonly record: Hex;
  readonly lines: readonly RevisionLine[];
  /** When the last of them was saved. */
  readonly saved: number;
}

export function readerOf(store: Store): Reader {
  return {
    entries: (type) => store.entries(type),
    read: async (address) => store.readRow(address),
  };
}

export function revisionLines(reader: Pick<Reader, "entries">): readonly RevisionLine[] {
  return linesIn(reader.entries("revision"));
}

const lineOf = once(revisionLine);
const linesIn = once((entries: readonly Entry[]): readonly RevisionLine[] => entries.map(lineOf));

/** Of one enrolment. */
export function ownLines(reader: Pick<Reader, "entries">, enrolment: Hex): readonly RevisionLine[] {
  return byEnrolment(revisionLines(reader)).get(enrolment) ?? NONE;
}

const NONE: readonly RevisionLine[] = [];

const byEnrolment = once(
  (lines: readonly RevisionLine[]): ReadonlyMap<Hex, readonly RevisionLine[]> => {
    const [first] = lines;
    // Nearly always there is one: what is made of its lines is then what is made of all.
    if (first !== undefined && lines.every(({ enrolment }) => enrolment === first.enrolment)) {
      return new Map([[first.enrolment, lines]]);
    }
    return grouped(lines, ({ enrolment }) => enrolment);
  },
);

const byRecord = once((lines: readonly RevisionLine[]) => grouped(lines, ({ record }) => record));

/** The one that changed last first. Only heads are held. */
export const recordsOf = once((lines: readonly RevisionLine[]): readonly RecordLines[] =>
  [...byRecord(lines)]
    .map(([record, own]) => ({ record, lines: own, saved: savedOf(own) }))
    .sort((a, b) => b.saved - a.saved),
);

/** Of all enrolments. */
export function linesByRecord(
  reader: Pick<Reader, "entries">,
): ReadonlyMap<Hex, readonly RevisionLine[]> {
  return byRecord(revisionLines(reader));
}

/** Throws `unknown-record`. */
export function linesOf(reader: Pick<Reader, "entries">, record: Hex): readonly RevisionLine[] {
  const lines = linesByRecord(reader).get(record);
  if (lines === undefined) throw new NotPossibleError("unknown-record");
  return lines;
}

export function summaries(
  reader: Pick<Reader, "entries">,
  enrolment: Hex,
): readonly ContactSummary[] {
  return summariesIn(ownLines(reader, enrolment));
}

const summariesIn = once((lines: readonly RevisionLine[]): readonly ContactSummary[] =>
  recordsOf(lines)
    .filter((record) => !isDeleted(record) || stateOf(record.lines) === "attention")
    .map(({ lines: own }) => summaryOf(own)),
);

/** What the store alone says; the rest of a status is the engine's to say. */
export type Counts = Omit<SyncStatus, "sending" | "problem" | "nextTry" | "held">;

/** Of one enrolment's lines, or of all. */
export function countsOf(devices: readonly DeviceLine[], lines: readonly RevisionLine[]): Counts {
  const live = devices.filter(({ standing }) => standing !== "refused");
  const synced = live.map(({ lastSync }) => lastSync ?? 0);
  return {
    ...countsIn(lines),
    lastCounter: Math.max(0, ...devices.map(({ counter }) => counter)),
    // Of several the one that waits longest.
    lastSync: synced.length === 0 || synced.includes(0) ? undefined : Math.min(...synced),
  };
}

const countsIn = once((lines: readonly RevisionLine[]) => {
  const counts = { onHub: 0, waiting: 0, attention: 0 };
  for (const record of recordsOf(lines)) {
    const state = stateOf(record.lines);
    // A deletion counts until the hub has it: before that the phone is not ready to be wiped.
    if (state === "on-hub" && isDeleted(record)) continue;
    if (state === "on-hub") counts.onHub += 1;
    else if (state === "attention") counts.attention += 1;
    else counts.waiting += 1;
  }
  const waiting = lines.filter(({ state }) => state !== "on-hub").map(({ saved }) => saved);
  return {
    ...counts,
    onPhone: counts.onHub + counts.waiting + counts.attention,
    waitingSince: waiting.length === 0 ? undefined : waiting.reduce((a, b) => Math.min(a, b)),
  };
});

export function statusCounts(reader: Pick<Reader, "entries">, enrolment?: Hex): Counts {
  const devices = reader.entries("enrolment").map(deviceLine);
  if (enrolment === undefined) return countsOf(devices, revisionLines(reader));
  return countsOf(
    devices.filter(({ address }) => address === enrolment),
    ownLines(reader, enrolment),
  );
}

export async function readContact(reader: Reader, record: Hex): Promise<Contact> {
  const lines = linesOf(reader, record);
  const summary = summaryOf(lines);
  try {
    const merged = merge(await openHeads(reader, lines));
    return {
      ...summary,
      form: formOf(merged),
      fields: fieldsOf(merged),
      deleted: merged.deleted,
      deletedElsewhere: merged.deleted_elsewhere,
      sealed: false,
      damaged: false,
    };
  } catch (error) {
    if (!(error instanceof OpeningError)) throw error;
    const nothing = { form: undefined, fields: new Map<string, readonly Value[]>() };
    const damaged = await areDamaged(reader, lines);
    const sealed = !damaged;
    return { ...summary, ...nothing, deleted: false, deletedElsewhere: false, sealed, damaged };
  }
}

/** Whether no row of it can be read any more, whatever keys arrive. */
export async function areDamaged(
  reader: Pick<Reader, "read">,
  lines: readonly RevisionLine[],
): Promise<boolean> {
  const read = async (address: Hex): Promise<unknown> => reader.read(address);
  const held = await Promise.all(lines.map(async (line) => heldRevision(read, line.address)));
  return held.every((each) => each === undefined);
}

/**
 * Those that open, but for what another of them supersedes. Throws OpeningError when none does: a key has
 * not arrived, or a body is not what it was. One that never opens keeps nobody from the others.
 */
export async function openHeads(reader: Reader, lines: readonly RevisionLine[]): Promise<Head[]> {
  const found = await Promise.all(lines.map(async (line) => headOrNone(reader, line)));
  const opened = found.filter((head) => head !== undefined);
  if (opened.length === 0) throw new OpeningError();
  const gone = new Set(opened.flatMap(({ supersedes }) => supersedes).map(toHex));
  return opened.filter(({ rev }) => !gone.has(toHex(rev)));
}

async function headOrNone(reader: Reader, line: RevisionLine): Promise<Head | undefined> {
  const held = await heldRevision(async (address) => reader.read(address), line.address);
  if (held === undefined) return undefined;
  try {
    return await openHead(reader, line, held);
  } catch (error) {
    if (error instanceof OpeningError) return undefined;
    throw error;
  }
}

export async function openHead(
  reader: Reader,
  { enrolment, collection }: Pick<RevisionLine, "enrolment" | "collection">,
  { rev, revision }: HeldRevision,
): Promise<Head> {
  const key = await findKey(reader, enrolment, revision.key);
  if (key === undefined) throw new OpeningError();
  const content = await openBody(key.contentKey, fromHex(collection), revision);
  return readHead(rev, revision, content);
}

function readHead(rev: Bytes, revision: HeldRevision["revision"], content: Bytes): Head {
  try {
    return headOf(rev, revision, decodePlaintext(content));
  } catch (error) {
    if (error instanceof SyncError) throw new OpeningError();
    throw error;
  }
}

/** The same object for as long as its one line stays, as nearly every contact has but one. */
function summaryOf(lines: readonly RevisionLine[]): ContactSummary {
  const [first, ...others] = lines;
  return first !== undefined && others.length === 0 ? summaryOfOne(first) : summaryOfAll(lines);
}

const summaryOfOne = once((line: RevisionLine) => summaryOfAll([line]));

function summaryOfAll(lines: readonly RevisionLine[]): ContactSummary {
  const state = stateOf(lines);
  const telling = lines.find((line) => line.state === state);
  const receipt = telling?.receipt;
  return {
    id: lines[0]?.record ?? "",
    enrolment: lines[0]?.enrolment ?? "",
    state,
    reason: telling?.reason,
    receipt: receipt && { by: receipt.by === "hub" ? "hub" : "relay", at: receipt.at },
    saved: savedOf(lines),
  };
}

/** Of several heads the one that is farthest from the hub. */
function stateOf(lines: readonly RevisionLine[]): ContactState {
  const order: readonly ContactState[] = ["attention", "on-this-phone", "waiting"];
  return order.find((state) => lines.some((line) => line.state === state)) ?? "on-hub";
}

export function isDeleted({ lines }: Pick<RecordLines, "lines">): boolean {
  return lines.every(({ tombstone }) => tombstone);
}

function savedOf(lines: readonly RevisionLine[]): number {
  return lines.reduce((latest, { saved }) => Math.max(latest, saved), 0);
}

function fieldsOf({ fields }: Merged): Map<string, readonly Value[]> {
  const own = [...fields].filter(([name]) => name !== FORM && name !== FORM_HASH);
  return new Map(own.map(([name, alternatives]) => [name, alternatives.map(({ value }) => value)]));
}

function formOf({ fields }: Merged): FormName | undefined {
  const [formId] = fields.get(FORM) ?? [];
  const [formHash] = fields.get(FORM_HASH) ?? [];
  if (typeof formId?.value !== "string" || typeof formHash?.value !== "string") return undefined;
  return { id: formId.value, hash: formHash.value };
}
