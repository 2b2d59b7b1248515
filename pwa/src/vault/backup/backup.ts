/** The backup of an open vault: when it exchanges, and what it says of it. */
import type { BackupOffer, BackupRoom } from "../../sync/backups.ts";
import type { Hex } from "../../sync/bytes.ts";
import { Line } from "../../sync/client/batches.ts";
import { heldBack } from "../../sync/client/connection.ts";
import { Hub } from "../../sync/client/hub.ts";
import { Rounds } from "../../sync/client/rounds.ts";
import { ProblemError, type SyncCode, SyncError } from "../../sync/errors.ts";
import type { EngineEnvironment, Held, Sends } from "../../sync/face.ts";
import type { Store } from "../../sync/store.ts";
import { Source } from "../../sync/watched.ts";
import { Bearer, deleteCopy, EndedError, offerOf } from "./bearer.ts";
import type { Backup, BackupStatus } from "./face.ts";
import { fetchChunks } from "./carrying.ts";
import { endCopy } from "./keeping.ts";
import { putSettings, settingsOf, traces } from "./layout.ts";
import { changeSettings, pull } from "./pulling.ts";
import { push, waitingWork } from "./sending.ts";

/** One at a time across the tabs of a browser, and beside the contacts' own exchange. */
const BACKUP_LOCK = "notes-backup";

/** Does nothing by itself before `start`; ends with the vault's lock. */
export function createBackup(store: Store, environment: EngineEnvironment): Backup {
  return new VaultBackup(store, environment);
}

class VaultBackup implements Backup {
  readonly status: Source<BackupStatus>;
  readonly #store: Store;
  readonly #environment: EngineEnvironment;
  readonly #rounds: Rounds;
  readonly #down = new Line();
  readonly #up = new Line();
  /** Pictures that the hub has not got whole either. */
  readonly #lost = new Set<Hex>();
  #problem: SyncCode | undefined;
  #room: BackupRoom | undefined;
  #stopping = new AbortController();
  #hub: Hub;

