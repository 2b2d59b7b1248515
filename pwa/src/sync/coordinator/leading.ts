/**
 * What a hub hears first in every new life of its database: cards, certificates, revocations. One that was put back from
 * before a card, and on which somebody was let in or put out under the card of then, is led on to the newest card: what
 * was done there is read, and signed anew with the key of now. So is what was done at a relay under the card of before.
 */
import { equal, type Hex, toHex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import { certificateEntry, certificateLine, certificateRow } from "../client/certificate-layout.ts";
import { queueAgain } from "../client/outbox.ts";
import { readerOf } from "../client/reading.ts";
import type { Session } from "../client/session.ts";
import { learnCertificates } from "../client/trust.ts";
import { importPrivateKey } from "../crypto/signing.ts";
import {
  type Card,
  type Certificate,
  type Certificates,
  decodeCertificates,
  holds,
  newer,
  signCertificate,
  verifyCertificate,
} from "../enrolment.ts";
import { ProblemError } from "../errors.ts";
import type { Store } from "../store.ts";
import { keptInvites, loggedOut } from "./administration.ts";
import { lastOf } from "./counting.ts";
import { type Desk, deskAt, secretOf } from "./desk.ts";
import { filedRecords } from "./filed.ts";

/** To the hub: cards and certificates. */
export async function tell(session: Session, body: unknown): Promise<void> {
  const { programme } = await session.device();
  const path = `programmes/${toText(programme)}/certificates`;
  await session.ask({ method: "POST", path, body }, () => undefined);
}

/** To the hub, and kept here. */
export async function publish(
  store: Store,
  session: Session,
  certificate: Certificate,
): Promise<void> {
  await tell(session, { certificates: [certificate] });
  await store.change(async (change) => {
    const device = toHex(certificate.device);
    const line = change
      .entries("certificate")
      .map(certificateLine)
      .find((each) => each.enrolment === session.address && each.device === device);
    const address = line?.address ?? change.newAddress();
    const entry = certificateEntry({ address, enrolment: session.address, device });
    change.put(entry, certificateRow(certificate));
    return Promise.resolve();
  });
}

/** False where the hub follows another card: what is to be read there is read all the same. */
export async function announce(store: Store, session: Session, now: number): Promise<boolean> {
  if (await tellAll(store, session)) return true;
  // The hub is ahead: what it has is read, and then it hears what it has not.
  await learnCertificates(store, session, now);
  return tellAll(store, session);
}

/** And whatever this device wrote in `contacts` goes there again. */
export async function announceAnew(store: Store, session: Session, now: number): Promise<boolean> {
  const isTold = await announce(store, session, now);
  await store.change(async (change) => queueAgain(change, session.address));
  return isTold;
}

/** Whether a hub that offers this has to hear what is held here. */
export async function isBehind(
  store: Store,
  enrolment: Hex,
  offered: Certificates,
): Promise<boolean> {
  const desk = await deskAt(readerOf(store), enrolment, "admin");
  const card = newestOf(offered);
  if (card === undefined) return false;
  if (!equal(card.signing_key, desk.card.signing_key)) return cardBefore(desk, card) !== undefined;
  const there = new Map(offered.certificates.map((each) => [toHex(each.device), each]));
  return [...desk.certificates].some(([device, held]) => newer(there.get(device), held));
}

/** With all that was done there under a card of before. Only who has the keys of now can. */
export async function leadOn(store: Store, session: Session, now: number): Promise<void> {
  const desk = await deskAt(readerOf(store), session.address, "admin");
  const path = `programmes/${toText(desk.device.programme)}/certificates`;
  const offered = await session.ask({ method: "GET", path }, decodeCertificates);
  const done = await doneUnder(store, desk, offered);
  if (await tellAll(store, session, done)) await learnCertificates(store, session, now);
}

/**
 * Who is out by the log of those who stay, and not by a certificate under the newest card: it was done at a relay,
 * under the card of before, which the hub did not take. A coordinator goes with a new card.
 */
export async function putOutAgain(store: Store, session: Session): Promise<void> {
  const desk = await deskAt(readerOf(store), session.address, "admin");
  const secret = await secretOf(desk);
  if (secret === undefined || desk.device.cards.length === 0) return;
  const logged = loggedOut(await filedRecords(readerOf(store), desk), desk.certificates);
  const stillIn = [...logged]
    .flatMap((device) => desk.certificates.get(device) ?? [])
    .filter(({ revoked, role }) => !revoked && role !== "coordinator");
  if (stillIn.length === 0) return;
  const counts = await lastOf(store, desk, stillIn);
  const key = await importPrivateKey(secret.signing_key);
  for (const held of stillIn) {
    const last = counts.get(toHex(held.device)) ?? 0;
    await unlessOtherCard(publish(store, session, await revokedOf(key, held, last)));
  }
}

/** The same device's certificate, revoked. `last`: the last counter that is accepted from it. */
export async function revokedOf(
  key: CryptoKey,
  { programme, lane, role, signing_key, sealing_key, n }: Certificate,
  last: number,
): Promise<Certificate> {
  const about = { programme, lane, role, signing_key, sealing_key, n: n + 1 };
  return signCertificate(key, { ...about, revoked: true, last_counter: last });
}

async function tellAll(
  store: Store,
  session: Session,
  more: readonly Certificate[] = [],
): Promise<boolean> {
  const { card, device, certificates } = await deskAt(readerOf(store), session.address, "admin");
  const all = new Map([
    ...certificates,
    ...more.map((each) => [toHex(each.device), each] as const),
  ]);
  const told = { card, cards: device.cards, certificates: [...all.values()] };
  return unlessOtherCard(tell(session, told));
}

/** False where a hub follows another card, or a relay has not got the newest: not now, and all else goes on. */
export async function unlessOtherCard(telling: Promise<void>): Promise<boolean> {
  try {
    await telling;
    return true;
  } catch (error) {
    if (!(error instanceof ProblemError) || !OTHER_CARD.includes(error.code)) throw error;
    return false;
  }
}

const OTHER_CARD: readonly string[] = ["card-changed", "bad-signature"];

/**
 * Who was let in stays where a coordinator who stays let them in, as with any new card: whoever left may have the key
 * of before. So who was put out is out where the log of one who stays says so; and nobody leads themselves out.
 */
async function doneUnder(store: Store, desk: Desk, offered: Certificates): Promise<Certificate[]> {
  const secret = await secretOf(desk);
  const card = newestOf(offered);
  const before = card && cardBefore(desk, card);
  if (secret === undefined || before === undefined) return [];
  const key = await importPrivateKey(secret.signing_key);
  const records = await filedRecords(readerOf(store), desk);
  const kept = keptInvites(records, desk.certificates);
  const logged = loggedOut(records, desk.certificates);
  const vouched = new Set([...kept.values()].flatMap(({ device }) => device ?? []));
  const made: Certificate[] = [];
  for (const each of offered.certificates) {
    const device = toHex(each.device);
    const held = desk.certificates.get(device);
    const isOut = each.revoked && logged.has(device);
    const isNew = held === undefined || (isOut && !held.revoked);
    if (!isNew || equal(each.device, desk.device.device)) continue;
    if (!(await holds(verifyCertificate(each, before.signing_key)))) continue;
    const { programme, lane, role, signing_key, sealing_key } = held ?? each;
    made.push(
      await signCertificate(key, {
        ...{ programme, lane, role, signing_key, sealing_key },
        n: Math.min(Math.max(each.n, held?.n ?? 0) + 1, Number.MAX_SAFE_INTEGER),
        revoked: isOut || !vouched.has(device),
        last_counter: isOut ? each.last_counter : 0,
      }),
    );
  }
  return made;
}

function newestOf({ cards }: Certificates): Card | undefined {
  return [...cards].sort((a, b) => b.generation - a.generation)[0];
}

/** The same, as one that led to the card of now. */
function cardBefore({ device }: Desk, { signing_key }: Card): Card | undefined {
  return device.cards.find((each) => equal(each.signing_key, signing_key));
}
