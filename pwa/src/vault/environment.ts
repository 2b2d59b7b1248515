/** What a vault needs of the world outside; a browser gives it (browser.ts), tests give their own. */
import type { Argon2id, Cost } from "../sync/crypto/vault.ts";
import type { RandomBytes } from "../sync/identifiers.ts";

/** The channel between this origin's tabs; it carries no data, only that something happened. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  close(): void;
}

/** Rejects when the memory cannot be had, or the thread cannot be started; see errors.ts. */
export interface Derivation {
  readonly argon2id: Argon2id;
  /** The cost for a new vault: about a second on this device. */
  readonly calibrate: () => Promise<Cost>;
}

export interface Environment {
  readonly derivation: Derivation;
  readonly locks: Pick<LockManager, "request">;
  readonly openChannel: (name: string) => Channel;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
  /** Calls back after some time, unless cancelled first; returns the cancelling. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
}
