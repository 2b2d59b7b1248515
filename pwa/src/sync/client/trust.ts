/** Whom to believe: the programme's card, this device's own certificate, its lane's and the coordinators'. */
import { equal, type Hex, toHex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import {
  type Card,
  type Certificate,
  type Certificates,
  decodeCertificates,
  follow,
  holds,
  newer,
  verifyCard,
  verifyCertificate,
  verifyOwn,
} from "../enrolment.ts";
import type { Standing } from "../face.ts";
import type { Change, Store } from "../store.ts";
import { deviceAt, DeviceChange } from "./devices.ts";
import { heldCertificate } from "./held.ts";
import { sealToNewcomers } from "./keys.ts";
import { certificateEntry, certificateLine, certificateRow } from "./certificate-layout.ts";
import type { Session } from "./session.ts";

/** Certificates of a large programme are heavy on a slow line: a device that has its own asks once a day. */
const DAY_MILLISECONDS = 86_400_000;

/** A coordinator lets devices in and puts them out, and so do the others: whom they know is theirs too. */
const COORDINATOR_MILLISECONDS = 60_000;

/** Whether it is time to ask; at once while this device has no certificate. */
export function isStale(
  certified: number,
  hasCertificate: boolean,
  now: number,
  isCoordinator = false,
): boolean {
  const most = isCoordinator ? COORDINATOR_MILLISECONDS : DAY_MILLISECONDS;
  return !hasCertificate || now - certified >= most || now < certified;
}

/** By the word of the programme's key alone; a hub's own `revoked` is shown only until it answers again. */
export function standingOf(own: Certificate | undefined): Standing {
  if (own === undefined) return "provisional";
  return own.revoked ? "revoked" : "certified";
}

/** What the hub offers, whatever of it is believed. */
export async function learnCertificates(
  store: Store,
  session: Session,
  now: number,
): Promise<Certificates> {
  const { programme } = await deviceAt(store, session.address);
  const path = `programmes/${toText(programme)}/certificates`;
  const offered = await session.ask({ method: "GET", path }, decodeCertificates);
  await store.change(async (change) => believe(change, session.address, offered, now));
  return offered;
}

async function believe(
  change: Change,
  address: Hex,
  offered: Certificates,
  now: number,
): Promise<void> {
  const held = await DeviceChange.read(change, address);
  const before = held.device.card;
  const [card, certificates] = await newest(held, offered);
  held.put({ card, certified: now });
  if (card === undefined) return;
  const isNew = card.generation !== before?.generation;
  // What an older key signed counts no more: whoever left still has that key.
  if (isNew) forgetCertificates(change, address);
  for (const certificate of certificates) {
    if (equal(certificate.device, held.device.device)) takeOwn(held, certificate, isNew);
  }
  const { certificate: own } = held.device;
  if (own?.role === "coordinator") {
    const known = [...held.device.cards, ...(before === undefined ? [] : [before])];
    held.put({ cards: await chainTo(card, [...known, ...offered.cards]) });
  }
  for (const certificate of certificates) {
    const isOfUse =
      certificate.role === "coordinator" ||
      own?.role === "coordinator" ||
      (own !== undefined && equal(certificate.lane, own.lane));
    if (isOfUse && !equal(certificate.device, held.device.device)) {
      await keep(change, address, certificate);
    }
  }
  await sealToNewcomers(change, held);
}

/** The token of before was a provisional one: a certificate gets its own. */
function takeOwn(held: DeviceChange, certificate: Certificate, isAnew: boolean): void {
  if (!isAnew && !newer(held.device.certificate, certificate)) return;
  const standing = standingOf(certificate);
  held.put({ certificate, token: undefined, role: certificate.role }, { standing });
}

async function keep(change: Change, enrolment: Hex, certificate: Certificate): Promise<void> {
  const device = toHex(certificate.device);
  const line = change
    .entries("certificate")
    .map(certificateLine)
    .find((each) => each.enrolment === enrolment && each.device === device);
  const address = line?.address ?? change.newAddress();
  const read = async (each: Hex): Promise<unknown> => change.read(each);
  const held = line === undefined ? undefined : await heldCertificate(read, address);
  if (newer(held, certificate)) {
    change.put(certificateEntry({ address, enrolment, device }), certificateRow(certificate));
  }
}

/**
 * The newest card that a chain of signatures leads to, and the certificates that its key signed. Where this device
 * has a certificate, a card is taken only together with another one of its own.
 */
async function newest(
  { device }: DeviceChange,
  { cards, certificates }: Certificates,
): Promise<[Card | undefined, Certificate[]]> {
  const held = device.card;
  if (held === undefined) return [undefined, []];
  const card = await follow(held, cards);
  if (card !== held) {
    const signed = await verified(certificates, card);
    const isNamed = signed.some((each) => equal(each.device, device.device));
    if (isNamed || device.certificate === undefined) return [card, signed];
  }
  return [await whole(held, cards), await verified(certificates, held)];
}

/** Stores of before kept a card without its own signature, and a hub takes none so. */
async function whole(held: Card, offered: readonly Card[]): Promise<Card> {
  if (held.generation === 1 || held.own_signature !== undefined) return held;
  for (const { own_signature } of offered) {
    const card = { ...held, own_signature };
    if (own_signature !== undefined && (await holds(verifyOwn(card)))) return card;
  }
  return held;
}

/** The cards that lead to this one, in order, without it. */
async function chainTo(card: Card, offered: readonly Card[]): Promise<Card[]> {
  const chain = [card];
  for (const before of [...offered].sort((a, b) => b.generation - a.generation)) {
    const [first = card] = chain;
    if (before.generation >= first.generation || !equal(before.programme, card.programme)) continue;
    const leads = Promise.all([verifyCard(first, before.signing_key), verifyOwn(before)]);
    if (await holds(leads)) chain.unshift(before);
  }
  return chain.slice(0, -1);
}

function forgetCertificates(change: Change, enrolment: Hex): void {
  for (const line of change.entries("certificate").map(certificateLine)) {
    if (line.enrolment === enrolment) change.delete(line.address);
  }
}

/** One that does not verify is left out: it harms nobody but its device. */
async function verified(offered: readonly Certificate[], card: Card): Promise<Certificate[]> {
  const own = offered.filter(({ programme }) => equal(programme, card.programme));
  const checks = await Promise.all(
    own.map(async (each) => holds(verifyCertificate(each, card.signing_key))),
  );
  return own.filter((_, at) => checks[at] === true);
}
