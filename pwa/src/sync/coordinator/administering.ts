/** A coordinator's turn with the hub: `admin` and `members` pulled, who waits let in, secrets and keys shared. */
import { fromHex, type Hex, toHex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import type { Line } from "../client/batches.ts";
import { ownLines, readerOf } from "../client/reading.ts";
import { push } from "../client/sending.ts";
import type { Session } from "../client/session.ts";
import { learnCertificates } from "../client/trust.ts";
import { importPrivateKey } from "../crypto/signing.ts";
import { type Certificate, type Certificates, signCertificate } from "../enrolment.ts";
import { SyncError, UnreachableError } from "../errors.ts";
import { deviceId } from "../identifiers.ts";
import type { Change, Store } from "../store.ts";
import { decodePending, type PendingEnrolment } from "./answers.ts";
import {
  type FoundSecrets,
  foundSecrets,
  type KeptInvite,
  keptInvites,
  whyNot,
  type WhyNot,
} from "./administration.ts";
import { type Desk, deskAt, fits, heldAt, putHeld, recipientsOf, secretOf } from "./desk.ts";
import { pullFeed, pushFeed } from "./feed.ts";
import { feedKeys, type Filed, filedAt, filedRecords, filedLines, openKeys } from "./filed.ts";
import { file, reachedBy, sealTo } from "./filing.ts";
import { handBack } from "./handing-back.ts";
import { pullContacts } from "./intake.ts";
import {
  announce,
  announceAnew,
  isBehind,
  leadOn,
  publish,
  putOutAgain,
  unlessOtherCard,
} from "./leading.ts";
import { mendContacts, mendFeed, mendPlaces } from "./mending.ts";
import { type Progress, reseal } from "./resealing.ts";
import { type Lines, offerCard, settleRotation } from "./rotating.ts";

/** For a coordinator with a certificate. `progress`: of what is sealed anew. */
export async function administer(
  store: Store,
  session: Session,
  now: () => number,
  { down, up }: Lines,
  { offered, progress }: { offered?: Certificates | undefined; progress?: Progress } = {},
): Promise<void> {
  const isMended = await mendPlaces(store, session.address);
  let isLeading = offered !== undefined && (await isBehind(store, session.address, offered));
  const lost = async (): Promise<void> => {
    if (!(await announce(store, session, now()))) isLeading = true;
  };
  const pulling = { now, line: down, lost };
  if (isMended) await lost();
  const isNews = await pullFeed(store, session, "admin", pulling);
  await mendFeed(store, session, "admin", pulling);
  await findSecrets(store, session.address);
  // Once all is read of which somebody was let in there.
  if (isLeading) await leadOn(store, session, now());
  // What arrived goes on arriving, whatever becomes of the card.
  let failed: SyncError | undefined;
  try {
    await finishRotation(store, session, { now, lines: { down, up } });
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    failed = error;
  }
  if (isNews || offered !== undefined) await putOutAgain(store, session);
  await certifyPending(store, session, now, up);
  const lostContacts = async (): Promise<void> => {
    await announceAnew(store, session, now());
  };
  const contacts = { ...pulling, lost: lostContacts };
  if (await pullContacts(store, session, contacts)) await learnCertificates(store, session, now());
  await handBack(store, session);
  await mendContacts(store, session);
  await reseal(store, session, progress);
  // What this device brought in; then once more, so that the console has it as all others do.
  if (await pushOwn(store, session, now, up)) await pullContacts(store, session, contacts);
  await pullFeed(store, session, "members", pulling);
  await mendFeed(store, session, "members", pulling);
  await shareMembers(store, session.address);
  await pushFeed(store, session, "admin", up);
  await pushFeed(store, session, "members", up);
  if (failed !== undefined) throw failed;
}

/** Contacts of this device's own lane. Whether there were any. */
async function pushOwn(
  store: Store,
  session: Session,
  now: () => number,
  up: Line,
): Promise<boolean> {
  const own = ownLines(readerOf(store), session.address);
  if (own.every(({ state }) => state === "on-hub" || state === "attention")) return false;
  await push(store, session, now, up);
  return true;
}

/** A device that asked to enter, and why it was not let in. `day` by the hub. */
export interface Waiting {
  readonly device: Hex;
  readonly day: string;
  readonly why: WhyNot;
}

/** Those whom no coordinator lets in, as the hub has them now. */
export async function waitingDevices(store: Store, session: Session): Promise<Waiting[]> {
  const desk = await deskAt(readerOf(store), session.address, "admin");
  const found: Waiting[] = [];
  for (const { device, pending, why } of await judged(store, session, desk)) {
    if (why !== undefined) found.push({ device, day: pending.day, why });
  }
  return found;
}

/**
 * Goes on with a new card until the hub has it, or another one that somebody else made. Whoever is still to go then,
 * goes with the next.
 */
export async function finishRotation(
  store: Store,
  session: Session,
  around: { now: () => number; lines: Lines },
): Promise<void> {
  const { now, lines } = around;
  for (let tries = 0; tries < ROTATIONS; tries += 1) {
    const { held } = await deskAt(readerOf(store), session.address, "admin");
    if (held.rotation === undefined) return;
    // Somebody was first, with a card or with a device: what they did is read, and then it is tried again.
    if (!(await offerCard(store, session, now, lines.up))) await catchUp(store, session, around);
    if (!(await settleRotation(store, session.address))) return;
  }
  const { held } = await deskAt(readerOf(store), session.address, "admin");
  // As at a relay, which takes no card: whoever waits for it has to hear so.
  if (held.rotation !== undefined) throw new UnreachableError();
}

/** What other coordinators did: whom they let in, and put out. */
export async function catchUp(
  store: Store,
  session: Session,
  { now, lines }: { now: () => number; lines: Lines },
): Promise<void> {
  const lost = async (): Promise<void> => {
    await announce(store, session, now());
  };
  await learnCertificates(store, session, now());
  await pullFeed(store, session, "admin", { now, line: lines.down, lost });
  await findSecrets(store, session.address);
}

/** Others may be first so often. */
const ROTATIONS = 8;

/**
 * A coordinator who was let in finds the programme's secrets in `admin`. Whoever was let in while another card was on
 * its way gets them from here once it holds, not before.
 */
async function findSecrets(store: Store, enrolment: Hex): Promise<void> {
  const desk = await deskAt(readerOf(store), enrolment, "admin");
  const found = await fitting(await filedRecords(readerOf(store), desk), desk);
  if (found === undefined) return;
  const { filed, secrets } = found;
  await store.change(async (change) => {
    const held = await heldAt(change, enrolment);
    // From a sheet there is the one that is printed; the record has those before it too.
    if (secrets.length > held.secrets.length) {
      putHeld(change, enrolment, { ...held, secrets });
      await openKeys(change, await deskAt(change, enrolment, "admin"));
    }
    const present = await deskAt(change, enrolment, "admin");
    const wanted = await recipientsOf(present, toHex(present.device.device));
    for (const key of filed.keys) await sealTo(change, present, key, wanted);
  });
}

/** Of two who changed the keys at once, one made secrets that are nobody's; others are of a card that is to be. */
async function fitting(
  records: readonly Filed[],
  { card, certificates }: Desk,
): Promise<FoundSecrets | undefined> {
  for (const found of foundSecrets(records, certificates)) {
    const newest = found.secrets.at(-1);
    if (newest !== undefined && (await fits(newest, card))) return found;
  }
  return undefined;
}

interface Judged {
  readonly device: Hex;
  readonly pending: PendingEnrolment;
  readonly invite: KeptInvite | undefined;
  readonly why: WhyNot | undefined;
}

/** Those of whom nothing is known here yet. */
async function judged(store: Store, session: Session, desk: Desk): Promise<Judged[]> {
  const { programme } = desk.device;
  const path = `programmes/${toText(programme)}/enrolments`;
  const asked = await session.ask({ method: "GET", path }, decodePending);
  const records = asked.length === 0 ? [] : await filedRecords(readerOf(store), desk);
  const kept = keptInvites(records, desk.certificates);
  const found: Judged[] = [];
  for (const pending of asked) {
    const device = toHex(await deviceId(pending.signing_key));
    const held = desk.certificates.get(device);
    if (held !== undefined) {
      // A hub that lost its certificate; above all one that revokes must not be begun anew.
      await unlessOtherCard(publish(store, session, held));
      continue;
    }
    const name = toHex(pending.invite);
    const invite = kept.get(name);
    const why = await whyNot(pending, invite, desk.card);
    found.push({ device, pending, invite, why });
    // One invite, one device, also where a hub shows two at once.
    if (invite !== undefined && why === undefined) kept.set(name, { ...invite, device });
  }
  return found;
}

async function certifyPending(
  store: Store,
  session: Session,
  now: () => number,
  up: Line,
): Promise<void> {
  const desk = await deskAt(readerOf(store), session.address, "admin");
  const secret = await secretOf(desk);
  if (secret === undefined) return;
  for (const { device, pending, invite, why } of await judged(store, session, desk)) {
    if (invite === undefined || why !== undefined) continue;
    // Used before the certificate is out: cut in between, the next turn goes on.
    const stands = await store.change(async (change) => {
      const used = { ...invite, device };
      return markUsed(change, session.address, used, pending.sealing_key, now());
    });
    if (!stands) continue;
    await pushFeed(store, session, "admin", up);
    const { programme } = desk.device;
    const { lane, role } = invite;
    const { signing_key, sealing_key } = pending;
    const about = { programme, lane, role, signing_key, sealing_key };
    const key = await importPrivateKey(secret.signing_key);
    const fresh = { ...about, n: 1, revoked: false, last_counter: 0 };
    await unlessOtherCard(publish(store, session, await signCertificate(key, fresh)));
  }
}

/**
 * A new coordinator gets the content key of the programme's secrets; they hold no other. False where the invite was
 * taken back, or used by another, since it was looked at.
 */
async function markUsed(
  change: Change,
  enrolment: Hex,
  invite: KeptInvite & { device: Hex },
  sealingKey: Certificate["sealing_key"],
  now: number,
): Promise<boolean> {
  const desk = await deskAt(change, enrolment, "admin");
  const records = await filedRecords(change, desk);
  const kept = keptInvites(records, desk.certificates).get(toHex(invite.invite));
  if (kept === undefined || (kept.device ?? invite.device) !== invite.device) return false;
  if (kept.device === undefined) {
    const { record, heads } = kept.filed;
    const changes = { device: toText(fromHex(invite.device)) };
    await file(change, desk, { record: fromHex(record), changes, heads }, now);
  }
  if (invite.role !== "coordinator") return true;
  // Not those of a card that is to be: they are for whoever stays with it.
  const found = await fitting(records, desk);
  const wanted = new Map([[invite.device, sealingKey]]);
  for (const key of found?.filed.keys ?? []) await sealTo(change, desk, key, wanted);
  return true;
}

/**
 * Every content key of `members` under which something stands, another coordinator's too, to the devices that
 * cannot open it yet. What a revoked coordinator wrote is shown to nobody, so its keys stay where they are.
 */
async function shareMembers(store: Store, enrolment: Hex): Promise<void> {
  await store.change(async (change) => {
    const desk = await deskAt(change, enrolment, "members");
    const used = new Set<Hex>();
    for (const line of filedLines(change, desk)) {
      const held = await filedAt(change, line);
      if (held !== undefined) used.add(toHex(held.revision.key));
    }
    for (const [key, held] of await feedKeys(change, desk)) {
      const owner = held.owner && toHex(held.owner);
      if (!used.has(key) || !held.verified || owner === undefined) continue;
      if (desk.certificates.get(owner)?.revoked !== false) continue;
      const wanted = await recipientsOf(desk, owner);
      const reached = reachedBy(held);
      if ([...wanted.keys()].every((each) => reached.has(each))) continue;
      await sealTo(change, desk, key, wanted);
    }
  });
}
