/**
 * What a coordinator's device keeps of `contacts`: how far it has read, the pages as they were pulled, and beside
 * each what was opened of it. The pages are what is kept for ever, and handed back to a hub that lost them; what
 * was opened can be made from them again. Few large rows: 100,000 single ones would take minutes to read.
 */
import { type Bytes, fromHex, type Hex, toHex } from "../bytes.ts";
import { decode, encode, type Part } from "../canonical.ts";
import { packetParts, readPacket } from "../client/layout.ts";
import {
  boolean,
  bytes,
  hash,
  id,
  integer,
  labelled,
  list,
  natural,
  oneOf,
  tuple,
} from "../decoding.ts";
import { MalformedError } from "../errors.ts";
import type { PacketPlace } from "../crypto/packets.ts";
import { type Changes, type KeyPacket, packetId } from "../exchange.ts";
import { decodeRevision, revOf, type Revision } from "../revisions.ts";
import type { Entry } from "../store.ts";
import { type OpenedKey, SIGNED } from "./keyring.ts";

const VERSION = 1;

/** Of one enrolment: one cursor for each epoch met, the present one last. */
export interface Intake {
  readonly cursors: readonly Bytes[];
}

export interface IntakeLine {
  readonly address: Hex;
  readonly collection: Hex;
  readonly enrolment: Hex;
}

/** `back`: another life of the hub's database may not have it, and is given it again. */
export type PulledState = "held" | "back";

export interface PulledLine {
  readonly address: Hex;
  readonly collection: Hex;
  readonly state: PulledState;
  /** They are numbered as they came. */
  readonly number: number;
  readonly enrolment: Hex;
  /** How many revisions are in it, and how many bytes it has. */
  readonly revisions: number;
  readonly size: number;
}

export interface OpenedLine {
  readonly address: Hex;
  readonly collection: Hex;
  readonly enrolment: Hex;
  /** The row of what was pulled, and how many bytes that had then. */
  readonly pulled: Hex;
  readonly size: number;
}

export type Pulled = Pick<Changes, "packets" | "revisions">;

/** What opened of a row of pulled pages. */
export interface OpenedPage {
  readonly keys: readonly OpenedKey[];
  /** See readings.ts. */
  readonly readings: readonly Bytes[];
  /** Of revisions that did not open: their keys, and whether they never will. */
  readonly shut: readonly { readonly key: Bytes; readonly isOdd: boolean }[];
  /** To whom packets are sealed that nobody here could open. */
  readonly others: readonly Bytes[];
}

export function intakeEntry({ address, collection, enrolment }: IntakeLine): Entry {
  return { address, type: "intake", state: "", collection, order: 0, small: [fromHex(enrolment)] };
}

export function intakeLine({ address, collection, small }: Entry): IntakeLine {
  const [enrolment] = tuple(small, "$", 1);
  return { address, collection, enrolment: toHex(id(enrolment, "$[0]")) };
}

export function intakeParts({ cursors }: Intake): readonly Part[] {
  return ["intake", VERSION, cursors];
}

export function readIntake(row: unknown): Intake {
  const [cursors] = versioned(row, "intake", 1);
  return { cursors: list(hash)(cursors, "$[2]") };
}

export function pulledEntry(line: PulledLine): Entry {
  const { address, collection, state, number, enrolment, revisions, size } = line;
  const small = [fromHex(enrolment), revisions, size];
  return { address, type: "pulled", state, collection, order: number, small };
}

export function pulledLine({ address, collection, state, order, small }: Entry): PulledLine {
  const [enrolment, revisions, size] = tuple(small, "$", 3);
  return {
    address,
    collection,
    state: oneOf("held", "back")(state, "$.state"),
    number: order,
    enrolment: toHex(id(enrolment, "$[0]")),
    revisions: natural(revisions, "$[1]"),
    size: natural(size, "$[2]"),
  };
}

/** Pages that came one after the other, each as `encodePulled` made it. */
export function pulledParts(pages: readonly Bytes[]): readonly Part[] {
  return ["pulled", VERSION, pages];
}

export function readPulled(row: unknown): Bytes[] {
  const [pages] = versioned(row, "pulled", 1);
  return list(bytes)(pages, "$[2]");
}

export function openedEntry(line: OpenedLine): Entry {
  const { address, collection, enrolment, pulled, size } = line;
  const small = [fromHex(enrolment), fromHex(pulled), size];
  return { address, type: "opened", state: "", collection, order: 0, small };
}

