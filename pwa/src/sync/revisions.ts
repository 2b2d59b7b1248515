/**
 * Records are small sets that only grow: revisions, what is in them, and which of them are heads.
 *
 * docs/protocol.md, section 1. A revision is immutable, and names every revision of its record that it
 * replaces, direct or through others; so whoever holds the true heads computes the true heads.
 */
import { ascends, type Bytes, compare, equal, type Hex, toHex } from "./bytes.ts";
import { decode, digest, encode, type Part } from "./canonical.ts";
import {
  array,
  boolean,
  bytesBetween,
  fieldsOf,
  hash,
  id,
  integer,
  list,
  positive,
  text,
  tuple,
} from "./decoding.ts";
import { MalformedError } from "./errors.ts";

export const BODY_LIMIT = 64 * 1024;
export const SUPERSEDES_LIMIT = 256;
export const SUPERSEDES_LIMIT_TOMBSTONE = 1024;

/** One immutable encrypted version of a record. `supersedes` and `chunks` ascend, without repeats. */
export interface Revision {
  readonly record: Bytes;
  readonly supersedes: readonly Bytes[];
  readonly key: Bytes;
  readonly tombstone: boolean;
  readonly chunks: readonly Bytes[];
  readonly body: Bytes;
}

/** What a field may hold. */
export type Value = null | boolean | number | string | readonly string[];
export type Values = Readonly<Record<string, Value>>;

/** Which revision set a value: the author's device and its counter in this collection. */
export interface Stamp {
  readonly device: Bytes;
  readonly counter: number;
}

/** A value of a field, with the stamp of the revision that set it. */
export interface Alternative extends Stamp {
  readonly value: Value;
}

/** More than one alternative only where a conflict has not been decided; ascending. */
export interface Field {
  readonly name: string;
  readonly alternatives: readonly Alternative[];
}

/** What a body holds. `past` has one stamp for each rev in `supersedes`, in that order; fields ascend by name. */
export interface Plaintext {
  readonly author: Bytes;
  readonly counter: number;
  readonly past: readonly Stamp[];
  readonly fields: readonly Field[];
}

/** A revision's name, 32 bytes: never sent, always computed. */
export async function revOf(collection: Bytes, revision: Revision): Promise<Bytes> {
  const { record, supersedes, key, tombstone, chunks, body } = revision;
  return digest([
    "sojourn/1/revision",
    collection,
    record,
    supersedes,
    key,
    tombstone,
    chunks,
    body,
  ]);
}

/**
 * The revisions that none supersedes, by rev, in order of rev; of one record or of many. `superseded`:
 * revs known to be superseded by revisions that are not held. A revision supersedes only within its own
 * record, whatever it names.
 */
