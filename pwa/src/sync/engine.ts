/** The engine: saves contacts, and exchanges them with the hub whenever it can, by itself. */
import type { Bytes, Hex } from "./bytes.ts";
import { bundle, takeReceipt } from "./client/carrying.ts";
import { heldBack } from "./client/connection.ts";
import { DeviceChange, deviceLineAt, deviceLines } from "./client/devices.ts";
import { keepInvite, readInvite } from "./client/enrolling.ts";
import { enrolmentSummary, forgetAll, forgetEmpty } from "./client/enrolments.ts";
import { Exchange, isRevoked, loadCoordinator } from "./client/exchanging.ts";
import { forgetOld } from "./client/forgetting.ts";
import { Hub } from "./client/hub.ts";
import { markTried } from "./client/outbox.ts";
import { markSeen, readPublished } from "./client/members.ts";
import {
  ownLines,
  readContact,
  readerOf,
  revisionLines,
  statusCounts,
  summaries,
} from "./client/reading.ts";
import { Rounds } from "./client/rounds.ts";
import { deleteContact, editContact, logContact, retry } from "./client/writing.ts";
import type { Coordinator } from "./coordinator/index.ts";
import { isFounding } from "./enrolment.ts";
import { NotPossibleError, type SyncCode, SyncError } from "./errors.ts";
import type {
  Contact,
  ContactSummary,
  EditedContact,
  Engine,
  EngineEnvironment,
  EnrolmentSummary,
  Held,
  HubCheck,
  NewContact,
  Published,
  Sealing,
  Sends,
  SyncStatus,
} from "./face.ts";
import type { Store } from "./store.ts";
import { Source } from "./watched.ts";

/** Does nothing by itself before `start`; ends with the store's lock. */
export function createEngine(store: Store, environment: EngineEnvironment): Engine {
  return new StoreEngine(store, environment);
}

class StoreEngine implements Engine {
  readonly status: Source<SyncStatus>;
  readonly enrolments = new Source<readonly EnrolmentSummary[]>([]);
  readonly #store: Store;
  readonly #environment: EngineEnvironment;
  readonly #problems = new Map<Hex, SyncCode>();
  readonly #sealing = new Map<Hex, Sealing>();
  readonly #rounds: Rounds;
  /** As they were when the store last changed: a list of contacts asks for its forms many times. */
  readonly #read = new Map<
    Hex,
    { readonly generation: number; readonly found: Promise<readonly Published[]> }
  >();
  readonly #coordinators = new Map<Hex, Promise<Coordinator>>();
  #stopping = new AbortController();
  #exchange: Exchange;

