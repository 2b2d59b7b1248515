/** Rows of what coordinators published: one for what a device needs to read it, and one for each revision. */
import { type Bytes, fromHex, type Hex, toHex } from "../bytes.ts";
import type { Part } from "../canonical.ts";
import { hash, id, integer, labelled, list, oneOf, tuple } from "../decoding.ts";
import { MalformedError } from "../errors.ts";
import type { KeyPacket } from "../exchange.ts";
import { decodeRevision } from "../revisions.ts";
import type { Entry } from "../store.ts";
import { type HeldRevision, packetParts, readPacket } from "./layout.ts";

const VERSION = 1;

/** Of one enrolment. */
export interface Members {
  /** One for each epoch met, the present one last. */
  readonly cursors: readonly Bytes[];
  /** The content keys that were opened, by id. */
  readonly keys: ReadonlyMap<Hex, Bytes>;
  /** For this device, and not opened yet. */
  readonly packets: readonly KeyPacket[];
  /** Revs of what somebody has looked at. */
  readonly seen: ReadonlySet<Hex>;
}

export const NO_MEMBERS: Members = {
  cursors: [],
  keys: new Map(),
  packets: [],
  seen: new Set(),
};

export interface MembersLine {
  readonly address: Hex;
  readonly collection: Hex;
  readonly enrolment: Hex;
}

export interface MemberLine {
  readonly address: Hex;
  readonly collection: Hex;
  /** `kept`: what is needed to believe it has not come yet. */
  readonly state: "verified" | "kept";
  /** When it came, in milliseconds. */
  readonly came: number;
  readonly enrolment: Hex;
  readonly record: Hex;
  readonly rev: Hex;
}

export function membersEntry({ address, collection, enrolment }: MembersLine): Entry {
  const small = [fromHex(enrolment)];
  return { address, type: "members", state: "", collection, order: 0, small };
}

export function membersLine({ address, collection, small }: Entry): MembersLine {
  const [enrolment] = tuple(small, "$", 1);
  return { address, collection, enrolment: toHex(id(enrolment, "$[0]")) };
}

export function membersParts({ cursors, keys, packets, seen }: Members): readonly Part[] {
  return [
    "members",
    VERSION,
    cursors,
    [...keys].map(([key, contentKey]) => [fromHex(key), contentKey]),
    packets.map(packetParts),
    [...seen].map(fromHex),
  ];
}

export function readMembers(row: unknown): Members {
  const [cursors, keys, packets, seen] = versioned(row, "members", 4);
  return {
    cursors: list(hash)(cursors, "$[2]"),
    keys: new Map(list(readKey)(keys, "$[3]")),
    packets: list(readPacket)(packets, "$[4]"),
    seen: new Set(list(hash)(seen, "$[5]").map(toHex)),
  };
}

export function memberEntry(line: MemberLine): Entry {
  const small = [fromHex(line.enrolment), fromHex(line.record), fromHex(line.rev)];
  const { address, collection, state, came: order } = line;
  return { address, type: "member", state, collection, order, small };
}

export function memberLine({ address, state, collection, order, small }: Entry): MemberLine {
  const [enrolment, record, rev] = tuple(small, "$", 3);
  return {
    address,
    collection,
    state: oneOf("verified", "kept")(state, "$.state"),
    came: order,
    enrolment: toHex(id(enrolment, "$[0]")),
    record: toHex(id(record, "$[1]")),
    rev: toHex(hash(rev, "$[2]")),
  };
}

export function memberParts({ rev, revision }: HeldRevision): readonly Part[] {
  const { record, supersedes, key, tombstone, chunks, body } = revision;
  return ["member", VERSION, rev, record, supersedes, key, tombstone, chunks, body];
}

export function readMember(row: unknown): HeldRevision {
  const [rev, record, supersedes, key, tombstone, chunks, body] = versioned(row, "member", 7);
  const revision = decodeRevision({ record, supersedes, key, tombstone, chunks, body });
  return { rev: hash(rev, "$[2]"), revision };
}

function readKey(value: unknown, path: string): [Hex, Bytes] {
  const [key, contentKey] = tuple(value, path, 2);
  return [toHex(id(key, path)), hash(contentKey, path)];
}

function versioned(row: unknown, label: string, size: number): readonly unknown[] {
  const [version, ...parts] = labelled(row, label, size + 1);
  if (integer(version, "$[1]") !== VERSION) throw new MalformedError("$[1]", `version ${VERSION}`);
  return parts;
}