export function headsOf<R extends Pick<Revision, "record" | "supersedes">>(
  revisions: ReadonlyMap<Hex, R>,
  superseded: Iterable<Hex> = [],
): Map<Hex, R> {
  const named = new Set(superseded);
  const gone = new Set<string>();
  for (const { record, supersedes } of revisions.values()) {
    for (const rev of supersedes) gone.add(`${toHex(record)} ${toHex(rev)}`);
  }
  return new Map(
    [...revisions]
      .filter(([rev, { record }]) => !named.has(rev) && !gone.has(`${toHex(record)} ${rev}`))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** As it goes on the wire: a map with the names of the fields. Throws MalformedError. */
export function decodeRevision(value: unknown, path = "$"): Revision {
  const field = fieldsOf(value, path);
  const revision: Revision = {
    record: field("record", id),
    supersedes: field("supersedes", list(hash, SUPERSEDES_LIMIT_TOMBSTONE)),
    key: field("key", id),
    tombstone: field("tombstone", boolean),
    chunks: field("chunks", list(hash, SUPERSEDES_LIMIT_TOMBSTONE)),
    body: field("body", bytesBetween(12 + 16, BODY_LIMIT)),
  };
  checkRevision(revision, path);
  return revision;
}

export function encodePlaintext({ author, counter, past, fields }: Plaintext): Bytes {
  return encode([
    author,
    counter,
    past.map((stamp) => [stamp.device, stamp.counter]),
    fields.map(({ name, alternatives }) => [name, alternatives.map(alternativeParts)]),
  ]);
}

/** Throws MalformedError. */
export function decodePlaintext(raw: Bytes): Plaintext {
  const [author, counter, past, fields] = tuple(decode(raw), "$", 4);
  const plaintext: Plaintext = {
    author: id(author, "$[0]"),
    counter: positive(counter, "$[1]"),
    past: list(stamp, SUPERSEDES_LIMIT_TOMBSTONE)(past, "$[2]"),
    fields: list(field)(fields, "$[3]"),
  };
  // As UTF-8 orders them, which JavaScript's own comparison of strings does not.
  if (!ascends(plaintext.fields.map(({ name }) => utf8.encode(name)))) {
    throw new MalformedError("$[3]", "ascending by name, without repeats");
  }
  // The library lets broken UTF-8 and longer encodings pass; nobody who keeps to the protocol writes them.
  if (!equal(encodePlaintext(plaintext), raw)) throw new MalformedError("$", "shortest encodings");
  return plaintext;
}

/** Text by code points, as UTF-8 orders it. */
export function compareText(a: string, b: string): number {
  return compare(utf8.encode(a), utf8.encode(b));
}

/** By stamp, then by encoded value: one stamp has two values only where a device counted twice. */
export function compareAlternatives(a: Alternative, b: Alternative): number {
  return (
    compare(a.device, b.device) ||
    a.counter - b.counter ||
    compare(encode([a.value]), encode([b.value]))
  );
}

const utf8 = new TextEncoder();

function checkRevision({ supersedes, chunks, tombstone }: Revision, path: string): void {
  if (!ascends(supersedes)) throw new MalformedError(`${path}.supersedes`, "ascending");
  if (!ascends(chunks)) throw new MalformedError(`${path}.chunks`, "ascending");
  if (!tombstone && supersedes.length > SUPERSEDES_LIMIT) {
    throw new MalformedError(`${path}.supersedes`, `at most ${SUPERSEDES_LIMIT}`);
  }
}

function alternativeParts({ value, device, counter }: Alternative): Part {
  return [wellFormed(value), device, counter];
}

/** UTF-8 cannot hold half a surrogate pair: it becomes U+FFFD, and the rest of what was typed is kept. */
function wellFormed(value: Value): Value {
  if (typeof value === "string") return utf8Text.decode(utf8.encode(value));
  if (typeof value === "object" && value !== null) {
    return value.map((item) => utf8Text.decode(utf8.encode(item)));
  }
  return value;
}

// A byte order mark is a character like any other here.
const utf8Text = new TextDecoder("utf-8", { ignoreBOM: true });

function stamp(value: unknown, path: string): Stamp {
  const [device, counter] = tuple(value, path, 2);
  return { device: id(device, `${path}[0]`), counter: positive(counter, `${path}[1]`) };
}

function field(value: unknown, path: string): Field {
  const [name, alternatives] = tuple(value, path, 2);
  const found: Field = {
    name: text(name, `${path}[0]`),
    alternatives: list(alternative)(alternatives, `${path}[1]`),
  };
  if (found.name === "") throw new MalformedError(`${path}[0]`, "a name");
  if (found.alternatives.length === 0) throw new MalformedError(`${path}[1]`, "an alternative");
  found.alternatives.forEach((each, at) => {
    const before = found.alternatives[at - 1];
    if (before !== undefined && compareAlternatives(before, each) >= 0) {
      throw new MalformedError(`${path}[1]`, "ascending, without repeats");
    }
  });
  return found;
}

function alternative(raw: unknown, path: string): Alternative {
  const [found, device, counter] = tuple(raw, path, 3);
  return {
    value: value(found, `${path}[0]`),
    device: id(device, `${path}[1]`),
    counter: positive(counter, `${path}[2]`),
  };
}

/** Throws MalformedError for what a field may not hold. */
export function value(raw: unknown, path: string): Value {
  if (raw === null || typeof raw === "boolean" || typeof raw === "string") return raw;
  if (typeof raw === "number") return integer(raw, path);
  return array(raw, path).map((item, at) => text(item, `${path}[${at}]`));
}
