/**
 * Content keys that were sealed to a card of before, sealed to the present one: once all of them, and then what still
 * comes from phones that had not heard of the new card. Only those that a certified device vouches for: a
 * coordinator's own word would vouch for what a hub made up. Cut off, it begins anew, and leaves out what is on the
 * hub by then.
 */
import { type Bytes, type Hex, toHex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import { verdictOf } from "../client/items.ts";
import { readerOf } from "../client/reading.ts";
import type { Session } from "../client/session.ts";
import { sealPacket } from "../crypto/packets.ts";
import { importPrivateKey } from "../crypto/signing.ts";
import { decodePushed, type KeyPacket, packetId } from "../exchange.ts";
import { collectionId, sealingKeyId } from "../identifiers.ts";
import { once } from "../once.ts";
import type { Store } from "../store.ts";
import { foundSecrets } from "./administration.ts";
import { type Desk, deskAt, putHeld, secretOf } from "./desk.ts";
import { feedKeys, filedRecords } from "./filed.ts";
import { sealTo } from "./filing.ts";
import { pagesAt, pulledLines } from "./intake.ts";
import { Keyring } from "./keyring.ts";
import { type PulledLine, wholePages } from "./pages.ts";
import { refusalsAt } from "./refusals.ts";

/** Told how many content keys are sealed, of how many that were not when it began. */
export type Progress = (done: number, of: number) => void;

/** Keys that are looked at before somebody is told: each takes some ten milliseconds to open and to seal. */
const KEYS_AT_ONCE = 50;
/** Packets in one request: each is a little more than a kilobyte. */
const PACKETS_AT_ONCE = 200;

/** In `admin` once after each new card, since whoever writes there knows it; in `contacts` at every turn. */
export async function reseal(
  store: Store,
  session: Session,
  progress: Progress = () => undefined,
): Promise<void> {
  const desk = await deskAt(readerOf(store), session.address, "admin");
  const { generation, sealing_key: sealingKey } = desk.card;
  if (generation === 1 || (await secretOf(desk)) === undefined) return;
  const recipient = await sealingKeyId(sealingKey);
  const isFirst = generation > (desk.held.resealed ?? 1);
  if (isFirst) await resealAdmin(store, desk, recipient);
  await resealContacts(store, session, desk, { recipient, progress });
  if (!isFirst) return;
  await store.change(async (change) => {
    const { held } = await deskAt(change, session.address, "admin");
    putHeld(change, session.address, { ...held, resealed: generation });
  });
}

async function resealAdmin(
  store: Store,
  { card, enrolment }: Desk,
  recipient: Bytes,
): Promise<void> {
  const wanted = new Map([[toHex(recipient), card.sealing_key]]);
  await store.change(async (change) => {
    const present = await deskAt(change, enrolment, "admin");
    const found = foundSecrets(await filedRecords(change, present), present.certificates);
    // Secrets of a card that is to be are for whoever stays with it.
    const coming = found.filter(({ secrets }) => secrets.length > card.generation);
    const kept = new Set(coming.flatMap(({ filed }) => filed.keys));
    for (const [key, { verified }] of await feedKeys(change, present)) {
      if (verified && !kept.has(key)) await sealTo(change, present, key, wanted);
    }
  });
}

/** What is known of the rows of `contacts` since the vault was opened. */
interface Looked {
  /** The card that it is about: its sealing key's id. */
  readonly recipient: Hex;
  /** By row, how many bytes it had. */
  readonly rows: Map<Hex, number>;
  /** Keys that are sealed to that card. */
  readonly done: Set<Hex>;
  /** Those that are not and can be opened here, with the rows of their packets. */
  readonly left: Map<Hex, Set<Hex>>;
}

const looked = once<Store, Map<Hex, Looked>>(() => new Map());

async function resealContacts(
  store: Store,
  session: Session,
  desk: Desk,
  { recipient, progress }: { recipient: Bytes; progress: Progress },
): Promise<void> {
  const { programme } = desk.device;
  const collection = await collectionId(programme, "contacts");
  const ring = new Keyring({ programme, collection });
  const seeds = desk.held.secrets.map((each) => each.sealing_seed);
  await ring.trust(desk.certificates, seeds);
  const { done, left } = await lookAt(store, session.address, toHex(recipient), ring);
  const refusals = refusalsAt(store, desk);
  const wanted = new Map([...left].filter(([key]) => !refusals.has(key)));
  if (wanted.size === 0) return;
  let tried = 0;
  progress(tried, wanted.size);
  const settle = (key: Hex, isDone: boolean): void => {
    if (isDone) {
      done.add(key);
      left.delete(key);
    } else {
      refusals.add(key);
    }
  };
  const path = `collections/${toText(collection)}/changes`;
  const send = async (packets: readonly KeyPacket[]): Promise<void> => {
    const body = { packets, revisions: [] };
    const pushed = await session.ask({ method: "POST", path, body }, decodePushed);
    const { taken } = verdictOf(pushed);
    for (const packet of packets) {
      const name = toHex(await packetId(programme, collection, packet));
      settle(toHex(packet.key), taken.has(name));
    }
  };
  const made: KeyPacket[] = [];
  const rows = new Set([...wanted.values()].flatMap((each) => [...each]));
  const open = new Set(wanted.keys());
  for (const line of pulledLines(store, session.address)) {
    if (!rows.has(line.address)) continue;
    const packets = await packetsAt(store, line);
    const ours = packets.filter(({ key }) => open.has(toHex(key)));
    for (let start = 0; start < ours.length; start += KEYS_AT_ONCE) {
      const some = ours.slice(start, start + KEYS_AT_ONCE);
      await ring.open(some.filter(({ key }) => open.has(toHex(key))));
      for (const { key } of some) {
        const known = ring.get(key);
        if (known?.verified !== true || !open.delete(toHex(key))) continue;
        made.push(await sealedAnew(desk, collection, known, recipient));
        tried += 1;
      }
      if (made.length >= PACKETS_AT_ONCE) await send(made.splice(0));
      progress(tried, wanted.size);
    }
  }
  if (made.length > 0) await send(made);
  // Nobody vouches for these yet.
  for (const key of open) settle(key, false);
}

/** With the rows that came, or grew, since. */
async function lookAt(
  store: Store,
  enrolment: Hex,
  recipient: Hex,
  ring: Keyring,
): Promise<Looked> {
  const before = looked(store).get(enrolment);
  const found: Looked =
    before?.recipient === recipient
      ? before
      : { recipient, rows: new Map(), done: new Set(), left: new Map() };
  looked(store).set(enrolment, found);
  const { rows, done, left } = found;
  for (const line of pulledLines(store, enrolment)) {
    if (rows.get(line.address) === line.size) continue;
    for (const packet of await packetsAt(store, line)) {
      const key = toHex(packet.key);
      if (toHex(packet.recipient) === recipient) {
        done.add(key);
        left.delete(key);
      } else if (!done.has(key) && ring.opens(packet.recipient)) {
        left.set(key, (left.get(key) ?? new Set()).add(line.address));
      }
    }
    rows.set(line.address, line.size);
  }
  return found;
}

async function packetsAt(store: Store, line: PulledLine): Promise<KeyPacket[]> {
  const pages = await pagesAt(async (address) => store.readRow(address), line);
  return wholePages(pages ?? []).flatMap(({ packets }) => packets);
}

async function sealedAnew(
  { device, card }: Desk,
  collection: Bytes,
  { contentKey, owner }: { contentKey: Bytes; owner: Bytes },
  recipient: Bytes,
): Promise<KeyPacket> {
  const authorKey = await importPrivateKey(device.private_key);
  const parties = { owner, author: device.device, authorKey };
  const place = { programme: device.programme, collection };
  return sealPacket(contentKey, place, { ...parties, recipient, sealingKey: card.sealing_key });
}
