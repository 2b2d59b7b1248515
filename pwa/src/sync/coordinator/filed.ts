/** Opening what a coordinator's device holds of `admin` and `members`: content keys first, then records. */
import { equal, type Hex, toHex } from "../bytes.ts";
import { wholeOrNone } from "../client/held.ts";
import { type Reader } from "../client/keys.ts";
import { openBody, readSigned, verifySigned } from "../crypto/bodies.ts";
import { openPacket, verifyPacket } from "../crypto/packets.ts";
import { OpeningError, SyncError } from "../errors.ts";
import type { KeyPacket } from "../exchange.ts";
import { type Head, headOf, merge, type Merged } from "../merge.ts";
import { decodePlaintext, type Value } from "../revisions.ts";
import type { HeldRevision } from "../client/layout.ts";
import type { Change } from "../store.ts";
import { type Desk, seedsOf } from "./desk.ts";
import {
  type FeedKey,
  feedKeyEntry,
  type FeedKeyLine,
  feedKeyLine,
  feedKeyParts,
  type FiledLine,
  filedLine,
  readFeedKey,
  readFiled,
} from "./layout.ts";

/** A record of `admin` or `members`, merged. `authors`: of its heads. `keys`: of its heads, by id. */
export interface Filed {
  readonly record: Hex;
  readonly heads: readonly Head[];
  readonly keys: readonly Hex[];
  readonly authors: readonly Hex[];
  readonly merged: Merged;
}

/** Undefined where there is no value, or several that nobody decided on. */
export function valueOf({ merged }: Filed, name: string): Value | undefined {
  const [first, ...others] = merged.fields.get(name) ?? [];
  return others.length > 0 ? undefined : first?.value;
}

/** "" where it is no text. */
export function textOf(filed: Filed, name: string): string {
  const value = valueOf(filed, name);
  return typeof value === "string" ? value : "";
}

export function ofType(records: readonly Filed[], type: string): Filed[] {
  return records.filter((record) => !record.merged.deleted && valueOf(record, "type") === type);
}

export function feedKeyLines(reader: Pick<Reader, "entries">, desk: Desk): FeedKeyLine[] {
  const collection = toHex(desk.collection);
  const lines = reader.entries("feedkey").map(feedKeyLine);
  return lines.filter(
    (line) => line.enrolment === desk.enrolment && line.collection === collection,
  );
}

export function filedLines(reader: Pick<Reader, "entries">, desk: Desk): FiledLine[] {
  const collection = toHex(desk.collection);
  const lines = reader.entries("filed").map(filedLine);
  return lines.filter(
    (line) => line.enrolment === desk.enrolment && line.collection === collection,
  );
}

/** Undefined of a row that is damaged: see `mendFeed`. */
export async function feedKeyAt(
  reader: Pick<Reader, "read">,
  { address }: FeedKeyLine,
): Promise<FeedKey | undefined> {
  return wholeOrNone(async () => readFeedKey(await reader.read(address)));
}

/** Undefined of a row that is damaged. */
export async function filedAt(
  reader: Pick<Reader, "read">,
  { address }: FiledLine,
): Promise<HeldRevision | undefined> {
  return wholeOrNone(async () => readFiled(await reader.read(address)));
}

export async function feedKeys(reader: Reader, desk: Desk): Promise<Map<Hex, FeedKey>> {
  const found = new Map<Hex, FeedKey>();
  for (const line of feedKeyLines(reader, desk)) {
    const key = await feedKeyAt(reader, line);
    if (key !== undefined) found.set(line.key, key);
  }
  return found;
}

/** Every record that can be opened, in order of id. Only what a coordinator signed supersedes. */
export async function filedRecords(reader: Reader, desk: Desk): Promise<Filed[]> {
  const opened = timely(desk, await openedRevisions(reader, desk));
  const gone = new Set(opened.flatMap(({ head }) => head.supersedes.map(toHex)));
  const records = new Map<Hex, Opened[]>();
  for (const each of opened) {
    if (gone.has(toHex(each.head.rev))) continue;
    records.set(each.record, [...(records.get(each.record) ?? []), each]);
  }
  return [...records]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([record, found]) => filedOf(record, found));
}