export function openedLine({ address, collection, small }: Entry): OpenedLine {
  const [enrolment, pulled, size] = tuple(small, "$", 3);
  return {
    address,
    collection,
    enrolment: toHex(id(enrolment, "$[0]")),
    pulled: toHex(id(pulled, "$[1]")),
    size: natural(size, "$[2]"),
  };
}

export function openedParts(opened: Bytes): readonly Part[] {
  return ["opened", VERSION, opened];
}

export function readOpened(row: unknown): Bytes {
  const [opened] = versioned(row, "opened", 1);
  return bytes(opened, "$[2]");
}

export function encodePulled({ packets, revisions }: Pulled): Bytes {
  return encode([packets.map(packetParts), revisions.map(revisionParts)]);
}

/** Throws MalformedError. */
export function decodePulled(raw: Bytes): { packets: KeyPacket[]; revisions: Revision[] } {
  const [packets, revisions] = tuple(decode(raw), "$", 2);
  return {
    packets: list(readPacket)(packets, "$[0]"),
    revisions: list(readRevision)(revisions, "$[1]"),
  };
}

/** Packet ids and revs, each in the order of the page. */
export async function namesOf(
  { programme, collection }: PacketPlace,
  { packets, revisions }: Pulled,
): Promise<{ readonly packets: Hex[]; readonly revisions: Hex[] }> {
  const ids = packets.map(async (each) => toHex(await packetId(programme, collection, each)));
  const revs = revisions.map(async (each) => toHex(await revOf(collection, each)));
  return { packets: await Promise.all(ids), revisions: await Promise.all(revs) };
}

/** What of a page is wanted by its name. */
export async function partOf(
  place: PacketPlace,
  page: Pulled,
  isWanted: (name: Hex) => boolean,
): Promise<Pulled> {
  const names = await namesOf(place, page);
  return {
    packets: page.packets.filter((_, at) => isWanted(names.packets[at] ?? "")),
    revisions: page.revisions.filter((_, at) => isWanted(names.revisions[at] ?? "")),
  };
}

/** Those of a row that are what they were. */
export function wholePages(pages: readonly Bytes[]): ReturnType<typeof decodePulled>[] {
  return pages.flatMap((raw) => {
    try {
      return [decodePulled(raw)];
    } catch (error) {
      if (error instanceof MalformedError) return [];
      throw error;
    }
  });
}

export function encodeOpenedPage({ keys, readings, shut, others }: OpenedPage): Bytes {
  return encode([
    keys.map(({ key, contentKey, owner, author, signed }) => {
      return [key, contentKey, owner, author, SIGNED.indexOf(signed)];
    }),
    readings,
    shut.map(({ key, isOdd }) => [key, isOdd]),
    others,
  ]);
}

/** Throws MalformedError. */
export function decodeOpenedPage(raw: Bytes): OpenedPage {
  const [keys, readings, shut, others] = tuple(decode(raw), "$", 4);
  return {
    keys: list(readOpenedKey)(keys, "$[0]"),
    readings: list(view)(readings, "$[1]"),
    shut: list((value, path) => {
      const [key, isOdd] = tuple(value, path, 2);
      return { key: id(key, path), isOdd: boolean(isOdd, path) };
    })(shut, "$[2]"),
    others: list(id)(others, "$[3]"),
  };
}

/** Not a copy: there are very many, and all of them are held as long as the whole is. */
function view(value: unknown, path: string): Bytes {
  if (!(value instanceof Uint8Array)) throw new MalformedError(path, "bytes");
  const { buffer, byteOffset, byteLength } = value;
  if (!(buffer instanceof ArrayBuffer)) throw new MalformedError(path, "bytes");
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function readOpenedKey(value: unknown, path: string): OpenedKey {
  const [key, contentKey, owner, author, signed] = tuple(value, path, 5);
  return {
    key: id(key, path),
    contentKey: hash(contentKey, path),
    owner: id(owner, path),
    author: id(author, path),
    signed: SIGNED[natural(signed, path)] ?? "unknown",
  };
}

function revisionParts(revision: Revision): Part {
  const { record, supersedes, key, tombstone, chunks, body } = revision;
  return [record, supersedes, key, tombstone, chunks, body];
}

function readRevision(value: unknown, path: string): Revision {
  const [record, supersedes, key, tombstone, chunks, body] = tuple(value, path, 6);
  return decodeRevision({ record, supersedes, key, tombstone, chunks, body }, path);
}

function versioned(row: unknown, label: string, size: number): readonly unknown[] {
  const [version, ...parts] = labelled(row, label, size + 1);
  if (integer(version, "$[1]") !== VERSION) throw new MalformedError("$[1]", `version ${VERSION}`);
  return parts;
}
