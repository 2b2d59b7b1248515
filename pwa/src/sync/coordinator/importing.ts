/**
 * Contacts made elsewhere, in this coordinator's own lane: each row under a record of its own, so that none comes
 * twice (docs/decisions/imports-derive-their-records.md). Mirrors `sync/client/importing.py`.
 */
import { type Bytes, type Hex, toHex } from "../bytes.ts";
import { linesByRecord, readerOf } from "../client/reading.ts";
import { logRecorded, type RecordedContact } from "../client/writing.ts";
import { importedRecord } from "../crypto/imports.ts";
import { NotPossibleError } from "../errors.ts";
import type { NewContact } from "../face.ts";
import type { Store } from "../store.ts";

/** In one transaction: few enough that a phone is not kept busy for long, and that little is lost when it is cut. */
const AT_ONCE = 100;

/** A row, by what tells it from all others; `told`: its own id in the table, as hex where it may be a record here. */
export interface NamedRow {
  readonly identity: string;
  readonly told: string;
}

/** Told from time to time how many are done. */
export type Progress = (done: number) => void;

/**
 * The record under which each row comes in; undefined where the contact is here already. `seeds`: the programme's
 * private sealing keys, newest first; `known`: every record of the programme that is known here.
 */
export async function recordsOf(
  store: Store,
  seeds: readonly Bytes[],
  { rows, known }: { readonly rows: readonly NamedRow[]; readonly known: ReadonlySet<Hex> },
  progress: Progress,
): Promise<readonly (Hex | undefined)[]> {
  const own = linesByRecord(readerOf(store));
  const found: (Hex | undefined)[] = [];
  for (const { identity, told } of rows) {
    const records = await Promise.all(
      seeds.map(async (seed) => toHex(await importedRecord(seed, identity))),
    );
    const isHere = [told, ...records].some((record) => known.has(record) || own.has(record));
    const [first] = records;
    if (first === undefined) throw new NotPossibleError("not-enrolled");
    found.push(isHere ? undefined : first);
    if (found.length % AT_ONCE === 0) progress(found.length);
  }
  return found;
}

/** On disk when it settles; cut off, what is here stays, and the same is done again. */
export async function bringIn(
  store: Store,
  environment: { readonly now: () => number },
  about: Pick<NewContact, "enrolment" | "form">,
  contacts: readonly RecordedContact[],
  progress: Progress,
): Promise<void> {
  for (let start = 0; start < contacts.length; start += AT_ONCE) {
    await logRecorded(store, environment, about, contacts.slice(start, start + AT_ONCE));
    progress(Math.min(start + AT_ONCE, contacts.length));
  }
}