  constructor(store: Store, environment: EngineEnvironment) {
    this.#store = store;
    this.#environment = environment;
    this.#exchange = this.#newExchange();
    this.#rounds = new Rounds(environment, async (isAsked) => this.#exchangeAll(isAsked), {
      changed: () => this.#tell(),
      awake: () => this.#exchange.look(),
    });
    this.status = new Source(this.#statusNow());
    store.generation.subscribe(() => this.#onChange());
    store.isOpen.subscribe((isOpen) => {
      if (!isOpen) this.stop();
    });
    this.#refreshEnrolments();
  }

  statusOf(enrolment: Hex): SyncStatus {
    return this.#statusNow(enrolment);
  }

  async enrol(fragment: string): Promise<EnrolmentSummary> {
    const { origin, now } = this.#environment;
    const invite = readInvite(fragment, origin, now());
    const address = isFounding(invite)
      ? await (await loadCoordinator()).keepFounding(this.#store, invite)
      : await keepInvite(this.#store, invite);
    return this.#entered(address);
  }

  async takeUp(sheet: Bytes): Promise<EnrolmentSummary> {
    const { keepSheet } = await loadCoordinator();
    return this.#entered(await keepSheet(this.#store, this.#environment.origin, sheet));
  }

  async coordinator(enrolment: Hex): Promise<Coordinator> {
    const made = this.#coordinators.get(enrolment) ?? this.#newCoordinator(enrolment);
    this.#coordinators.set(enrolment, made);
    made.catch(() => this.#coordinators.delete(enrolment));
    return made;
  }

  async #newCoordinator(enrolment: Hex): Promise<Coordinator> {
    const { Coordinator: Made } = await loadCoordinator();
    const session = this.#exchange.session(enrolment);
    return new Made(this.#store, session, this.#environment, () => this.#rounds.soon());
  }

  async #entered(address: Hex): Promise<EnrolmentSummary> {
    if (deviceLineAt(this.#store, address).standing === "asked") {
      try {
        await this.#exchange.enter(address);
      } catch (error) {
        this.#rounds.later(error);
        throw error;
      }
    }
    this.#rounds.soon();
    return enrolmentSummary(this.#store, deviceLineAt(this.#store, address));
  }

  async forgetEnrolment(enrolment: Hex): Promise<void> {
    await forgetEmpty(this.#store, enrolment);
  }

  async logContact(contact: NewContact): Promise<Hex> {
    const record = await logContact(this.#store, this.#environment, contact);
    this.#rounds.soon();
    return record;
  }

  async editContact(contact: EditedContact): Promise<void> {
    await editContact(this.#store, this.#environment, contact);
    this.#rounds.soon();
  }

  async deleteContact(record: Hex): Promise<void> {
    await deleteContact(this.#store, this.#environment, record);
    this.#rounds.soon();
  }

  contacts(enrolment: Hex): readonly ContactSummary[] {
    return summaries(this.#store, enrolment);
  }

  async readContact(record: Hex): Promise<Contact> {
    return readContact(readerOf(this.#store), record);
  }

  async published(enrolment: Hex): Promise<readonly Published[]> {
    const generation = this.#store.generation.value;
    const read = this.#read.get(enrolment);
    if (read?.generation === generation) return read.found;
    const own = this.enrolments.value.find(({ id }) => id === enrolment);
    const found =
      own?.role === "coordinator"
        ? this.coordinator(enrolment).then(async (coordinator) => coordinator.published())
        : readPublished(readerOf(this.#store), enrolment);
    this.#read.set(enrolment, { generation, found });
    found.catch(() => this.#read.delete(enrolment));
    return found;
  }

  async markSeen(enrolment: Hex, published: readonly Hex[]): Promise<void> {
    await markSeen(this.#store, enrolment, new Set(published));
  }

  async retry(record: Hex): Promise<void> {
    await retry(this.#store, record);
    this.#rounds.soon();
  }

  async exportBundle(enrolment: Hex): Promise<Bytes | undefined> {
    return bundle(this.#store, enrolment);
  }

  async importReceipt(enrolment: Hex, file: Bytes): Promise<number> {
    return takeReceipt(this.#store, enrolment, file, this.#environment.now());
  }

  async checkHub(enrolment: Hex): Promise<HubCheck> {
    const found = await this.#exchange.check(enrolment);
    if (found.missing > 0) this.#rounds.soon();
    return found;
  }

  async leave(enrolment: Hex): Promise<void> {
    const held = ownLines(this.#store, enrolment);
    const { by, missing } = await this.#exchange.check(enrolment);
    if (by !== "hub" || missing > 0) throw new NotPossibleError("not-empty");
    await forgetAll(this.#store, enrolment, new Set(held.map(({ rev }) => rev)));
    this.#problems.delete(enrolment);
  }

  async setSends(enrolment: Hex, sends: Sends): Promise<void> {
    await this.#store.change(async (change) => {
      (await DeviceChange.read(change, enrolment)).put({}, { sends });
    });
    this.#rounds.soon();
  }

  async syncNow(): Promise<void> {
    if (this.#store.isOpen.value) await this.#rounds.now();
  }

  start(): void {
    if (!this.#store.isOpen.value) return;
    void this.#forgetOld();
    this.#rounds.start();
  }

  stop(): void {
    this.#read.clear();
    this.#coordinators.clear();
    this.#rounds.stop();
    this.#stopping.abort();
    this.#stopping = new AbortController();
    this.#exchange = this.#newExchange();
  }

  /** By what the hub said last, so that nothing stays longer because there is no line now. */
  async #forgetOld(): Promise<void> {
    for (const { address } of deviceLines(this.#store)) {
      // What cannot be written now is forgotten after the next exchange, which says why it fails.
      await forgetOld(this.#store, address, this.#environment.now()).catch(() => undefined);
    }
  }

  #onChange(): void {
    if (!this.#store.isOpen.value) return;
    this.#tell();
    this.#refreshEnrolments();
    // Saved in another tab, whose own engine may be the one that does not run.
    const isFresh = revisionLines(this.#store).some(({ state }) => state === "on-this-phone");
    if (isFresh && !this.#rounds.isRunning) this.#rounds.soon();
  }

  async #exchangeAll(isAsked: boolean): Promise<unknown> {
    let worst: unknown;
    // A timer may ring while another tab locks.
    const lines = this.#store.isOpen.value ? deviceLines(this.#store) : [];
    for (const { address, sends } of lines) {
      if (!isAsked && this.#heldBack(sends) !== undefined) continue;
      try {
        await this.#exchange.all(address);
        this.#problems.delete(address);
      } catch (error) {
        // Locked in the middle: what was sent and not confirmed is sent again next time.
        if (!this.#store.isOpen.value) return undefined;
        if (worst === undefined || !isRevoked(error)) worst = error;
        this.#problems.set(address, codeOf(error));
        // Where even that cannot be kept, the problem above says what is wrong.
        await markTried(this.#store, address).catch(() => undefined);
      }
    }
    return worst;
  }

  #newExchange(): Exchange {
    const { origin, now } = this.#environment;
    return new Exchange(
      this.#store,
      new Hub(origin, this.#environment, this.#stopping.signal),
      now,
      (address, progress) => this.#onSealing(address, progress),
    );
  }

  #onSealing(address: Hex, progress: Sealing | undefined): void {
    if (progress === undefined && !this.#sealing.delete(address)) return;
    if (progress !== undefined) this.#sealing.set(address, progress);
    this.#tell();
  }

  #tell(): void {
    if (this.#store.isOpen.value) this.status.set(this.#statusNow());
  }

  #statusNow(enrolment?: Hex): SyncStatus {
    const problem =
      enrolment === undefined ? [...this.#problems.values()].at(-1) : this.#problems.get(enrolment);
    return {
      ...statusCounts(this.#store, enrolment),
      sending: this.#rounds.isRunning,
      problem,
      nextTry: this.#rounds.nextTry,
      held: this.#heldNow(enrolment),
      sealing: enrolment === undefined ? undefined : this.#sealing.get(enrolment),
    };
  }

  /** Of several enrolments, only where none sends by itself. */
  #heldNow(enrolment: Hex | undefined): Held | undefined {
    const lines = deviceLines(this.#store).filter(
      ({ address, standing }) =>
        standing !== "refused" && (enrolment === undefined || enrolment === address),
    );
    const held = lines.map(({ sends }) => this.#heldBack(sends));
    return held.includes(undefined) ? undefined : held[0];
  }

  #heldBack(sends: Sends): Held | undefined {
    return heldBack(sends, this.#environment.connection);
  }

  #refreshEnrolments(): void {
    const lines = deviceLines(this.#store);
    const reading = Promise.all(lines.map(async (line) => enrolmentSummary(this.#store, line)));
    reading.then(
      (found) => {
        if (JSON.stringify(found) !== JSON.stringify(this.enrolments.value)) {
          this.enrolments.set(found);
        }
      },
      // Locked, or forgotten by another tab, while it was read: the next change reads it again.
      () => undefined,
    );
  }
}

function codeOf(error: unknown): SyncCode {
  return error instanceof SyncError ? error.code : "store-failed";
}