  constructor(store: Store, environment: EngineEnvironment) {
    this.#store = store;
    this.#environment = environment;
    this.#hub = this.#newHub();
    const told = { changed: () => this.#tell(), awake: () => this.#hub.look() };
    const round = async (isAsked: boolean): Promise<unknown> => this.#round(isAsked);
    this.#rounds = new Rounds(environment, round, told, BACKUP_LOCK);
    this.status = new Source(this.#statusNow());
    store.generation.subscribe(() => this.#onChange());
    store.isOpen.subscribe((isOpen) => {
      if (!isOpen) this.stop();
    });
  }

  async offer(): Promise<BackupOffer> {
    return offerOf(this.#hub);
  }

  async turnOn(): Promise<void> {
    await changeSettings(this.#store, { on: true });
    this.#rounds.soon();
  }

  async turnOff(isDeleted: boolean): Promise<void> {
    await this.#store.change((change) => {
      const settings = settingsOf(change);
      if (settings === undefined) return;
      if (isDeleted) endCopy(change, settings, this.#environment.randomBytes);
      else putSettings(change, { ...settings, on: false });
    });
    this.#problem = undefined;
    this.#room = undefined;
    this.#rounds.soon();
  }

  async makeAgain(): Promise<void> {
    await this.#store.change((change) => {
      const settings = settingsOf(change);
      if (settings === undefined) return;
      endCopy(change, { ...settings, made: false }, this.#environment.randomBytes);
      const begun = settingsOf(change);
      if (begun !== undefined) putSettings(change, { ...begun, on: true });
    });
    await this.now();
  }

  async setSends(sends: Sends): Promise<void> {
    await changeSettings(this.#store, { sends });
    this.#rounds.soon();
  }

  async now(): Promise<void> {
    if (this.#store.isOpen.value) await this.#rounds.now();
  }

  start(): void {
    if (this.#store.isOpen.value) this.#rounds.start();
  }

  stop(): void {
    this.#rounds.stop();
    this.#stopping.abort();
    this.#stopping = new AbortController();
    this.#hub = this.#newHub();
  }

  #onChange(): void {
    if (!this.#store.isOpen.value) return;
    this.#tell();
    const { on, waiting, problem } = this.status.value;
    // What a fault holds back goes by the rounds' own clock.
    if (on && waiting > 0 && problem === undefined && !this.#rounds.isRunning) this.#rounds.soon();
  }

  async #round(isAsked: boolean): Promise<unknown> {
    const settings = this.#store.isOpen.value ? settingsOf(this.#store) : undefined;
    if (settings === undefined) return undefined;
    if (!settings.on && settings.leaving.length === 0) return undefined;
    if (!isAsked && this.#heldBack(settings.sends) !== undefined) return undefined;
    try {
      await this.#leave();
      if (settings.on) await this.#exchange();
      this.#problem = undefined;
      return undefined;
    } catch (error) {
      // Locked in the middle: what was sent and not confirmed is sent again next time.
      if (!this.#store.isOpen.value || error instanceof EndedError) return undefined;
      this.#problem = error instanceof SyncError ? error.code : "store-failed";
      return error;
    }
  }

  async #leave(): Promise<void> {
    for (;;) {
      const [next] = settingsOf(this.#store)?.leaving ?? [];
      if (next === undefined) return;
      try {
        await deleteCopy(this.#hub, next);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
      await this.#store.change((change) => {
        const settings = settingsOf(change);
        if (settings === undefined) return;
        const leaving = settings.leaving.slice(1);
        putSettings(change, { ...settings, leaving });
      });
    }
  }

  async #exchange(): Promise<void> {
    const [store, { now, randomBytes }] = [this.#store, this.#environment];
    const settings = settingsOf(store);
    if (settings?.keys === undefined) return;
    const bearer = new Bearer(this.#hub, settings.keys, settings.device);
    if (!settings.made) {
      this.#room = await bearer.make();
      await bearer.keep(store, { made: true });
    } else {
      // `unknown`, where it is gone: another phone may have ended it, so it is not made again unasked.
      this.#room ??= await bearer.look();
    }
    await pull(store, bearer, now, this.#down);
    await fetchChunks(store, bearer, this.#lost);
    if (waitingWork(store).length > 0) {
      await push(store, bearer, randomBytes, now, this.#up);
      this.#room = await bearer.look();
    }
    await bearer.keep(store, { lastSync: now() });
  }

  #newHub(): Hub {
    return new Hub(this.#environment.origin, this.#environment, this.#stopping.signal);
  }

  #tell(): void {
    if (this.#store.isOpen.value) this.status.set(this.#statusNow());
  }

  #statusNow(): BackupStatus {
    const settings = settingsOf(this.#store);
    const held = traces(this.#store).filter(({ row }) => row !== undefined);
    const work = settings?.on === true ? waitingWork(this.#store) : [];
    const waiting = work.filter(({ entry }) => entry !== undefined).length;
    const refused = held.filter(({ state }) => state === "refused").length;
    return {
      on: settings?.on ?? false,
      made: settings?.made ?? false,
      hasKeys: settings?.keys !== undefined,
      sends: settings?.sends ?? "saver",
      kept: held.filter(({ state }) => state === "sent").length,
      waiting: work.length === 0 ? 0 : Math.max(waiting, 1),
      refused,
      leaving: (settings?.leaving.length ?? 0) > 0,
      busy: this.#rounds.isRunning,
      lastSync: settings?.lastSync,
      problem: this.#problem,
      held: settings && this.#heldBack(settings.sends),
      room: this.#room,
    };
  }

  #heldBack(sends: Sends): Held | undefined {
    return heldBack(sends, this.#environment.connection);
  }
}

/** There is nothing any more to delete. */
function isGone(error: unknown): boolean {
  return error instanceof ProblemError && GONE.includes(error.code);
}

const GONE: readonly string[] = ["unknown", "wrong-token"];
