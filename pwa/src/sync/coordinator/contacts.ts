/**
 * Contacts as coordinators see them: merged, in the order in which they were made, with what is odd about
 * them. A pure function of what was opened and of whom to believe; the same as sync/client/contacts.py, and
 * tests/vectors/contacts.json holds the two together.
 */
import { type Bytes, compare, type Hex, toHex } from "../bytes.ts";
import type { Certificate } from "../enrolment.ts";
import { type Head, merge, type Merged } from "../merge.ts";
import type { Stamp, Value } from "../revisions.ts";

/** `provisional`: nobody has vouched for it yet. */
export type AuthorStanding = "certified" | "provisional" | "revoked";

/** What every contact carries beside the form's own fields. */
const FORM_FIELDS: readonly string[] = ["form", "form_hash"];

/** One contact. `device`, `counter`: of the revision that began it, as far as is known. */
export interface SeenContact {
  readonly record: Hex;
  readonly device: Hex;
  readonly counter: number;
  readonly form: string;
  readonly formHash: string;
  /** The form's, ascending by name; undecided ones with the first of their values. */
  readonly fields: ReadonlyMap<string, Value>;
  /** Every value of the fields where two devices disagreed. */
  readonly undecided: ReadonlyMap<string, readonly Value[]>;
  /** Another device of its lane deleted it while one changed it. */
  readonly deletedElsewhere: boolean;
  /** Of its authors. */
  readonly standing: AuthorStanding;
  /** Made by a revoked device after the last contact that is accepted from it. */
  readonly late: boolean;
}

/** What has come from a device. */
export interface DeviceCount {
  readonly device: Hex;
  readonly standing: AuthorStanding;
  /** The highest counter seen, to be compared with its screen's "sent". */
  readonly last: number;
  /** Ranges of counters that were never seen, first and last. */
  readonly missing: readonly (readonly [number, number])[];
  /** Counters with two revisions: a device restored from an old copy, or two that say they are one. */
  readonly twice: readonly number[];
}

export interface Overview {
  readonly contacts: readonly SeenContact[];
  /** In order of id. */
  readonly devices: readonly DeviceCount[];
  /** Revisions that do not open, most often since their key packet has not come yet. */
  readonly unreadable: number;
}

/** A revision that was opened. */
export interface Opened {
  readonly record: Bytes;
  /** Of its content key. */
  readonly owner: Bytes;
  /** A certified device signed for the key. */
  readonly verified: boolean;
  readonly head: Head;
}

/** What a verified certificate says of a device, by device; the highest `n` of each. */
export type Believed = ReadonlyMap<Hex, Pick<Certificate, "lane" | "revoked" | "last_counter">>;

export function overview(
  opened: readonly Opened[],
  believed: Believed,
  unreadable: number,
): Overview {
  const records = new Map<string, Opened[]>();
  for (const each of opened) {
    const key = recordKey(each, believed);
    const others = records.get(key);
    if (others === undefined) records.set(key, [each]);
    else others.push(each);
  }
  const contacts = [...records.values()]
    .map((held) => contactOf(held, believed))
    .filter((contact) => contact !== undefined)
    .sort(inOrder);
  const counting = new DeviceCounting();
  for (const each of opened) counting.add(each);
  return { contacts, devices: counting.counts(believed), unreadable };
}

/**
 * What is one record: its lane's. Nobody can touch, or supersede, what is in another's lane; nor can what
 * nobody vouched for, since a hub can make it: the sealing key is public.
 */
export function recordKey(
  { record, owner, verified }: Pick<Opened, "record" | "owner" | "verified">,
  believed: Believed,
): string {
  const lane = toHex(believed.get(toHex(owner))?.lane ?? owner);
  return `${lane} ${verified ? "" : "un"}verified ${toHex(record)}`;
}

/** By device, counter and record: the order in which contacts are shown and exported. */
export function inOrder(
  a: Pick<SeenContact, "device" | "counter" | "record">,
  b: Pick<SeenContact, "device" | "counter" | "record">,
): number {
  return compareHex(a.device, b.device) || a.counter - b.counter || compareHex(a.record, b.record);
}

/** Of everything that was opened of one record; `undefined` for one that was deleted. */
export function contactOf(held: readonly Opened[], believed: Believed): SeenContact | undefined {
  const superseded = new Set(held.flatMap(({ head }) => head.supersedes.map(toHex)));
  const heads = held.filter(({ head }) => !superseded.has(toHex(head.rev)));
  const merged = merge(heads.map(({ head }) => head));
  const live = heads.filter(({ head }) => !head.tombstone);
  const first = firstStamp(live.map(({ head }) => head));
  const [any] = live;
  if (first === undefined || any === undefined) return undefined;
  return {
    record: toHex(any.record),
    device: toHex(first.device),
    counter: first.counter,
    form: textOf(merged, "form"),
    formHash: textOf(merged, "form_hash"),
    fields: decidedOf(merged),
    undecided: undecidedOf(merged),
    deletedElsewhere: merged.deleted_elsewhere,
    standing: standingOfAuthors(live, believed),
    late: live.some(({ head }) => isLate(head, believed)),
  };
}

export function authorStanding(device: Hex, believed: Believed): AuthorStanding {
  const certificate = believed.get(device);
  if (certificate === undefined) return "provisional";
  return certificate.revoked ? "revoked" : "certified";
}

