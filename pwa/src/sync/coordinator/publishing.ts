/** What coordinators publish to all devices of a programme, in `members` (docs/protocol.md, other records). */
import { type Bytes, fromHex, type Hex } from "../bytes.ts";
import type { Value } from "../revisions.ts";
import type { Change } from "../store.ts";
import type { Desk } from "./desk.ts";
import { filedRecords } from "./filed.ts";
import { file } from "./filing.ts";
import { publishedIn } from "./published.ts";

export type Fields = Readonly<Record<string, Value>>;

export interface Publication {
  readonly record: Bytes;
  readonly fields: Fields;
  /** Records that it stands in place of. */
  readonly replaced: readonly Hex[];
}

/**
 * Puts a record into the outbox. `now` in milliseconds. Throws MalformedError for what does not fit into a body
 * (64 KiB); then nothing is written.
 */
export async function putOut(
  change: Change,
  desk: Desk,
  { record, fields, replaced }: Publication,
  now: number,
): Promise<void> {
  const held = publishedIn(await filedRecords(change, desk), desk.certificates);
  // Later than all that stands, also by a clock that runs behind: the newest is what counts.
  const standing = held.filter(({ isStanding }) => isStanding);
  const last = Math.max(0, ...standing.map(({ published }) => published));
  const published = Math.max(Math.floor(now / 1000), last + 1);
  await file(change, desk, { record, changes: { ...fields, published } }, now);
  await takeBack(change, desk, replaced, now);
}

/** From all devices, as they next pull. */
export async function takeBack(
  change: Change,
  desk: Desk,
  records: readonly Hex[],
  now: number,
): Promise<void> {
  for (const { record, heads, merged } of await filedRecords(change, desk)) {
    if (merged.deleted || !records.includes(record)) continue;
    await file(change, desk, { record: fromHex(record), changes: undefined, heads }, now);
  }
}
