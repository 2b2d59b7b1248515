/**
 * What coordinators published: fetched, believed, read. A revision counts once a coordinator of this programme
 * has signed it; what nobody who may has signed is not even kept.
 */
import { type Bytes, equal, fromHex, type Hex, toHex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import { openBody, readSigned, verifySigned } from "../crypto/bodies.ts";
import { openPacket, verifyPacket } from "../crypto/packets.ts";
import { SUITE } from "../crypto/sealing.ts";
import type { Certificate } from "../enrolment.ts";
import { ProblemError, SyncError, UnreachableError } from "../errors.ts";
import { type Changes, decodeChanges, type KeyPacket } from "../exchange.ts";
import type { Published } from "../face.ts";
import { collectionId } from "../identifiers.ts";
import { type Head, headOf, merge } from "../merge.ts";
import { decodePlaintext, revOf, type Value } from "../revisions.ts";
import type { Change, Store } from "../store.ts";
import type { Line } from "./batches.ts";
import { deviceAt, withCursor } from "./devices.ts";
import { certificatesOf, type Reader } from "./keys.ts";
import { readDevice } from "./device-layout.ts";
import { type HeldRevision } from "./layout.ts";
import {
  memberEntry,
  type MemberLine,
  memberLine,
  memberParts,
  type Members,
  membersEntry,
  membersLine,
  membersParts,
  NO_MEMBERS,
  readMember,
  readMembers,
} from "./members-layout.ts";
import type { Session } from "./session.ts";

/** Everything new. Whether something came that cannot be believed yet: its author may be a new coordinator. */
export async function pullMembers(
  store: Store,
  session: Session,
  now: () => number,
  line: Line,
): Promise<boolean> {
  let isWaiting = false;
  for (;;) {
    const before = (await membersAt(readerIn(store), session.address)).cursors.at(-1);
    const page = await nextPage(store, session, line.size);
    const isSame = before !== undefined && equal(before, page.cursor);
    if (!isSame) {
      const waits = await store.change(async (change) => take(change, session, page, now()));
      isWaiting ||= waits;
    }
    if (!page.more) return isWaiting;
    // More, and yet no step further: asking on would go on for ever.
    if (isSame) throw new UnreachableError();
  }
}

/** With certificates that came since. */
export async function believeKept(store: Store, enrolment: Hex, now: number): Promise<void> {
  const isKept = memberLines(store, enrolment).some(({ state }) => state === "kept");
  if (!isKept && (await membersAt(readerIn(store), enrolment)).packets.length === 0) return;
  await store.change(async (change) => {
    const place = await placeIn(change, enrolment);
    const { packets } = place.members;
    place.members = { ...place.members, packets: [] };
    for (const packet of packets) await takePacket(place, packet);
    for (const kept of memberLines(change, enrolment)) {
      if (kept.state !== "kept") continue;
      const held = readMember(await change.read(kept.address));
      change.delete(kept.address);
      await takeRevision(change, place, held, now);
    }
    putMembers(change, place);
  });
}

/** The newest first, also what does not stand: see Published. */
export async function readPublished(reader: Reader, enrolment: Hex): Promise<Published[]> {
  const { keys, seen } = await membersAt(reader, enrolment);
  const coordinators = await coordinatorsOf(reader, enrolment);
  const records = new Map<Hex, Head[]>();
  for (const line of memberLines(reader, enrolment)) {
    if (line.state !== "verified") continue;
    const held = readMember(await reader.read(line.address));
    const head = await opened(keys, fromHex(line.collection), held).then(
      (each) => each.head,
      ignored,
    );
    if (head === undefined) continue;
    records.set(line.record, [...(records.get(line.record) ?? []), head]);
  }
  return [...records]
    .flatMap(([record, heads]) => published(record, heads, coordinators, seen))
    .sort((a, b) => b.published - a.published || (a.id < b.id ? -1 : 1));
}

/** They have been looked at; what is no longer there is forgotten. */
export async function markSeen(
  store: Store,
  enrolment: Hex,
  records: ReadonlySet<Hex>,
): Promise<void> {
  await store.change(async (change) => {
    const place = await placeIn(change, enrolment);
    const lines = memberLines(change, enrolment);
    const isSeen = ({ record, rev }: MemberLine): boolean =>
      records.has(record) || place.members.seen.has(rev);
    const seen = new Set(lines.filter(isSeen).map(({ rev }) => rev));
    if (seen.size === place.members.seen.size) return;
    place.members = { ...place.members, seen };
    putMembers(change, place);
  });
}

/** With the enrolment. */
export function forgetMembers(change: Change, enrolment: Hex): void {
  for (const { address } of memberLines(change, enrolment)) change.delete(address);
  const line = membersLineOf(change, enrolment);
  if (line !== undefined) change.delete(line.address);
}

/** What is known of an enrolment's `members`, inside a change. */
interface Place {
  readonly enrolment: Hex;
  readonly device: Bytes;
  readonly seed: Bytes;
  readonly programme: Bytes;
  readonly collection: Bytes;
  readonly coordinators: readonly Certificate[];
  /** Every device that is known, to tell a stranger from somebody who may not. */
  readonly known: ReadonlySet<Hex>;
  members: Members;
}

async function placeIn(change: Change, enrolment: Hex): Promise<Place> {
  const { device, seed, programme, certificate } = readDevice(await change.read(enrolment));
  const collection = await collectionId(programme, "members");
  const reader: Reader = change;
  const own = certificate === undefined ? [] : [certificate];
  const certificates = [...own, ...(await certificatesOf(reader, enrolment))];
  return {
    enrolment,
    device,
    seed,
    programme,
    collection,
    coordinators: certificates.filter(({ role }) => role === "coordinator"),
    known: new Set(certificates.map((each) => toHex(each.device))),
    members: await membersAt(reader, enrolment),
  };
}

function putMembers(change: Change, { enrolment, collection, members }: Place): void {
  const address = membersLineOf(change, enrolment)?.address ?? change.newAddress();
  const line = { address, collection: toHex(collection), enrolment };
  change.put(membersEntry(line), membersParts(members));
}

async function take(
  change: Change,
  session: Session,
  page: Changes,
  now: number,
): Promise<boolean> {
  const place = await placeIn(change, session.address);
  const before = place.members.packets.length;
  for (const packet of page.packets) await takePacket(place, packet);
  let isWaiting = place.members.packets.length > before;
  for (const revision of page.revisions) {
    const held = { rev: await revOf(place.collection, revision), revision };
    isWaiting = (await takeRevision(change, place, held, now)) || isWaiting;
  }
  const cursors = withCursor(place.members.cursors, page.cursor);
  place.members = { ...place.members, cursors };
  putMembers(change, place);
  return isWaiting;
}

async function takePacket(place: Place, packet: KeyPacket): Promise<void> {
  const { members, collection, programme, seed } = place;
  if (!equal(packet.recipient, place.device) || members.keys.has(toHex(packet.key))) return;
  const author = place.coordinators.find(({ device }) => equal(device, packet.author));
  const isOwned = place.coordinators.some(({ device }) => equal(device, packet.owner));
  if (author === undefined || !isOwned || packet.suite !== SUITE) {
    const isStranger =
      !place.known.has(toHex(packet.author)) || !place.known.has(toHex(packet.owner));
    if (isStranger || packet.suite !== SUITE) {
      place.members = { ...members, packets: [...members.packets, packet] };
    }
    return;
  }
  try {
    await verifyPacket(packet, { programme, collection }, author.signing_key);
    const contentKey = await openPacket(packet, { programme, collection }, seed);
    const keys = new Map(members.keys).set(toHex(packet.key), contentKey);
    place.members = { ...members, keys };
  } catch (error) {
    ignored(error);
  }
}

/** Whether it is kept until more is known. Only what a coordinator signed, before being revoked, supersedes. */
async function takeRevision(
  change: Change,
  place: Place,
  held: HeldRevision,
  now: number,
): Promise<boolean> {
  const { enrolment } = place;
  const record = toHex(held.revision.record);
  const rev = toHex(held.rev);
  const lines = memberLines(change, enrolment).filter((line) => line.record === record);
  if (lines.some((line) => line.rev === rev)) return false;
  const state = await verdict(place, held);
  if (state === "refused") return false;
  const verified = lines.filter((line) => line.state === "verified");
  if (state === "verified") {
    const others = await Promise.all(
      verified.map(async ({ address }) => readMember(await change.read(address))),
    );
    const gone = new Set((await superseded(place, held)).map(toHex));
    for (const line of verified) if (gone.has(line.rev)) change.delete(line.address);
    const theirs = await Promise.all(others.map(async (other) => superseded(place, other)));
    if (theirs.flat().some((each) => toHex(each) === rev)) return false;
  }
  const address = change.newAddress();
  const collection = toHex(place.collection);
  const line = { address, collection, state, came: now, enrolment, record, rev };
  change.put(memberEntry(line), memberParts(held));
  return state === "kept";
}

async function superseded(place: Place, held: HeldRevision): Promise<readonly Bytes[]> {
  const { head } = await opened(place.members.keys, place.collection, held);
  return isLate(place.coordinators, head) ? [] : head.supersedes;
}

/** After the last that is accepted of its author. */
function isLate(coordinators: readonly Certificate[], { plaintext }: Head): boolean {
  const author = coordinators.find(({ device }) => equal(device, plaintext.author));
  return author?.revoked === true && plaintext.counter > author.last_counter;
}

/** `kept` where the key or its author's certificate may still come. */
async function verdict(place: Place, held: HeldRevision): Promise<MemberLine["state"] | "refused"> {
  const { keys } = place.members;
  if (!keys.has(toHex(held.revision.key))) return "kept";
  try {
    const { head, signed } = await opened(keys, place.collection, held);
    const { author } = head.plaintext;
    const coordinator = place.coordinators.find(({ device }) => equal(device, author));
    if (coordinator === undefined) return place.known.has(toHex(author)) ? "refused" : "kept";
    await verifySigned(signed, coordinator.signing_key, place.collection, held.revision);
    return "verified";
  } catch (error) {
    ignored(error);
    return "refused";
  }
}

async function opened(
  keys: Members["keys"],
  collection: Bytes,
  { rev, revision }: HeldRevision,
): Promise<{ head: Head; signed: ReturnType<typeof readSigned> }> {
  const contentKey = keys.get(toHex(revision.key)) ?? new Uint8Array(32);
  const signed = readSigned(await openBody(contentKey, collection, revision));
  return { head: headOf(rev, revision, decodePlaintext(signed.content)), signed };
}

function published(
  record: Hex,
  held: readonly Head[],
  coordinators: readonly Certificate[],
  seen: ReadonlySet<Hex>,
): Published[] {
  // What was signed too late stands alone, or not at all.
  const timely = held.filter((head) => !isLate(coordinators, head));
  const heads = timely.length > 0 ? timely : held;
  const { fields, deleted, deleted_elsewhere: deletedElsewhere } = merge(heads);
  // Nothing here is edited: beside a tombstone stands what somebody sealed anew with its old signature.
  if (deleted || deletedElsewhere) return [];
  const values = new Map<string, Value>();
  for (const [name, [first]] of fields) if (first !== undefined) values.set(name, first.value);
  const type = values.get("type");
  const when = values.get("published");
  const authors = heads.map(({ plaintext }) => plaintext.author);
  const isStanding = authors.every((author) =>
    coordinators.some(({ device, revoked }) => equal(device, author) && !revoked),
  );
  return [
    {
      id: record,
      type: typeof type === "string" ? type : "",
      published: typeof when === "number" ? when : 0,
      isStanding,
      isSeen: heads.every(({ rev }) => seen.has(toHex(rev))),
      values,
    },
  ];
}

/** This device among them, where it is one. */
async function coordinatorsOf(reader: Reader, enrolment: Hex): Promise<Certificate[]> {
  const { certificate } = readDevice(await reader.read(enrolment));
  const own = certificate === undefined ? [] : [certificate];
  const certificates = [...own, ...(await certificatesOf(reader, enrolment))];
  return certificates.filter(({ role }) => role === "coordinator");
}

function memberLines(reader: Pick<Reader, "entries">, enrolment: Hex): MemberLine[] {
  const lines = reader.entries("member").map(memberLine);
  return lines.filter((line) => line.enrolment === enrolment);
}

function membersLineOf(
  reader: Pick<Reader, "entries">,
  enrolment: Hex,
): ReturnType<typeof membersLine> | undefined {
  const lines = reader.entries("members").map(membersLine);
  return lines.find((line) => line.enrolment === enrolment);
}

async function membersAt(reader: Reader, enrolment: Hex): Promise<Members> {
  const line = membersLineOf(reader, enrolment);
  return line === undefined ? NO_MEMBERS : readMembers(await reader.read(line.address));
}

function readerIn(store: Store): Reader {
  return {
    entries: (type) => store.entries(type),
    read: async (address) => store.readRow(address),
  };
}

/** In an epoch that this device has not met, from the start: nothing that is here goes. */
async function nextPage(store: Store, session: Session, bytes: number): Promise<Changes> {
  const { programme } = await deviceAt(store, session.address);
  const collection = toText(await collectionId(programme, "members"));
  const { cursors } = await membersAt(readerIn(store), session.address);
  for (const cursor of [...[...cursors].reverse(), undefined]) {
    const after = cursor === undefined ? "" : `&after=${toText(cursor)}`;
    const path = `collections/${collection}/changes?bytes=${bytes}${after}`;
    try {
      return await session.ask({ method: "GET", path, answerBytes: bytes }, decodeChanges);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== "epoch-changed") throw error;
    }
  }
  throw new ProblemError("epoch-changed");
}

/** What does not open or verify is nothing to stop for; anything else is. */
function ignored(error: unknown): undefined {
  if (error instanceof SyncError) return undefined;
  throw error;
}
