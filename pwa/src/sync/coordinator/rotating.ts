/**
 * A new card for the programme, as when a coordinator leaves (docs/protocol.md, "Rotation"). What is made is in the
 * vault before the hub hears of it, so that one that was cut goes on with the next turn.
 */
import { equal, type Hex, toHex } from "../bytes.ts";
import type { Line } from "../client/batches.ts";
import type { Reader } from "../client/keys.ts";
import { readerOf } from "../client/reading.ts";
import type { Session } from "../client/session.ts";
import { learnCertificates } from "../client/trust.ts";
import * as sealing from "../crypto/sealing.ts";
import { importPrivateKey, newKeyPair } from "../crypto/signing.ts";
import { type Certificate, signCertificate, signNextCard } from "../enrolment.ts";
import { NotPossibleError, ProblemError, UnreachableError } from "../errors.ts";
import { randomBytes } from "../identifiers.ts";
import type { Store } from "../store.ts";
import { foundSecrets, keptInvites, seedsFields } from "./administration.ts";
import { type Desk, deskAt, fits, putHeld, secretOf } from "./desk.ts";
import { pushFeed } from "./feed.ts";
import { filedLines, filedRecords } from "./filed.ts";
import { file } from "./filing.ts";
import type { FiledLine, Rotation } from "./layout.ts";
import { tell } from "./leading.ts";

export interface Lines {
  readonly down: Line;
  readonly up: Line;
}

/** Puts the new keys and the card into the vault. `out`: who does not come along, and the last counter accepted. */
export async function beginRotation(
  store: Store,
  enrolment: Hex,
  out: Rotation["out"],
): Promise<void> {
  await store.change(async (change) => {
    const desk = await deskAt(change, enrolment, "admin");
    const rotation = await newRotation(desk, out);
    if (rotation === undefined) throw new NotPossibleError("not-enrolled");
    putHeld(change, enrolment, { ...desk.held, rotation });
  });
}

/** For the card that follows the one held; undefined while that one's secret is not here. */
async function newRotation(desk: Desk, out: Rotation["out"]): Promise<Rotation | undefined> {
  const secret = await secretOf(desk);
  if (secret === undefined) return undefined;
  const own = await newKeyPair();
  const seed = sealing.newSeed();
  const generation = desk.card.generation + 1;
  const { programme, practice, name } = desk.card;
  const keys = { sealing_key: await sealing.publicKey(seed), signing_key: own.publicKey };
  const card = await signNextCard(
    await importPrivateKey(secret.signing_key),
    await importPrivateKey(own.privateKey),
    { programme, generation, ...keys, practice, name },
  );
  const before = desk.held.rotation;
  const others = (before?.out ?? []).filter(
    ({ device }) => !out.some((each) => equal(each.device, device)),
  );
  return {
    card,
    secret: { generation, signing_key: own.privateKey, sealing_seed: seed },
    out: [...others, ...out],
    known: before?.known ?? [...desk.certificates.values()].map(({ device }) => device),
    isKept: false,
  };
}

/** The secret to those who stay, then the card with all certificates. False where the hub has another one by now. */
export async function offerCard(
  store: Store,
  session: Session,
  now: () => number,
  up: Line,
): Promise<boolean> {
  const desk = await deskAt(readerOf(store), session.address, "admin");
  const { rotation } = desk.held;
  if (rotation === undefined || rotation.card.generation <= desk.card.generation) return true;
  const certificates = await certificatesUnder(desk, rotation, await vouchedFor(store, desk));
  if (!(await keepSecret(store, session.address, rotation, certificates, now()))) return false;
  // On the hub before the card: else it would be lost with this device.
  await pushFeed(store, session, "admin", up);
  // What else waits, or is refused, holds up no card.
  const kept = await secretLines(readerOf(store), desk, rotation);
  if (kept.every(({ state }) => state !== "sent")) throw new UnreachableError();
  try {
    const cards = [...desk.device.cards, desk.card];
    await tell(session, { card: rotation.card, cards, certificates });
  } catch (error) {
    if (error instanceof ProblemError && error.code === "card-changed") return false;
    throw error;
  }
  await learnCertificates(store, session, now());
  return true;
}

/**
 * Takes the secret over with the card; a card that came too late is replaced by another where somebody is to go, so
 * that at no moment who that is stands nowhere. False while the other card's secret is not here.
 */
