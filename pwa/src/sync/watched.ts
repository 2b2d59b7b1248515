/** A value that can be read at any time and watched for change. */

export type Unsubscribe = () => void;

export interface Watched<T> {
  readonly value: T;
  /** Called at every change, not at once. */
  subscribe(listener: (value: T) => void): Unsubscribe;
}

/** The side of a watched value that its owner sets. */
export class Source<T> implements Watched<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener(value);
  }

  subscribe(listener: (value: T) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
