/** A browser for vaults: one database, tabs that hear each other, a clock that is moved by hand. */
import "fake-indexeddb/auto";

import { IDBFactory } from "fake-indexeddb";
import { openDB } from "idb";
import { vi } from "vitest";

import { type Bytes, concat, toHex } from "../../src/sync/bytes.ts";
import { sha256 } from "../../src/sync/canonical.ts";
import { bytes, list } from "../../src/sync/decoding.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import {
  type Channel,
  createVault,
  type Environment,
  openVault,
  type Vault,
} from "../../src/vault/index.ts";

export const PASSPHRASE = "seven small boats at anchor";

export class World {
  time = Date.UTC(2026, 2, 1);
  derivations = 0;
  #timers = new Set<{ at: number; call: () => void }>();
  #channels = new Set<Channel & { name: string }>();
  #locks = new Map<string, Promise<unknown>>();

  constructor() {
    globalThis.indexedDB = new IDBFactory();
  }

  /** The environment of one more tab. */
  tab(): Environment {
    return {
      derivation: {
        // Argon2id has its own vectors; here only its place matters.
        argon2id: async (passphrase, salt) => {
          this.derivations += 1;
          return sha256(concat(passphrase, salt));
        },
        calibrate: () => Promise.resolve({ memory_kib: 19_456, passes: 2 }),
      },
      locks: { request: this.#request },
      openChannel: (name) => this.#openChannel(name),
      now: () => this.time,
      randomBytes,
      after: (milliseconds, call) => {
        const timer = { at: this.time + milliseconds, call };
        this.#timers.add(timer);
        return () => this.#timers.delete(timer);
      },
    };
  }

  /** A vault in a tab of its own. */
  async made(): Promise<Vault> {
    return createVault(this.tab(), PASSPHRASE);
  }

  /** The vault that was made, in one more tab. */
  async opened(): Promise<Vault> {
    return openVault(this.tab(), PASSPHRASE);
  }

  /** Lets time pass, and what is due happen in its order. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at).filter(({ at }) => at <= end);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.call();
      await settle();
    }
    this.time = end;
    await settle();
  }

  #openChannel(name: string): Channel {
    const channels = this.#channels;
    const channel: Channel & { name: string } = {
      name,
      onmessage: null,
      postMessage(data) {
        for (const other of channels) {
          if (other !== channel && other.name === name) {
            other.onmessage?.(new MessageEvent("message", { data }));
          }
        }
      },
      close: () => channels.delete(channel),
    };
    channels.add(channel);
    return channel;
  }

  readonly #request = async (
    name: string,
    optionsOrWork: { ifAvailable?: boolean } | ((lock: Lock | null) => unknown),
    work?: (lock: Lock | null) => unknown,
  ): Promise<unknown> => {
    const options = typeof optionsOrWork === "function" ? {} : optionsOrWork;
    const call = typeof optionsOrWork === "function" ? optionsOrWork : work;
    const held = this.#locks.get(name);
    if (held !== undefined && options.ifAvailable === true) return call?.(null);
    const mine = (async () => {
      await held?.catch(() => undefined);
      return call?.({ name, mode: "exclusive" });
    })();
    this.#locks.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#locks.get(name) === mine) this.#locks.delete(name);
    }
  };
}

/**
 * Until all that was begun has come to rest. fake-indexeddb answers within a few turns of the event loop,
 * WebCrypto from threads that take their work in turn: as many of each as the longest chain here has.
 */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 120; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await sha256(new Uint8Array(1));
  }
}

/** Everything that lies in the database: what a thief of the disk has. */
export async function disk(): Promise<{ header: Bytes[]; rows: Map<string, Bytes> }> {
  const database = await openDB("notes");
  const found = { header: [] as Bytes[], rows: new Map<string, Bytes>() };
  if (database.objectStoreNames.contains("rows")) {
    const keys: unknown[] = await database.getAllKeys("rows");
    const values = list(bytes)(await database.getAll("rows"), "rows");
    values.forEach((value, at) => {
      const key = keys[at];
      if (key instanceof ArrayBuffer) found.rows.set(toHex(new Uint8Array(key)), value);
    });
    found.header = list(bytes)(await database.getAll("header"), "header");
  }
  database.close();
  return found;
}

/** Every put fails as Chromium's does when there is no room. */
export function fullDisk(): () => void {
  const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("", "QuotaExceededError");
  });
  return () => put.mockRestore();
}