/** Of one device: by counter the beginning of a rev, in what somebody vouched for and in the rest. */
interface Seen {
  readonly verified: Map<number, number>;
  readonly unverified: Map<number, number>;
  readonly twice: Set<number>;
  readonly twiceUnverified: Set<number>;
}

/** What has come from each device, counted as it comes: adding the same revision again changes nothing. */
export class DeviceCounting {
  readonly #seen = new Map<Hex, Seen>();

  add({ verified, head }: Pick<Opened, "verified" | "head">): void {
    const { author, counter, past } = head.plaintext;
    this.#see({ device: author, counter }, head.rev, verified);
    head.supersedes.forEach((rev, at) => {
      const stamp = past[at];
      if (stamp !== undefined) this.#see(stamp, rev, verified);
    });
  }

  /** In order of id. What nobody vouched for counts for a device only while it has no certificate. */
  counts(believed: Believed): DeviceCount[] {
    const counts: DeviceCount[] = [];
    for (const device of [...this.#seen.keys()].sort(compareHex)) {
      const standing = authorStanding(device, believed);
      const seen = this.#seen.get(device);
      if (seen === undefined) continue;
      const [all, twice] =
        standing === "provisional" ? together(seen) : [seen.verified.keys(), seen.twice];
      const counters = [...all].sort(ascending);
      const last = counters.at(-1);
      if (last === undefined) continue;
      const missing = gaps(counters);
      counts.push({ device, standing, last, missing, twice: [...twice].sort(ascending) });
    }
    return counts;
  }

  #see({ device, counter }: Stamp, rev: Bytes, isVerified: boolean): void {
    const id = toHex(device);
    let seen = this.#seen.get(id);
    if (seen === undefined) {
      const [twice, twiceUnverified] = [new Set<number>(), new Set<number>()];
      seen = { verified: new Map(), unverified: new Map(), twice, twiceUnverified };
      this.#seen.set(id, seen);
    }
    const revs = isVerified ? seen.verified : seen.unverified;
    const held = revs.get(counter);
    const name = beginningOf(rev);
    if (held === undefined) revs.set(counter, name);
    else if (held !== name) (isVerified ? seen.twice : seen.twiceUnverified).add(counter);
  }
}

function together(seen: Seen): [Set<number>, Set<number>] {
  const twice = new Set([...seen.twice, ...seen.twiceUnverified]);
  for (const [counter, rev] of seen.unverified) {
    const other = seen.verified.get(counter);
    if (other !== undefined && other !== rev) twice.add(counter);
  }
  return [new Set([...seen.verified.keys(), ...seen.unverified.keys()]), twice];
}

/** 48 bits tell two revisions apart, and a number takes less room than text. */
function beginningOf(rev: Bytes): number {
  let number = 0;
  for (const byte of rev.subarray(0, 6)) number = number * 256 + byte;
  return number;
}

/** The ranges below the highest of ascending counters that are not there; counters begin at 1. */
export function gaps(counters: readonly number[]): [number, number][] {
  const missing: [number, number][] = [];
  let expected = 1;
  for (const counter of counters) {
    if (counter > expected) missing.push([expected, counter - 1]);
    expected = counter + 1;
  }
  return missing;
}

/** The lowest counter of all that these heads have seen: for one device's contact, the one that began it. */
function firstStamp(heads: readonly Head[]): Stamp | undefined {
  let first: Stamp | undefined;
  for (const { plaintext } of heads) {
    const own: Stamp = { device: plaintext.author, counter: plaintext.counter };
    for (const stamp of [...plaintext.past, own]) {
      const order =
        first === undefined
          ? -1
          : stamp.counter - first.counter || compare(stamp.device, first.device);
      if (order < 0) first = stamp;
    }
  }
  return first;
}

function standingOfAuthors(live: readonly Opened[], believed: Believed): AuthorStanding {
  const standings = live.map(({ head }) => authorStanding(toHex(head.plaintext.author), believed));
  if (standings.includes("provisional") || !live.every(({ verified }) => verified)) {
    return "provisional";
  }
  return standings.includes("revoked") ? "revoked" : "certified";
}

function isLate({ plaintext }: Head, believed: Believed): boolean {
  const certificate = believed.get(toHex(plaintext.author));
  return certificate?.revoked === true && plaintext.counter > certificate.last_counter;
}

function decidedOf({ fields }: Merged): Map<string, Value> {
  const decided = new Map<string, Value>();
  for (const [name, [first]] of fields) {
    if (first !== undefined && !FORM_FIELDS.includes(name)) decided.set(name, first.value);
  }
  return decided;
}

function undecidedOf({ fields }: Merged): Map<string, readonly Value[]> {
  const undecided = [...fields].filter(([, alternatives]) => alternatives.length > 1);
  return new Map(
    undecided.map(([name, alternatives]) => [name, alternatives.map(({ value }) => value)]),
  );
}

function textOf({ fields }: Merged, name: string): string {
  const value = fields.get(name)?.[0]?.value;
  return typeof value === "string" ? value : "";
}

/** Lower-case hex is in the order of its bytes. */
function compareHex(a: Hex, b: Hex): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function ascending(a: number, b: number): number {
  return a - b;
}
