/**
 * A revision from the hub into the rows. Each live head is a row of its own: what two phones wrote apart
 * stands here twice, and nothing that was written is replaced by what does not know of it.
 */
import { type Bytes, type Hex, toHex } from "../../sync/bytes.ts";
import { headOf } from "../../sync/merge.ts";
import { type Plaintext, type Revision } from "../../sync/revisions.ts";
import type { Change, Entry } from "../../sync/store.ts";
import { deleteChunks } from "../chunks.ts";
import { VaultError } from "../errors.ts";
import { BACKED_UP, type Fields, fieldsIn, fieldsOfRow, rowOf, sayTheSame } from "./content.ts";
import {
  type Known,
  type Past,
  pastParts,
  readPast,
  type Trace,
  traceEntry,
  versionOf,
} from "./layout.ts";

export interface Arrived {
  readonly rev: Bytes;
  readonly revision: Revision;
  readonly plaintext: Plaintext;
}

interface Traced {
  readonly trace: Trace;
  readonly past: Past;
}

/** Rows that the hub has not heard of, by what the index says of them: the same one may arrive from elsewhere. */
export class Strangers {
  readonly #byLine = new Map<string, Entry[]>();

  constructor(change: Change, held: readonly Trace[]) {
    const known = new Set(held.map(({ row }) => row));
    for (const entry of BACKED_UP.flatMap((type) => change.entries(type))) {
      if (known.has(entry.address)) continue;
      this.#byLine.set(lineOf(entry), [...(this.#byLine.get(lineOf(entry)) ?? []), entry]);
    }
  }

  /** The one that says the same, which is then no stranger any more. */
  async take(change: Change, fields: Fields): Promise<Entry | undefined> {
    const alike = this.#byLine.get(lineOf(rowOf("", fields).entry)) ?? [];
    for (const [at, entry] of alike.entries()) {
      if (!(await saysTheSame(change, entry, fields))) continue;
      alike.splice(at, 1);
      return entry;
    }
    return undefined;
  }
}

function lineOf({ type, state, order }: Entry): string {
  return `${type} ${state} ${order}`;
}

/**
 * `others`: the record's traces. Gives them as they are now. Throws MalformedError, before anything is
 * changed, for what this version cannot make a row of.
 */
export async function take(
  change: Change,
  others: readonly Trace[],
  strangers: Strangers,
  { rev, revision, plaintext }: Arrived,
): Promise<readonly Trace[]> {
  const { tombstone, supersedes } = headOf(rev, revision, plaintext);
  const name = toHex(rev);
  const traced = await Promise.all(others.map(async (trace) => tracedIn(change, trace)));
  const held = traced.find(({ past }) => past.known.some((each) => each.rev === name));
  if (held !== undefined) return received(change, others, held, name);
  const replaced = new Set(supersedes.map(toHex));
  const older = traced.filter(
    ({ trace, past }) => past.tips.every((tip) => replaced.has(tip)) && isUntouched(change, trace),
  );
  const arrived = knownIn({ rev, revision, plaintext });
  const [first, ...more] = older;
  if (first === undefined) {
    // Also of what never came here, so that a hub that loses it gets it again.
    if (tombstone) return [...others, bury(change, revision, { known: arrived, tips: [name] })];
    const fields = fieldsIn(plaintext);
    const twin = await twinOf(change, traced, fields);
    if (twin !== undefined) {
      const past = { known: joined(twin.past.known, arrived), tips: [...twin.past.tips, name] };
      putTrace(change, twin.trace, past);
      return others;
    }
    const same = await strangers.take(change, fields);
    return [...others, write(change, revision, fields, { known: arrived, tips: [name] }, same)];
  }
  const known = joined(...older.map(({ past }) => past.known), arrived);
  const past = { known, tips: [name] };
  const made = tombstone
    ? undefined
    : rowOf(first.trace.row ?? change.newAddress(), fieldsIn(plaintext));
  for (const { trace } of more) {
    if (trace.row !== undefined) remove(change, trace.row);
    change.delete(trace.address);
  }
  if (made === undefined && first.trace.row !== undefined) remove(change, first.trace.row);
  if (made !== undefined) change.put(made.entry, made.parts);
  const next: Trace = {
    ...first.trace,
    row: made?.entry.address,
    version: made === undefined ? 0 : versionOf(made.entry),
    state: "sent",
  };
  putTrace(change, next, past);
  const gone = new Set(more.map(({ trace }) => trace));
  return others
    .filter((each) => !gone.has(each))
    .map((each) => (each === first.trace ? next : each));
}

