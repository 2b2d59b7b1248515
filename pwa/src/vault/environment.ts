/** What a vault needs of the world outside; a browser gives it, tests give their own. */

/** One Argon2id run: 32 bytes. Rejects with `NotEnoughMemory` when the memory cannot be had. */
export type Argon2id = (
  passphrase: Uint8Array<ArrayBuffer>,
  salt: Uint8Array<ArrayBuffer>,
  cost: Cost,
) => Promise<Uint8Array<ArrayBuffer>>;

export interface Cost {
  readonly memory_kib: number;
  readonly passes: number;
}

export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  close(): void;
}

export interface Environment {
  readonly indexedDB: IDBFactory;
  readonly locks: Pick<LockManager, "request">;
  /** The channel between this origin's tabs. */
  readonly openChannel: (name: string) => Channel;
  readonly argon2id: Argon2id;
  /** The cost for a new vault: about a second on this device. */
  readonly calibrate: () => Promise<Cost>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (size: number) => Uint8Array<ArrayBuffer>;
  /** Calls back after some time, unless cancelled first; returns the cancelling. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
}
