/**
 * The clock that locks. Each tab has its own and forgets its own keys; a touch in one tab is heard in
 * the others. Timers sleep with the phone, so whoever comes back is measured by the clock first.
 */
import type { Environment } from "./environment.ts";
import type { AutoLock } from "./face.ts";

/** Between two words to the other tabs, and between two new timers. */
const COARSE_MILLISECONDS = 5000;

export class AutoLockClock {
  readonly #environment: Environment;
  readonly #lock: () => void;
  readonly #say: () => void;
  #limits: AutoLock;
  #touched: number;
  #said: number;
  #hiddenSince: number | undefined;
  #cancel: () => void = () => undefined;

  /** `lock` is called once the time is up; `say` now and then while somebody is there. */
  constructor(environment: Environment, limits: AutoLock, lock: () => void, say: () => void) {
    this.#environment = environment;
    this.#limits = limits;
    this.#lock = lock;
    this.#say = say;
    this.#touched = environment.now();
    this.#said = this.#touched;
    this.#wait();
  }

  setLimits(limits: AutoLock): void {
    this.#limits = limits;
    this.#wait();
  }

  touch(): void {
    if (this.#isEnded()) return;
    this.#touched = this.#environment.now();
    if (this.#touched - this.#said < COARSE_MILLISECONDS) return;
    this.#said = this.#touched;
    this.#say();
    this.#wait();
  }

  /** Somebody is there in another tab. */
  touchedElsewhere(): void {
    if (this.#isEnded()) return;
    this.#touched = this.#environment.now();
  }

  setVisible(visible: boolean): void {
    if (this.#isEnded()) return;
    this.#hiddenSince = visible ? undefined : (this.#hiddenSince ?? this.#environment.now());
    this.#wait();
  }

  stop(): void {
    this.#cancel();
  }

  #deadline(): number {
    const idle = this.#touched + this.#limits.idle_seconds * 1000;
    if (this.#hiddenSince === undefined) return idle;
    return Math.min(idle, this.#hiddenSince + this.#limits.hidden_seconds * 1000);
  }

  #wait(): void {
    this.#cancel();
    const rest = Math.max(this.#deadline() - this.#environment.now(), 0);
    this.#cancel = this.#environment.after(rest, () => {
      if (!this.#isEnded()) this.#wait();
    });
  }

  /** Whether the time is up; then it locks. */
  #isEnded(): boolean {
    if (this.#environment.now() < this.#deadline()) return false;
    this.#cancel();
    this.#lock();
    return true;
  }
}
