/**
 * What the tabs of one browser tell each other: that something changed, that somebody is there, and to
 * lock. No content, no ids: only that it happened.
 */
import type { Channel, Environment } from "./environment.ts";

type Word = "changed" | "touched" | "lock";

export interface Hearing {
  readonly changed: () => void;
  readonly touched: () => void;
  readonly lock: () => void;
}

export class Tabs {
  readonly #channel: Channel;

  constructor(environment: Environment, hearing: Hearing) {
    this.#channel = environment.openChannel("notes");
    this.#channel.onmessage = ({ data }) => {
      if (data === "changed" || data === "touched" || data === "lock") hearing[data]();
    };
  }

  say(word: Word): void {
    this.#channel.postMessage(word);
  }

  close(): void {
    this.#channel.onmessage = null;
    this.#channel.close();
  }
}

/** Tells every open vault of this browser to lock. */
export function sayLock(environment: Environment): void {
  const channel = environment.openChannel("notes");
  channel.postMessage("lock" satisfies Word);
  channel.close();
}
