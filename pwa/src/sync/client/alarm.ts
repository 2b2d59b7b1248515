/**
 * Calls once, after a while. The timers of a phone that sleeps stand still, and its clock may be set
 * meanwhile: whoever comes back is measured by the clock first.
 */

export interface AlarmEnvironment {
  readonly now: () => number;
  readonly after: (milliseconds: number, call: () => void) => () => void;
}

interface Waiting {
  readonly begun: number;
  readonly due: number;
  readonly cancel: () => void;
}

export class Alarm {
  readonly #environment: AlarmEnvironment;
  readonly #ring: () => void;
  #waiting: Waiting | undefined;

  constructor(environment: AlarmEnvironment, ring: () => void) {
    this.#environment = environment;
    this.#ring = ring;
  }

  /** When it rings, in milliseconds by this device's clock. */
  get due(): number | undefined {
    return this.#waiting?.due;
  }

  set(milliseconds: number): void {
    this.cancel();
    const begun = this.#environment.now();
    const cancel = this.#environment.after(milliseconds, () => this.#end());
    this.#waiting = { begun, due: begun + milliseconds, cancel };
  }

  cancel(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
  }

  /** Somebody came back: rings at once when its time has gone by, or the clock was set back. */
  look(): void {
    if (this.#waiting === undefined) return;
    const { begun, due } = this.#waiting;
    const now = this.#environment.now();
    if (now >= due || now < begun) this.#end();
  }

  #end(): void {
    this.cancel();
    this.#ring();
  }
}
