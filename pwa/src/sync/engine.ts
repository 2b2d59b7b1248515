/** The engine: saves contacts, and exchanges them with the hub whenever it can, by itself. */
import { type Hex, toHex } from "./bytes.ts";
import { deviceAt, DeviceChange, deviceLineAt, deviceLines } from "./client/devices.ts";
import { askToEnter, keepInvite, readInvite } from "./client/enrolling.ts";
import { Hub } from "./client/hub.ts";
import { keyLines } from "./client/keys.ts";
import { certificateLine, type Device, type DeviceLine, packetEnrolment } from "./client/layout.ts";
import { markTried } from "./client/outbox.ts";
import { openKept, pull } from "./client/pulling.ts";
import { readContact, readerOf, revisionLines, statusCounts, summaries } from "./client/reading.ts";
import { delay, SLOWEST } from "./client/retry.ts";
import { push } from "./client/sending.ts";
import { Session } from "./client/session.ts";
import { isStale, learnCertificates, standingOf } from "./client/trust.ts";
import { deleteContact, editContact, logContact, retry } from "./client/writing.ts";
import { fingerprint } from "./enrolment.ts";
import {
  NotPossibleError,
  ProblemError,
  type SyncCode,
  SyncError,
  UnreachableError,
} from "./errors.ts";
import type {
  Contact,
  ContactSummary,
  EditedContact,
  Engine,
  EngineEnvironment,
  EnrolmentSummary,
  NewContact,
  SyncStatus,
} from "./face.ts";
import type { Change, Store } from "./store.ts";
import { Source } from "./watched.ts";

