/** What a coordinator does from the screen, and what there is to be seen; the exchange does the rest by itself. */
import { type Bytes, fromHex, type Hex, toHex } from "../bytes.ts";
import { sha256, toText } from "../canonical.ts";
import { Line } from "../client/batches.ts";
import { readerOf } from "../client/reading.ts";
import { SYNC_LOCK } from "../client/rounds.ts";
import type { RecordedContact } from "../client/writing.ts";
import type { Session } from "../client/session.ts";
import { importPrivateKey } from "../crypto/signing.ts";
import { type Certificate, claimOf, type Invite, inviteLink, macKeyOf } from "../enrolment.ts";
import { NotPossibleError } from "../errors.ts";
import type { FormName, Published } from "../face.ts";
import { type RandomBytes, type Role } from "../identifiers.ts";
import type { Value } from "../revisions.ts";
import type { Change, Store } from "../store.ts";
import { type Deed, inviteFields, keptInvites, logFields } from "./administration.ts";
import { catchUp, finishRotation, type Waiting, waitingDevices } from "./administering.ts";
import { decodeFeedback, decodeHeard, type ToldFeedback } from "./answers.ts";
import { DeviceCounting } from "./contacts.ts";
import { type Desk, deskAt, putHeld, secretOf } from "./desk.ts";
import { pushFeed } from "./feed.ts";
import { filedRecords, openedRevisions } from "./filed.ts";
import { file } from "./filing.ts";
import { sheetOf } from "./founding.ts";
import { bringIn, type NamedRow, type Progress, recordsOf } from "./importing.ts";
import type { ProgrammeSecret } from "./layout.ts";
import { publish, revokedOf } from "./leading.ts";
import { beginRotation, type Lines } from "./rotating.ts";
import { ProgrammeContacts } from "./programme-contacts.ts";
import { publishedIn } from "./published.ts";
import { type Fields, putOut, takeBack } from "./publishing.ts";
import type { BookReader } from "./reader.ts";
import { type Seen, seenAt } from "./seeing.ts";
import {
  afterThresholds,
  type PeriodOf,
  reportFields,
  type Reports,
  reportsIn,
  thresholdFields,
} from "./reports.ts";

const DAY_SECONDS = 86_400;

export interface CoordinatorEnvironment {
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
  readonly locks: Pick<LockManager, "request">;
}

export class Coordinator {
  readonly #store: Store;
  readonly #session: Session;
  readonly #environment: CoordinatorEnvironment;
  /** What was written goes to the hub now. */
  readonly #soon: () => void;
  #contacts: ProgrammeContacts | undefined;

  constructor(
    store: Store,
    session: Session,
    environment: CoordinatorEnvironment,
    soon: () => void,
  ) {
    this.#store = store;
    this.#session = session;
    this.#environment = environment;
    this.#soon = soon;
  }

  /** All contacts of the programme. `newReader` is asked when somebody first wants them. */
  contacts(newReader: () => BookReader): ProgrammeContacts {
    const seeds = async (): Promise<Bytes[]> => {
      const { held } = await this.#desk();
      return held.secrets.map(({ sealing_seed }) => sealing_seed);
    };
    this.#contacts ??= new ProgrammeContacts(this.#store, this.#session.address, seeds, newReader);
    return this.#contacts;
  }

