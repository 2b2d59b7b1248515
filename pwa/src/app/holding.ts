/**
 * A button that must be held: for whoever took the phone by accident a press does nothing.
 * By finger, mouse, or with Enter or the space bar. A press let go too soon tells so.
 */
const HELD_MS = 1000;

export class Holding {
  readonly #held: () => void;
  readonly #tooShort: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(held: () => void, tooShort: () => void) {
    this.#held = held;
    this.#tooShort = tooShort;
  }

  readonly start = (event: Event): void => {
    if (event instanceof KeyboardEvent && (event.repeat || !isPress(event))) return;
    if (event instanceof KeyboardEvent) event.preventDefault();
    this.cancel();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#held();
    }, HELD_MS);
  };

  readonly end = (event: Event): void => {
    if (event instanceof KeyboardEvent && !isPress(event)) return;
    if (this.#timer === undefined) return;
    this.cancel();
    this.#tooShort();
  };

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function isPress({ key }: KeyboardEvent): boolean {
  return key === "Enter" || key === " ";
}
