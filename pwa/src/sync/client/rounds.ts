/** When to exchange: one round at a time, at once, on a timer with back-off, and when somebody comes back. */
import { ProblemError, UnreachableError } from "../errors.ts";
import type { EngineEnvironment } from "../face.ts";
import { Alarm } from "./alarm.ts";
import { delay, delayAsked, LONGEST_ASKED_MILLISECONDS, slowest } from "./retry.ts";

/** One at a time across the tabs of a browser. */
export const SYNC_LOCK = "notes-sync";
/** What a phone that wakes up, or a connection that came back, is heard by. */
const AWAKE = ["visibilitychange", "pageshow"] as const;

/** `isAsked`: a person pressed for it. Gives the worst that happened; never rejects. */
export type Round = (isAsked: boolean) => Promise<unknown>;

export interface Told {
  /** A round began or ended, or the next one is at another time. */
  readonly changed: () => void;
  /** Somebody came back to the phone. */
  readonly awake: () => void;
}

export class Rounds {
  readonly #environment: EngineEnvironment;
  readonly #round: Round;
  readonly #told: Told;
  readonly #alarm: Alarm;
  readonly #lock: string;
  #running: { readonly isAsked: boolean; readonly done: Promise<void> } | undefined;
  #isStarted = false;
  #isAskedAgain = false;
  #faults = 0;
  /** A hub that asked for a pause is left alone until then, whatever is saved meanwhile. */
  #notBefore = 0;

  constructor(environment: EngineEnvironment, round: Round, told: Told, lock = SYNC_LOCK) {
    this.#lock = lock;
    this.#environment = environment;
    this.#round = round;
    this.#told = told;
    this.#alarm = new Alarm(environment, () => void this.#run(false));
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** When the next try after a fault is due, in milliseconds; `undefined` while there is no fault. */
  get nextTry(): number | undefined {
    return this.#faults > 0 ? this.#alarm.due : undefined;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { online, connection } = this.#environment;
    online.addEventListener("online", this.#onOnline);
    for (const event of AWAKE) online.addEventListener(event, this.#onAwake);
    connection?.addEventListener("change", this.#onOnline);
    this.soon();
  }

  stop(): void {
    this.#isStarted = false;
    this.#alarm.cancel();
    const { online, connection } = this.#environment;
    online.removeEventListener("online", this.#onOnline);
    for (const event of AWAKE) online.removeEventListener(event, this.#onAwake);
    connection?.removeEventListener("change", this.#onOnline);
  }

  /** There is something to exchange. */
  soon(): void {
    if (!this.#isStarted) return;
    if (this.isRunning) this.#isAskedAgain = true;
    const pause = this.#notBefore - this.#environment.now();
    // A clock that was set back would make a long pause of it.
    this.#wait(pause > LONGEST_ASKED_MILLISECONDS * 2 ? 0 : Math.max(0, pause));
  }

  /** A person asks: now, whatever the timer says. Waits for another tab's round rather than leave the work to it. */
  async now(): Promise<void> {
    if (this.#running?.isAsked === false) await this.#running.done;
    await this.#run(true);
  }

  /** After a fault outside a round. */
  later(error: unknown): void {
    const isEnded = error instanceof ProblemError && error.code === "revoked";
    this.#faults += 1;
    const drawn = this.#drawn();
    const pause = isEnded ? slowest(drawn) : delay(this.#faults, drawn);
    const asked = askedOf(error);
    const longest = asked === undefined ? pause : Math.max(pause, delayAsked(asked, drawn));
    this.#notBefore = asked === undefined ? 0 : this.#environment.now() + asked * 1000;
    this.#wait(longest);
  }

  readonly #onOnline = (): void => {
    // Another line: the faults of the one before say nothing about it.
    this.#faults = Math.min(this.#faults, 1);
    this.soon();
  };

  readonly #onAwake = (): void => {
    this.#told.awake();
    this.#alarm.look();
  };

  #wait(milliseconds: number): void {
    if (!this.#isStarted) return;
    this.#alarm.set(milliseconds);
    this.#told.changed();
  }

  #drawn(): number {
    return (this.#environment.randomBytes(1)[0] ?? 0) / 256;
  }

  async #run(isAsked: boolean): Promise<void> {
    if (this.#running === undefined) {
      this.#alarm.cancel();
      const done = this.#locked(isAsked).finally(() => {
        this.#running = undefined;
        this.#told.changed();
      });
      this.#running = { isAsked, done };
      this.#told.changed();
    }
    await this.#running.done;
    if (!this.#isAskedAgain) return;
    this.#isAskedAgain = false;
    this.soon();
  }

  async #locked(isAsked: boolean): Promise<void> {
    const options: LockOptions = isAsked ? {} : { ifAvailable: true };
    await this.#environment.locks.request(this.#lock, options, async (lock) => {
      const fault = lock === null ? undefined : await this.#round(isAsked);
      if (fault !== undefined) {
        this.later(fault);
      } else {
        this.#faults = 0;
        this.#notBefore = 0;
        this.#wait(delay(0, this.#drawn()));
      }
    });
  }
}

function askedOf(error: unknown): number | undefined {
  if (!(error instanceof UnreachableError) && !(error instanceof ProblemError)) return undefined;
  return error.retryAfterSeconds;
}