/** With what hangs on it. */
function remove(change: Change, row: Hex): void {
  change.delete(row);
  deleteChunks(change, row);
}

export function putTrace(change: Change, trace: Trace, past: Past): void {
  change.put(traceEntry(trace), pastParts(past));
}

export function joined(...lists: readonly (readonly Known[])[]): Known[] {
  const byRev = new Map(lists.flat().map((each) => [each.rev, each]));
  return [...byRev.values()].sort((a, b) => (a.rev < b.rev ? -1 : 1));
}

/** The revision itself, and all that it replaces. */
function knownIn({ rev, revision, plaintext }: Arrived): Known[] {
  const replaced = revision.supersedes.flatMap((each, at): Known[] => {
    const stamp = plaintext.past[at];
    return stamp === undefined ? [] : [{ rev: toHex(each), ...stamp }];
  });
  const { author: device, counter } = plaintext;
  return joined(replaced, [{ rev: toHex(rev), device, counter }]);
}

async function tracedIn(change: Change, trace: Trace): Promise<Traced> {
  return { trace, past: readPast(await change.read(trace.address)) };
}

/** It was sent from here, and the receipt was lost. */
function received(
  change: Change,
  others: readonly Trace[],
  { trace, past }: Traced,
  name: Hex,
): readonly Trace[] {
  if (trace.state !== "waiting" || !past.tips.includes(name)) return others;
  const next: Trace = { ...trace, state: "sent" };
  change.mark(traceEntry(next));
  return others.map((each) => (each === trace ? next : each));
}

/** The row says what was sealed or received last. What was deleted here and not sealed yet is not untouched. */
function isUntouched(change: Change, { row, version, state }: Trace): boolean {
  // Its version is that of a text which the hub never got.
  if (state === "refused") return false;
  if (row === undefined) return true;
  const entry = entryIn(change, row);
  return entry !== undefined && versionOf(entry) === version;
}

function entryIn(change: Change, row: Hex): Entry | undefined {
  for (const type of BACKED_UP) {
    const found = change.entries(type).find(({ address }) => address === row);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Both phones wrote the same: one row is enough. */
async function twinOf(
  change: Change,
  traced: readonly Traced[],
  fields: Fields,
): Promise<Traced | undefined> {
  for (const each of traced) {
    const entry = each.trace.row === undefined ? undefined : entryIn(change, each.trace.row);
    if (entry === undefined) continue;
    if (await saysTheSame(change, entry, fields)) return each;
  }
  return undefined;
}

async function saysTheSame(change: Change, entry: Entry, fields: Fields): Promise<boolean> {
  try {
    return sayTheSame(fieldsOfRow(entry, await change.read(entry.address)), fields);
  } catch (error) {
    // What can no longer be read here is like nothing.
    if (error instanceof VaultError) return false;
    throw error;
  }
}

function bury(change: Change, { record }: Revision, past: Past): Trace {
  const [address, row] = [change.newAddress(), undefined];
  const trace: Trace = { address, record: toHex(record), row, version: 0, state: "sent" };
  putTrace(change, trace, past);
  return trace;
}

/** `same`: a row that says so already. */
function write(
  change: Change,
  { record }: Revision,
  fields: Fields,
  past: Past,
  same: Entry | undefined,
): Trace {
  const { entry, parts } = rowOf(same?.address ?? change.newAddress(), fields);
  change.put(entry, parts);
  const trace: Trace = {
    address: change.newAddress(),
    record: toHex(record),
    row: entry.address,
    version: versionOf(entry),
    state: "sent",
  };
  putTrace(change, trace, past);
  return trace;
}
