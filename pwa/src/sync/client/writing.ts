/** A contact on its way into the store: stamped, sealed, named, and put there in one change with all it moves. */
import { type Bytes, fromHex, type Hex, toHex } from "../bytes.ts";
import { sealBody } from "../crypto/bodies.ts";
import type { EditedContact, NewContact } from "../face.ts";
import type { RandomBytes } from "../identifiers.ts";
import { type Head, merge, type Successor, successor, tombstone } from "../merge.ts";
import { encodePlaintext, revOf, type Value, type Values } from "../revisions.ts";
import type { Change, Store } from "../store.ts";
import { collectionOf, DeviceChange } from "./devices.ts";
import { heldRevision } from "./held.ts";
import { contentKeyFor, keyLines } from "./keys.ts";
import { type KeyLine, revisionEntry, type RevisionLine, revisionParts } from "./layout.ts";
import { packetsAgain } from "./outbox.ts";
import {
  areDamaged,
  FORM,
  FORM_HASH,
  isDeleted,
  linesByRecord,
  linesOf,
  openHeads,
} from "./reading.ts";

export interface WritingEnvironment {
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
}

export async function logContact(
  store: Store,
  environment: WritingEnvironment,
  { enrolment, form, values, draft }: NewContact,
): Promise<Hex> {
  return store.change(async (change) => {
    const held = await DeviceChange.read(change, enrolment);
    const record = environment.randomBytes(16);
    const changes = new Map<string, Value | undefined>(Object.entries(values));
    changes.set(FORM, form.id).set(FORM_HASH, form.hash);
    const next = successor([], held.device.device, held.device.counter + 1, changes);
    await putRevision(change, held, { record, next, isTombstone: false, now: environment.now() });
    if (draft !== undefined) change.delete(draft);
    return toHex(record);
  });
}

/** A contact that has its record before it is written. */
export interface RecordedContact {
  readonly record: Hex;
  readonly values: Values;
}

/** In one change; without those whose record is here already, also as a tombstone. */
export async function logRecorded(
  store: Store,
  { now }: Pick<WritingEnvironment, "now">,
  { enrolment, form }: Pick<NewContact, "enrolment" | "form">,
  contacts: readonly RecordedContact[],
): Promise<void> {
  await store.change(async (change) => {
    const held = await DeviceChange.read(change, enrolment);
    const here = linesByRecord(change);
    for (const { record, values } of contacts.filter((each) => !here.has(each.record))) {
      const named = { ...values, [FORM]: form.id, [FORM_HASH]: form.hash };
      const changes = new Map<string, Value | undefined>(Object.entries(named));
      const next = successor([], held.device.device, held.device.counter + 1, changes);
      const made = { record: fromHex(record), next, isTombstone: false, now: now() };
      await putRevision(change, held, made);
    }
  });
}

export async function editContact(
  store: Store,
  environment: WritingEnvironment,
  { record, form, values, draft }: EditedContact,
): Promise<void> {
  await store.change(async (change) => {
    const lines = linesOf(change, record);
    const { held, heads } = await opened(change, lines);
    const named = { ...values, [FORM]: form.id, [FORM_HASH]: form.hash };
    const changes = changedOnly(heads, new Map(Object.entries(named)));
    if (changes.size > 0) {
      const next = successor(heads, held.device.device, held.device.counter + 1, changes);
      const now = environment.now();
      await putRevision(change, held, { record: fromHex(record), next, isTombstone: false, now });
      deleteReplaced(change, lines, next);
    }
    if (draft !== undefined) change.delete(draft);
  });
}

/**
 * A tombstone, also for what never was on the hub: else the coordinator would see a gap. There is none where
 * nothing can be read any more, which nobody could seal one for, or where the hub refused it before: the gap
 * is then the truth.
 */
export async function deleteContact(
  store: Store,
  environment: WritingEnvironment,
  record: Hex,
): Promise<void> {
  await store.change(async (change) => {
    const lines = linesOf(change, record);
    const isRefused = isDeleted({ lines }) && lines.some(({ state }) => state === "attention");
    if (isRefused || (await areDamaged(change, lines))) {
      for (const { address } of lines) change.delete(address);
      return;
    }
    const { held, heads } = await opened(change, lines);
    const next = tombstone(heads, held.device.device, held.device.counter + 1);
    const now = environment.now();
    await putRevision(change, held, { record: fromHex(record), next, isTombstone: true, now });
    deleteReplaced(change, lines, next);
  });
}

/** What needs attention goes back into the queue; without the hub's reason it is tried as if it were new. */
export async function retry(store: Store, record: Hex): Promise<void> {
  await store.change(async (change) => {
    for (const line of linesOf(change, record).filter(({ state }) => state === "attention")) {
      change.mark(revisionEntry({ ...line, state: "waiting", reason: undefined }));
      const read = async (address: Hex): Promise<unknown> => change.read(address);
      const held = await heldRevision(read, line.address);
      const key = held && keyLines(change, line.enrolment).find(isOf(held.revision.key));
      // It may be the key's own packet that was refused.
      if (key !== undefined && key.state !== "received") await packetsAgain(change, key);
    }
  });
}

function isOf(key: Bytes): (line: KeyLine) => boolean {
  const name = toHex(key);
  return (line) => line.key === name;
}

interface NewRevision {
  readonly record: Bytes;
  readonly next: Successor;
  readonly isTombstone: boolean;
  readonly now: number;
}

async function putRevision(
  change: Change,
  held: DeviceChange,
  { record, next, isTombstone, now }: NewRevision,
): Promise<void> {
  const contentKey = await contentKeyFor(change, held, now);
  const collection = collectionOf(held.line);
  const unsealed = { record, supersedes: next.supersedes, tombstone: isTombstone };
  const content = encodePlaintext(next.plaintext);
  const revision = await sealBody(contentKey, collection, unsealed, content);
  const rev = await revOf(collection, revision);
  const entry = revisionEntry({
    address: change.newAddress(),
    collection: held.line.collection,
    state: "on-this-phone",
    saved: now,
    enrolment: held.line.address,
    record: toHex(record),
    rev: toHex(rev),
    tombstone: isTombstone,
    reason: undefined,
    receipt: undefined,
  });
  change.put(entry, revisionParts({ rev, revision }));
  held.put({ counter: next.plaintext.counter });
}

/** What did not open is not replaced, and stays. */
function deleteReplaced(
  change: Change,
  lines: readonly RevisionLine[],
  { supersedes }: Successor,
): void {
  const replaced = new Set(supersedes.map(toHex));
  for (const { address, rev } of lines) if (replaced.has(rev)) change.delete(address);
}

async function opened(
  change: Change,
  lines: readonly RevisionLine[],
): Promise<{ held: DeviceChange; heads: Head[] }> {
  const held = await DeviceChange.read(change, lines[0]?.enrolment ?? "");
  return { held, heads: await openHeads(change, lines) };
}

/** A field that says what it said already keeps its stamp; an equal value of an undecided one decides it. */
function changedOnly(
  heads: readonly Head[],
  values: ReadonlyMap<string, Value | undefined>,
): Map<string, Value | undefined> {
  const { fields, deleted_elsewhere: deletedElsewhere } = merge(heads);
  const changed = [...values].filter(([name, value]) => {
    const [first, ...others] = fields.get(name) ?? [];
    if (first === undefined) return value !== undefined;
    return others.length > 0 || JSON.stringify(first.value) !== JSON.stringify(value);
  });
  // To save what another device deleted is a decision in itself: it stands against the deletion.
  return new Map(deletedElsewhere ? values : changed);
}