/** One engine at a time across the tabs of a browser. */
const SYNC_LOCK = "notes-sync";

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
  #stopping = new AbortController();
  #cancel: () => void = () => undefined;
  #running: Promise<void> | undefined;
  #isStarted = false;
  #isAskedAgain = false;
  #faults = 0;

  constructor(store: Store, environment: EngineEnvironment) {
    this.#store = store;
    this.#environment = environment;
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
    const address = await keepInvite(this.#store, invite);
    if (deviceLineAt(this.#store, address).standing === "asked") {
      try {
        await askToEnter(this.#store, this.#hub(), address);
      } catch (error) {
        this.#later(error);
        throw error;
      }
    }
    this.#soon();
    return this.#summary(deviceLineAt(this.#store, address));
  }

  async forgetEnrolment(enrolment: Hex): Promise<void> {
    await this.#store.change((change) => {
      const { address } = deviceLineAt(change, enrolment);
      if (revisionLines(change).some((line) => line.enrolment === address)) {
        throw new NotPossibleError("not-empty");
      }
      forget(change, address);
    });
  }

  async logContact(contact: NewContact): Promise<Hex> {
    const record = await logContact(this.#store, this.#environment, contact);
    this.#soon();
    return record;
  }

  async editContact(contact: EditedContact): Promise<void> {
    await editContact(this.#store, this.#environment, contact);
    this.#soon();
  }

  async deleteContact(record: Hex): Promise<void> {
    await deleteContact(this.#store, this.#environment, record);
    this.#soon();
  }

  contacts(enrolment: Hex): readonly ContactSummary[] {
    return summaries(this.#store, enrolment);
  }

  async readContact(record: Hex): Promise<Contact> {
    return readContact(readerOf(this.#store), record);
  }

  async retry(record: Hex): Promise<void> {
    await retry(this.#store, record);
    this.#soon();
  }

  async syncNow(): Promise<void> {
    await this.#run(true);
  }

  start(): void {
    if (this.#isStarted || !this.#store.isOpen.value) return;
    this.#isStarted = true;
    this.#environment.online.addEventListener("online", this.#onOnline);
    this.#soon();
  }

  stop(): void {
    this.#isStarted = false;
    this.#cancel();
    this.#environment.online.removeEventListener("online", this.#onOnline);
    this.#stopping.abort();
    this.#stopping = new AbortController();
  }

  readonly #onOnline = (): void => {
    this.#faults = 0;
    this.#soon();
  };

  #onChange(): void {
    if (!this.#store.isOpen.value) return;
    this.status.set(this.#statusNow());
    this.#refreshEnrolments();
    // Saved in another tab, whose own engine may be the one that does not run.
    const isFresh = revisionLines(this.#store).some(({ state }) => state === "on-this-phone");
    if (isFresh && this.#running === undefined) this.#soon();
  }

  #soon(): void {
    if (!this.#isStarted) return;
    if (this.#running !== undefined) this.#isAskedAgain = true;
    this.#wait(0);
  }

  #wait(milliseconds: number): void {
    this.#cancel();
    this.#cancel = this.#environment.after(milliseconds, () => void this.#run(false));
  }

  /** Tells how it went in `status`, and goes on by itself. */
  #later(error: unknown): void {
    this.#faults = isRevoked(error) ? 0 : this.#faults + 1;
    const faults = isRevoked(error) ? SLOWEST : this.#faults;
    const asked = error instanceof UnreachableError || error instanceof ProblemError;
    const pause = asked ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    if (this.#isStarted) this.#wait(Math.max(pause, delay(faults, this.#drawn())));
  }

  #drawn(): number {
    return (this.#environment.randomBytes(1)[0] ?? 0) / 256;
  }

  /** `isPatient`: waits for another tab's run to end rather than leave the work to it. */
  async #run(isPatient: boolean): Promise<void> {
    if (!this.#store.isOpen.value) return;
    if (this.#running === undefined) {
      this.#running = this.#locked(isPatient).finally(() => {
        this.#running = undefined;
        if (this.#store.isOpen.value) this.status.set(this.#statusNow());
      });
      this.status.set(this.#statusNow());
    }
    await this.#running;
    if (!this.#isAskedAgain) return;
    this.#isAskedAgain = false;
    if (this.#isStarted) this.#wait(0);
  }

  async #locked(isPatient: boolean): Promise<void> {
    const options: LockOptions = isPatient ? {} : { ifAvailable: true };
    await this.#environment.locks.request(SYNC_LOCK, options, async (lock) => {
      if (lock !== null) await this.#exchangeAll();
      else if (this.#isStarted) this.#wait(delay(0, this.#drawn()));
    });
  }

  async #exchangeAll(): Promise<void> {
    let worst: unknown;
    for (const { address } of this.#lines()) {
      try {
        await this.#exchange(address);
        this.#problems.delete(address);
      } catch (error) {
        // Locked in the middle: what was sent and not confirmed is sent again next time.
        if (!this.#store.isOpen.value) return;
        if (worst === undefined || !isRevoked(error)) worst = error;
        this.#problems.set(address, codeOf(error));
        // Where even that cannot be kept, the problem above says what is wrong.
        await markTried(this.#store, address).catch(() => undefined);
      }
    }
    if (worst !== undefined) {
      this.#later(worst);
    } else {
      this.#faults = 0;
      if (this.#isStarted) this.#wait(delay(0, this.#drawn()));
    }
  }

  async #exchange(address: Hex): Promise<void> {
    const { now } = this.#environment;
    const session = new Session(this.#store, this.#hub(), address);
    if (this.#standing(address) === "refused") return;
    if (this.#standing(address) === "asked") await askToEnter(this.#store, this.#hub(), address);
    const { certified, certificate } = await this.#unrevoked(address);
    try {
      if (isStale(certified, certificate !== undefined, now())) {
        await learnCertificates(this.#store, session, now());
        await openKept(this.#store, address, now());
      }
      const { certificate: own } = await this.#unrevoked(address);
      // Only a device with a certificate may read; one without sends what it has.
      if (own !== undefined) await pull(this.#store, session, now);
      await push(this.#store, session, now);
    } catch (error) {
      if (isRevoked(error)) await this.#showRevoked(address);
      throw error;
    }
    await this.#store.change(async (change) => {
      const held = await DeviceChange.read(change, address);
      // Also after a `revoked` that no signature bore out: the hub answers as before.
      held.put({}, { lastSync: now(), standing: standingOf(held.device.certificate) });
    });
  }

  /** Throws where the programme's key itself has revoked the device: then the hub is not even asked. */
  async #unrevoked(address: Hex): Promise<Device> {
    const device = await deviceAt(this.#store, address);
    if (device.certificate?.revoked === true) throw new ProblemError("revoked");
    return device;
  }

  /** What the hub says is shown, and no more: anybody who has the hub can say it, for a while or by mistake. */
  async #showRevoked(address: Hex): Promise<void> {
    if (this.#standing(address) === "revoked") return;
    await this.#store.change(async (change) => {
      (await DeviceChange.read(change, address)).put({}, { standing: "revoked" });
    });
  }

  #hub(): Hub {
    return new Hub(this.#environment.origin, this.#environment, this.#stopping.signal);
  }

  #lines(): DeviceLine[] {
    return deviceLines(this.#store);
  }

  #standing(address: Hex): DeviceLine["standing"] {
    return deviceLineAt(this.#store, address).standing;
  }

  #statusNow(enrolment?: Hex): SyncStatus {
    const problem =
      enrolment === undefined ? [...this.#problems.values()].at(-1) : this.#problems.get(enrolment);
    return {
      ...statusCounts(this.#store, enrolment),
      sending: this.#running !== undefined,
      problem,
    };
  }

  #refreshEnrolments(): void {
    const reading = Promise.all(this.#lines().map(async (line) => this.#summary(line)));
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

  async #summary({ address, standing, refusal }: DeviceLine): Promise<EnrolmentSummary> {
    const device = await deviceAt(this.#store, address);
    return { id: address, standing, refusal, ...(await shownOf(device)) };
  }
}

/** With what hangs on it. */
function forget(change: Change, enrolment: Hex): void {
  change.delete(enrolment);
  for (const { address } of keyLines(change, enrolment)) change.delete(address);
  for (const entry of change.entries("packet")) {
    if (packetEnrolment(entry) === enrolment) change.delete(entry.address);
  }
  for (const line of change.entries("certificate").map(certificateLine)) {
    if (line.enrolment === enrolment) change.delete(line.address);
  }
}

async function shownOf(
  device: Device,
): Promise<Omit<EnrolmentSummary, "id" | "standing" | "refusal">> {
  const { hub, programme, role, card } = device;
  return {
    hub,
    programme: toHex(programme),
    role,
    name: card?.name ?? "",
    practice: card?.practice ?? false,
    fingerprint: card === undefined ? "" : await fingerprint(card),
  };
}

function isRevoked(error: unknown): boolean {
  return error instanceof ProblemError && error.code === "revoked";
}

function codeOf(error: unknown): SyncCode {
  return error instanceof SyncError ? error.code : "store-failed";
}