/** In `members`, what was signed by somebody who had been revoked by then stands alone, or not at all. */
function timely({ name, certificates }: Desk, opened: readonly Opened[]): readonly Opened[] {
  if (name !== "members") return opened;
  const isLate = ({ head: { plaintext } }: Opened): boolean => {
    const author = certificates.get(toHex(plaintext.author));
    return author?.revoked === true && plaintext.counter > author.last_counter;
  };
  const standing = new Set(opened.filter((each) => !isLate(each)).map(({ record }) => record));
  return opened.filter((each) => !isLate(each) || !standing.has(each.record));
}

export interface Opened {
  readonly record: Hex;
  readonly key: Hex;
  readonly head: Head;
}

/** Also what is superseded by something else that is held. */
export async function openedRevisions(reader: Reader, desk: Desk): Promise<Opened[]> {
  const keys = await feedKeys(reader, desk);
  const opened: Opened[] = [];
  for (const line of filedLines(reader, desk)) {
    const { record } = line;
    const held = await filedAt(reader, line);
    if (held === undefined) continue;
    try {
      const key = toHex(held.revision.key);
      opened.push({ record, key, head: await openFiled(desk, keys.get(key), held) });
    } catch (error) {
      ignored(error);
    }
  }
  return opened;
}

/** What can be opened with the certificates and secrets of now, of what could not be before. */
export async function openKeys(change: Change, desk: Desk): Promise<void> {
  const lines: { line: FeedKeyLine; key: FeedKey }[] = [];
  for (const line of feedKeyLines(change, desk)) {
    const key = await feedKeyAt(change, line);
    if (key !== undefined && !(key.contentKey !== undefined && key.verified)) {
      lines.push({ line, key });
    }
  }
  if (lines.length === 0) return;
  const seeds = await seedsOf(desk);
  for (const { line, key } of lines) {
    const opened = await openedKey(desk, key, seeds);
    if (opened !== undefined) change.put(feedKeyEntry(line), feedKeyParts(opened));
  }
}

/** By the first packet that opens and that a certified device signed which may. */
async function openedKey(
  desk: Desk,
  key: FeedKey,
  seeds: Awaited<ReturnType<typeof seedsOf>>,
): Promise<FeedKey | undefined> {
  const place = { programme: desk.device.programme, collection: desk.collection };
  for (const { packet } of key.packets) {
    const seed = seeds.get(toHex(packet.recipient));
    if (seed === undefined || !(await isVouchedFor(desk, packet))) continue;
    try {
      const contentKey = await openPacket(packet, place, seed);
      return { ...key, contentKey, owner: packet.owner, verified: true };
    } catch (error) {
      ignored(error);
    }
  }
  return undefined;
}

async function isVouchedFor(desk: Desk, packet: KeyPacket): Promise<boolean> {
  const author = desk.certificates.get(toHex(packet.author));
  const owner = desk.certificates.get(toHex(packet.owner));
  if (author?.role !== "coordinator" || owner?.role !== "coordinator") return false;
  if (author.revoked && author !== owner) return false;
  const place = { programme: desk.device.programme, collection: desk.collection };
  try {
    await verifyPacket(packet, place, author.signing_key);
    return true;
  } catch (error) {
    ignored(error);
    return false;
  }
}

/** Throws OpeningError, also for what was signed by nobody who may. */
async function openFiled(
  { collection, certificates }: Desk,
  key: FeedKey | undefined,
  { rev, revision }: HeldRevision,
): Promise<Head> {
  if (key?.contentKey === undefined) throw new OpeningError();
  const signed = readSigned(await openBody(key.contentKey, collection, revision));
  const plaintext = decodePlaintext(signed.content);
  const author = certificates.get(toHex(plaintext.author));
  if (author?.role !== "coordinator" || !equal(author.device, plaintext.author)) {
    throw new OpeningError();
  }
  await verifySigned(signed, author.signing_key, collection, revision);
  return headOf(rev, revision, plaintext);
}

function filedOf(record: Hex, found: readonly Opened[]): Filed {
  const heads = found.map(({ head }) => head);
  return {
    record,
    heads,
    keys: [...new Set(found.map(({ key }) => key))],
    authors: [...new Set(heads.map(({ plaintext }) => toHex(plaintext.author)))],
    merged: merge(heads),
  };
}

/** What does not open or verify is nothing to stop for; anything else is. */
function ignored(error: unknown): void {
  if (error instanceof SyncError) return;
  throw error;
}