export async function settleRotation(store: Store, enrolment: Hex): Promise<boolean> {
  return store.change(async (change) => {
    const desk = await deskAt(change, enrolment, "admin");
    const { held, card } = desk;
    const { rotation } = held;
    if (rotation === undefined) return true;
    const isOurs = await fits(rotation.secret, card);
    if (!isOurs && rotation.card.generation > card.generation) return true;
    const left = rotation.out.filter(
      ({ device }) => desk.certificates.get(toHex(device))?.revoked !== true,
    );
    if (!isOurs && left.length > 0) {
      const next = await newRotation(desk, left);
      if (next !== undefined) putHeld(change, enrolment, { ...held, rotation: next });
      return next !== undefined;
    }
    const newest = held.secrets.at(-1);
    // They may have come by `admin`, after an answer that got lost.
    const isHere = newest !== undefined && (await fits(newest, card));
    const made = isOurs && !isHere ? [rotation.secret] : [];
    const owes = isOurs ? card.generation : held.owes;
    const secrets = [...held.secrets, ...made];
    putHeld(change, enrolment, { ...held, secrets, owes, rotation: undefined });
    return true;
  });
}

/** Once. False where another card is on its way by now. */
async function keepSecret(
  store: Store,
  enrolment: Hex,
  rotation: Rotation,
  certificates: readonly Certificate[],
  now: number,
): Promise<boolean> {
  return store.change(async (change) => {
    const present = await deskAt(change, enrolment, "admin");
    const { rotation: held } = present.held;
    if (held === undefined || !equal(held.card.signing_key, rotation.card.signing_key))
      return false;
    // Its row may be damaged since.
    if (held.isKept && (await secretLines(change, present, held)).length > 0) return true;
    // Sealed to those who stay, and to the card that is to be.
    const named = new Map(certificates.map((each) => [toHex(each.device), each]));
    const after = { ...present, card: rotation.card, certificates: named };
    const changes = seedsFields([...present.held.secrets, rotation.secret]);
    await file(change, after, { record: randomBytes(16), changes }, now);
    putHeld(change, enrolment, { ...present.held, rotation: { ...held, isKept: true } });
    return true;
  });
}

/** The rows of the record with a card's secret, as far as it lies open here. */
async function secretLines(reader: Reader, desk: Desk, { card }: Rotation): Promise<FiledLine[]> {
  const revs = new Set<Hex>();
  const found = foundSecrets(await filedRecords(reader, desk), desk.certificates);
  for (const { filed, secrets } of found) {
    const newest = secrets.at(-1);
    if (newest === undefined || !(await fits(newest, card))) continue;
    for (const { rev } of filed.heads) revs.add(toHex(rev));
  }
  return filedLines(reader, desk).filter(({ rev }) => revs.has(rev));
}

/** The devices that coordinators who stay let in. */
async function vouchedFor(store: Store, desk: Desk): Promise<Set<Hex>> {
  const out = new Set(desk.held.rotation?.out.map(({ device }) => toHex(device)));
  const staying = new Map([...desk.certificates].filter(([device]) => !out.has(device)));
  const kept = keptInvites(await filedRecords(readerOf(store), desk), staying);
  return new Set([...kept.values()].flatMap(({ device }) => device ?? []));
}

/** The same devices under the new key; revoked is also who came since by nobody who stays. */
async function certificatesUnder(
  desk: Desk,
  { secret, out, known }: Rotation,
  vouched: ReadonlySet<Hex>,
): Promise<Certificate[]> {
  const key = await importPrivateKey(secret.signing_key);
  const here = new Set(known.map(toHex));
  const made: Certificate[] = [];
  for (const [device, held] of desk.certificates) {
    const leaving = out.find((each) => toHex(each.device) === device);
    const stays = leaving === undefined && (here.has(device) || vouched.has(device));
    const { programme, lane, role, signing_key, sealing_key } = held;
    made.push(
      await signCertificate(key, {
        ...{ programme, lane, role, signing_key, sealing_key },
        n: Math.min(held.n + 1, Number.MAX_SAFE_INTEGER),
        revoked: held.revoked || !stays,
        last_counter: held.revoked ? held.last_counter : (leaving?.last ?? 0),
      }),
    );
  }
  return made;
}