  /** The reports that were made, and below what they tell nothing. */
  async reports(periodOf: PeriodOf): Promise<Reports> {
    const desk = await this.#desk();
    return reportsIn(await filedRecords(readerOf(this.#store), desk), desk.certificates, periodOf);
  }

  /** Keeps what a report tells, as JSON. Where one of that period is here already, that one stands. */
  async keepReport(period: string, content: string, periodOf: PeriodOf): Promise<void> {
    await this.#store.change(async (change) => {
      const desk = await deskAt(change, this.#session.address, "admin");
      const records = await filedRecords(change, desk);
      if (reportsIn(records, desk.certificates, periodOf).kept.has(period)) return;
      const who = toText(desk.device.device);
      const when = Math.floor(this.#environment.now() / 1000);
      await this.#fileIn(change, desk, reportFields(period, content, { who, when }));
    });
    this.#soon();
  }

  /** Under which record each row of a table comes in; undefined for what is here already. `known`: all that is. */
  async recordsOf(
    rows: readonly NamedRow[],
    known: ReadonlySet<Hex>,
    progress: Progress,
  ): Promise<readonly (Hex | undefined)[]> {
    const { held } = await this.#desk();
    const seeds = held.secrets.map(({ sealing_seed }) => sealing_seed).reverse();
    return recordsOf(this.#store, seeds, { rows, known }, progress);
  }

  /** Contacts made elsewhere, as this device's own. On disk when it settles; cut off, it is done again. */
  async bringIn(
    form: FormName,
    contacts: readonly RecordedContact[],
    progress: Progress,
  ): Promise<void> {
    if (contacts.length === 0) return;
    await this.#file(this.#log("import", { count: contacts.length }));
    const about = { enrolment: this.#session.address, form };
    await bringIn(this.#store, this.#environment, about, contacts, progress);
    this.#soon();
  }

  /** Below what the reports that are not made yet tell nothing. Throws `malformed` for a number too low, or no reason. */
  async setThreshold(threshold: number, why: string): Promise<void> {
    await this.#store.change(async (change) => {
      const desk = await deskAt(change, this.#session.address, "admin");
      const now = Math.floor(this.#environment.now() / 1000);
      const when = afterThresholds(await filedRecords(change, desk), desk.certificates, now);
      await this.#fileIn(change, desk, thresholdFields(threshold, why, when));
    });
    this.#soon();
  }

  /** Keeps who exported, why, when and what; here before any contact leaves, and on the hub with the next exchange. */
  async logExport(why: string, format: string, count: number): Promise<void> {
    await this.#file(this.#log("export", { why, format, count }));
    this.#soon();
  }

  /** What coordinators published, these included, as `Engine.published` gives it to others. */
  async published(): Promise<Published[]> {
    const desk = await deskAt(readerOf(this.#store), this.#session.address, "members");
    return publishedIn(await filedRecords(readerOf(this.#store), desk), desk.certificates);
  }

  async seen(): Promise<Seen> {
    return seenAt(readerOf(this.#store), await this.#desk());
  }

  /** Those who asked to enter and are not let in. Rejects as a request does. */
  async waiting(): Promise<Waiting[]> {
    return waitingDevices(this.#store, this.#session);
  }

  /** The last day on which the hub got something of each device, ISO 8601. Rejects as a request does. */
  async heard(): Promise<ReadonlyMap<Hex, string>> {
    const { device } = await this.#desk();
    const path = `programmes/${toText(device.programme)}/devices`;
    return this.#session.ask({ method: "GET", path }, decodeHeard);
  }

  /** What readers of the hub said of its pages. Rejects as a request does. */
  async feedback(): Promise<ToldFeedback[]> {
    const { device } = await this.#desk();
    const path = `programmes/${toText(device.programme)}/feedback`;
    return this.#session.ask({ method: "GET", path }, decodeFeedback);
  }

  /**
   * A one-use invite: its link, which is not kept. `lane`: of another device of the same worker. Rejects as a
   * request does; then there is none.
   */
  async invite(
    role: Role,
    { days, note, lane }: { days: number; note: string; lane?: Hex | undefined },
  ): Promise<string> {
    await this.#secret();
    const { card, device } = await this.#desk();
    const { randomBytes, now } = this.#environment;
    const invite: Invite = {
      hub: device.hub,
      invite: randomBytes(16),
      programme: device.programme,
      signing_key_hash: await sha256(card.signing_key),
      role,
      expiry: Math.floor(now() / 1000) + days * DAY_SECONDS,
      secret: randomBytes(32),
    };
    const kept = {
      invite: invite.invite,
      role,
      expiry: invite.expiry,
      lane: lane === undefined ? randomBytes(16) : fromHex(lane),
      macKey: await macKeyOf(invite.secret),
      note,
      generation: card.generation,
    };
    await this.#file(inviteFields(kept), this.#log("invite", { about: toText(invite.invite) }));
    try {
      await this.#register(invite, kept.lane);
    } catch (error) {
      await this.withdraw(toHex(invite.invite));
      throw error;
    }
    this.#soon();
    return inviteLink(invite);
  }

  /** Nobody is let in with it any more; one that was used lets nobody out. */
  async withdraw(invite: Hex): Promise<void> {
    await this.#store.change(async (change) => {
      const desk = await deskAt(change, this.#session.address, "admin");
      const records = await filedRecords(change, desk);
      const kept = keptInvites(records, desk.certificates).get(invite);
      if (kept === undefined || kept.device !== undefined) return;
      const { record, heads } = kept.filed;
      const now = this.#environment.now();
      const changes = { withdrawn: true };
      await file(change, desk, { record: fromHex(record), changes, heads }, now);
      await this.#fileIn(change, desk, this.#log("withdraw", { about: toText(fromHex(invite)) }));
    });
    this.#soon();
  }

  /** Puts a device out. What it made up to `lastCounter`, the highest seen here, is accepted; later ones are marked. */
  async revoke(device: Hex, lastCounter: number): Promise<void> {
    await this.#alone(async () => {
      const desk = await this.#desk();
      const held = desk.certificates.get(device);
      if (held === undefined || device === toHex(desk.device.device)) {
        throw new NotPossibleError("unknown-record");
      }
      if (held.revoked) return;
      if (held.role === "coordinator") await this.#putOut(held.device);
      else await this.#revokeWorker(held, lastCounter);
    });
  }

  async #revokeWorker(held: Certificate, lastCounter: number): Promise<void> {
    const key = await importPrivateKey((await this.#secret()).signing_key);
    const revoked = await revokedOf(key, held, lastCounter);
    // First what is told of it: a revocation that nobody can find in the log would be one to be ashamed of.
    await this.#file(this.#log("revoke", { about: toText(held.device) }));
    await pushFeed(this.#store, this.#session, "admin", new Line());
    await publish(this.#store, this.#session, revoked);
  }

  /**
   * New keys for the programme and all who are in it, where somebody else may know the old ones. Kept before the hub
   * hears of it: cut off anywhere, this or the next exchange goes on. Rejects as a request does.
   */
  async rotate(): Promise<void> {
    await this.#alone(async () => {
      await catchUp(this.#store, this.#session, this.#around());
      await this.#secret();
      if ((await this.#desk()).held.rotation === undefined) {
        await this.#file(this.#log("rotate"));
        await beginRotation(this.#store, this.#session.address, []);
      }
      await finishRotation(this.#store, this.#session, this.#around());
    });
  }

  /** To all devices, with their next connection, in place of others. Throws `malformed` for too much. */
  async publish(fields: Fields, replaced: readonly Hex[], draft?: Hex): Promise<void> {
    const { now, randomBytes } = this.#environment;
    await this.#store.change(async (change) => {
      const desk = await deskAt(change, this.#session.address, "members");
      await putOut(change, desk, { record: randomBytes(16), fields, replaced }, now());
      if (draft !== undefined) change.delete(draft);
    });
    this.#soon();
  }

  /** Something that was published: from all devices, as they next pull. */
  async takeBack(record: Hex): Promise<void> {
    await this.#store.change(async (change) => {
      const desk = await deskAt(change, this.#session.address, "members");
      await takeBack(change, desk, [record], this.#environment.now());
    });
    this.#soon();
  }

  /** Whoever leaves knows the programme's keys: new ones for those who stay. Cut off, the next exchange goes on. */
  async #putOut(device: Bytes): Promise<void> {
    const { address } = this.#session;
    const about = toText(device);
    // Whom others let in since this device asked last stays.
    await catchUp(this.#store, this.#session, this.#around());
    await this.#file(this.#log("revoke", { about }));
    const last = await publishedBy(this.#store, address, device);
    await beginRotation(this.#store, address, [{ device, last }]);
    await finishRotation(this.#store, this.#session, this.#around());
  }

  #around(): { now: () => number; lines: Lines } {
    return { now: this.#environment.now, lines: { down: new Line(), up: new Line() } };
  }

  /**
   * With no exchange beside it, which would go on with what it read before. What was written until then is sealed to
   * a new card by the exchange that follows, also where this was cut.
   */
  async #alone(work: () => Promise<void>): Promise<void> {
    try {
      await this.#environment.locks.request(SYNC_LOCK, work);
    } finally {
      this.#soon();
    }
  }

  /** What has to be on paper: see SHEET_BYTES. */
  async sheet(): Promise<Bytes> {
    const { device } = await this.#desk();
    return sheetOf(device.programme, await this.#secret());
  }

  async sheetIsOnPaper(): Promise<void> {
    await this.#store.change(async (change) => {
      const desk = await deskAt(change, this.#session.address, "admin");
      putHeld(change, desk.enrolment, { ...desk.held, owes: 0 });
      await this.#fileIn(change, desk, this.#log("sheet"));
    });
    this.#soon();
  }

  async #register({ invite, role, secret, expiry, programme }: Invite, lane: Bytes): Promise<void> {
    const path = `programmes/${toText(programme)}/invites/${toText(invite)}`;
    const body = { role, lane, claim_hash: await sha256(await claimOf(secret)), expiry };
    await this.#session.ask({ method: "PUT", path, body }, () => undefined);
  }

  #log(deed: Deed, more: Readonly<Record<string, Value>> = {}): Readonly<Record<string, Value>> {
    const when = Math.floor(this.#environment.now() / 1000);
    return logFields(deed, when, more);
  }

  async #file(...records: Readonly<Record<string, Value>>[]): Promise<void> {
    await this.#store.change(async (change) => {
      const desk = await deskAt(change, this.#session.address, "admin");
      for (const each of records) await this.#fileIn(change, desk, each);
    });
  }

  async #fileIn(
    change: Change,
    desk: Desk,
    fields: Readonly<Record<string, Value>>,
  ): Promise<void> {
    const who = fields["type"] === "log" ? { who: toText(desk.device.device) } : {};
    const { now, randomBytes } = this.#environment;
    await file(change, desk, { record: randomBytes(16), changes: { ...fields, ...who } }, now());
  }

  async #desk(): Promise<Desk> {
    return deskAt(readerOf(this.#store), this.#session.address, "admin");
  }

  /** Throws `not-enrolled` while they are not here yet. */
  async #secret(): Promise<ProgrammeSecret> {
    const secret = await secretOf(await this.#desk());
    if (secret === undefined) throw new NotPossibleError("not-enrolled");
    return secret;
  }
}

/** The last of a coordinator's own records in `members` that is here: what comes after it replaces nothing. */
async function publishedBy(store: Store, enrolment: Hex, device: Bytes): Promise<number> {
  const reader = readerOf(store);
  const desk = await deskAt(reader, enrolment, "members");
  const counting = new DeviceCounting();
  for (const { head } of await openedRevisions(reader, desk)) {
    counting.add({ verified: true, head });
  }
  const counts = counting.counts(desk.certificates);
  return counts.find((each) => each.device === toHex(device))?.last ?? 0;
}
