/**
 * What the heads of a record say together, and what an edit of them must carry (docs/protocol.md, section 1).
 *
 * A pure function of the heads: commutative, associative, idempotent. It needs no common ancestor, since
 * each head carries the stamps that it has seen.
 */
import { type Bytes, compare, fromHex, type Hex, toHex } from "./bytes.ts";
import { MalformedError, NotPossibleError } from "./errors.ts";
import {
  type Alternative,
  compareAlternatives,
  compareText,
  type Field,
  type Plaintext,
  type Revision,
  type Stamp,
  SUPERSEDES_LIMIT,
  SUPERSEDES_LIMIT_TOMBSTONE,
  type Value,
} from "./revisions.ts";

/** A head, opened. */
export interface Head {
  readonly rev: Bytes;
  readonly tombstone: boolean;
  readonly supersedes: readonly Bytes[];
  readonly plaintext: Plaintext;
}

/** A record as its heads have it. */
export interface Merged {
  /**
   * Ascending by name; a field's alternatives in the order of the smallest rev that carries each, then
   * by stamp: one is the value, several have not been decided.
   */
  readonly fields: ReadonlyMap<string, readonly Alternative[]>;
  /** There are only tombstones. */
  readonly deleted: boolean;
  /** There is a tombstone beside live heads. */
  readonly deleted_elsewhere: boolean;
}

/** What the next revision of a record replaces, and says. */
export interface Successor {
  readonly supersedes: readonly Bytes[];
  readonly plaintext: Plaintext;
}

/** Throws MalformedError where the plaintext does not fit its revision. */
export function headOf(rev: Bytes, revision: Revision, plaintext: Plaintext): Head {
  const { tombstone, supersedes } = revision;
  if (plaintext.past.length !== supersedes.length) {
    throw new MalformedError("$[2]", "one stamp for each rev in supersedes");
  }
  if (tombstone && plaintext.fields.length > 0) {
    throw new MalformedError("$[3]", "no fields in a tombstone");
  }
  return { rev, tombstone, supersedes, plaintext };
}

export function merge(heads: readonly Head[]): Merged {
  const every = [...byRev(heads).values()].sort((a, b) => compare(a.rev, b.rev));
  const views = every.filter(({ tombstone }) => !tombstone).map(viewOf);
  const [only, ...others] = views;
  if (only !== undefined && others.length === 0) {
    // Nobody disagrees: nearly every record is like that, and a coordinator has very many.
    return { fields: only.carried, deleted: false, deleted_elsewhere: views.length < every.length };
  }
  const names = [...new Set(views.flatMap(({ carried }) => [...carried.keys()]))];
  const fields = new Map<string, readonly Alternative[]>();
  for (const name of names.sort(compareText)) {
    const alternatives = standing(name, views);
    if (alternatives.length > 0) fields.set(name, alternatives);
  }
  return {
    fields,
    deleted: every.length > 0 && views.length === 0,
    deleted_elsewhere: views.length > 0 && views.length < every.length,
  };
}

/**
 * An edit of these heads, or a new record when there are none. A field that `changes` leaves out keeps
 * what it has, undecided alternatives too; `undefined` takes it away. Throws `too-many-superseded`
 * beyond 256 revisions: the caller starts a new record.
 */
export function successor(
  heads: readonly Head[],
  author: Bytes,
  counter: number,
  changes: ReadonlyMap<string, Value | undefined>,
): Successor {
  const fields: Field[] = [];
  for (const [name, alternatives] of merge(heads).fields) {
    if (!changes.has(name)) {
      fields.push({ name, alternatives: [...alternatives].sort(compareAlternatives) });
    }
  }
  for (const [name, value] of changes) {
    if (value !== undefined) {
      fields.push({ name, alternatives: [{ value, device: author, counter }] });
    }
  }
  fields.sort((a, b) => compareText(a.name, b.name));
  const { supersedes, past } = pastOf(heads, SUPERSEDES_LIMIT);
  return { supersedes, plaintext: { author, counter, past, fields } };
}

/** The deletion of these heads. Throws `too-many-superseded` beyond 1,024 revisions. */
export function tombstone(heads: readonly Head[], author: Bytes, counter: number): Successor {
  const { supersedes, past } = pastOf(heads, SUPERSEDES_LIMIT_TOMBSTONE);
  return { supersedes, plaintext: { author, counter, past, fields: [] } };
}

interface View {
  readonly carried: ReadonlyMap<string, readonly Alternative[]>;
  /** The stamps that this head has seen, its own included. */
  readonly seen: ReadonlySet<string>;
}

function viewOf({ plaintext }: Head): View {
  const { author, counter, past, fields } = plaintext;
  const own: Stamp = { device: author, counter };
  return {
    carried: new Map(fields.map(({ name, alternatives }) => [name, alternatives])),
    seen: new Set([...past, own].map(keyOf)),
  };
}

/** The alternatives that each head either carries or has not seen. `views` are in order of rev. */
function standing(name: string, views: readonly View[]): readonly Alternative[] {
  const carried = views.map((view) => view.carried.get(name) ?? []);
  const carriedStamps = carried.map((alternatives) => new Set(alternatives.map(keyOf)));
  const found = new Map<string, Alternative>();
  for (const alternative of carried.flat()) {
    const stamp = keyOf(alternative);
    const stands = views.every(
      ({ seen }, at) => carriedStamps[at]?.has(stamp) === true || !seen.has(stamp),
    );
    const key = `${stamp} ${JSON.stringify(alternative.value)}`;
    if (stands && !found.has(key)) found.set(key, alternative);
  }
  return [...found.values()];
}

function keyOf({ device, counter }: Stamp): string {
  return `${toHex(device)} ${counter}`;
}

function byRev(heads: readonly Head[]): Map<Hex, Head> {
  return new Map(heads.map((head) => [toHex(head.rev), head]));
}

/** The stamp of every revision that these heads know of, themselves included, in order of rev. */
function pastOf(
  heads: readonly Head[],
  limit: number,
): { supersedes: readonly Bytes[]; past: readonly Stamp[] } {
  const stamps = new Map<Hex, Stamp>();
  for (const { rev, supersedes, plaintext } of heads) {
    plaintext.past.forEach((stamp, at) => {
      const replaced = supersedes[at];
      if (replaced !== undefined) stamps.set(toHex(replaced), stamp);
    });
    stamps.set(toHex(rev), { device: plaintext.author, counter: plaintext.counter });
  }
  if (stamps.size > limit) throw new NotPossibleError("too-many-superseded");
  const ordered = [...stamps].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    supersedes: ordered.map(([rev]) => fromHex(rev)),
    past: ordered.map(([, stamp]) => stamp),
  };
}
