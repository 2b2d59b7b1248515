/** The one database of a device: a header, and rows of ciphertext. Knows no key and no plaintext. */
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from "idb";

import { type Bytes, equal } from "../sync/bytes.ts";
import type { Environment } from "./environment.ts";
import {
  ChangedElsewhereError,
  StorageBlockedError,
  StorageFailedError,
  StorageFullError,
  StorageTooNewError,
  VaultError,
  VaultExistsError,
} from "./errors.ts";

/** Neutral, since browsers show it to whoever looks at a site's data. */
export const DATABASE = "notes";
const BLOCKED_MILLISECONDS = 5000;
const HEADER = "header";

interface Layout extends DBSchema {
  /** One row: the header with its eight slots. */
  header: { key: string; value: Bytes };
  /** By random address. Of all vaults, and chaff. */
  rows: { key: Bytes; value: Bytes };
}
type Connection = IDBPDatabase<Layout>;

/** Numbered by their place, forward only, never edited after a release. */
const MIGRATIONS: readonly ((database: Connection) => void)[] = [
  (database) => {
    database.createObjectStore("header");
    database.createObjectStore("rows");
  },
];
export const LAYOUT = MIGRATIONS.length;

type Row = readonly [address: Bytes, ciphertext: Bytes];

/** A change of rows. `expect` is what the writer read; `undefined` is no row. */
export interface Commit {
  readonly expect: readonly (readonly [address: Bytes, ciphertext: Bytes | undefined])[];
  readonly put: readonly Row[];
  readonly delete: readonly Bytes[];
}

export class Database {
  readonly #environment: Environment;
  readonly #onBlocking: () => void;
  #connecting: Promise<Connection> | undefined;

  /**
   * `onBlocking`: another tab needs this connection closed, for a newer layout or a wipe. The owner
   * finishes what it writes, then calls `close`.
   */
  constructor(environment: Environment, onBlocking: () => void) {
    this.#environment = environment;
    this.#onBlocking = onBlocking;
  }

  async header(): Promise<Bytes | undefined> {
    return this.#using((connection) => connection.get("header", HEADER));
  }

  /** The first rows of a new device, with its header. Throws `vault-exists` when there is a header. */
  async found(header: Bytes, rows: readonly Row[]): Promise<void> {
    await this.#using(async (connection) => {
      const transaction = connection.transaction(["header", "rows"], "readwrite", STRICT);
      const done = settled(transaction.done);
      if ((await transaction.objectStore("header").get(HEADER)) !== undefined) {
        transaction.abort();
        throw new VaultExistsError();
      }
      const store = transaction.objectStore("rows");
      const writes = rows.map(([address, ciphertext]) => store.put(ciphertext, address));
      await Promise.all([transaction.objectStore("header").put(header, HEADER), ...writes, done]);
    });
  }

  /** In the order asked for, all as they stood at one moment. */
  async read(addresses: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    return this.#using(async (connection) => {
      const { store } = connection.transaction("rows", "readonly");
      return Promise.all(addresses.map((address) => store.get(address)));
    });
  }

  /**
   * All of it or nothing, on disk when it settles. Throws ChangedElsewhereError when a row is not what
   * the writer expected, StorageFullError when there is no room.
   */
  async commit(commit: Commit): Promise<void> {
    await this.#using(async (connection) => {
      const transaction = connection.transaction("rows", "readwrite", STRICT);
      const { store } = transaction;
      const done = settled(transaction.done);
      const found = await Promise.all(commit.expect.map(([address]) => store.get(address)));
      if (!commit.expect.every(([, expected], at) => same(found[at], expected))) {
        transaction.abort();
        throw new ChangedElsewhereError();
      }
      const writes = commit.put.map(async ([address, ciphertext]) => {
        await store.put(ciphertext, address);
      });
      const deletions = commit.delete.map((address) => store.delete(address));
      await Promise.all([...writes, ...deletions, done]);
    });
  }

  /** Key slots first, so that what the disk may keep of the rows opens for nobody; then everything. */
  async wipe(noise: Bytes): Promise<void> {
    await this.#using(async (connection) => {
      const slots = connection.transaction("header", "readwrite", STRICT);
      await Promise.all([slots.store.put(noise, HEADER), slots.done]);
      const all = connection.transaction(["header", "rows"], "readwrite", STRICT);
      await Promise.all([
        all.objectStore("header").clear(),
        all.objectStore("rows").clear(),
        all.done,
      ]);
    });
    await this.close();
    // What the browser wrote beside the rows goes too; a tab that still holds it open does no harm.
    void deleteDB(DATABASE).catch(() => undefined);
  }

  async close(): Promise<void> {
    const connecting = this.#connecting;
    this.#connecting = undefined;
    await connecting?.then(
      (connection) => connection.close(),
      () => undefined,
    );
  }

  /** Runs some work on the connection, made anew when the browser has ended the one before. */
  async #using<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#connected());
    } catch (error) {
      throw translated(error);
    }
  }

  async #connected(): Promise<Connection> {
    this.#connecting ??= this.#connect();
    try {
      return await this.#connecting;
    } catch (error) {
      this.#connecting = undefined;
      throw error;
    }
  }

  async #connect(): Promise<Connection> {
    let cancel = (): void => undefined;
    let giveUp = (): void => undefined;
    const blocked = new Promise<never>((_, reject) => {
      giveUp = () => reject(new StorageBlockedError());
    });
    const connecting = openDB<Layout>(DATABASE, LAYOUT, {
      upgrade: (database, from) => {
        for (const migrate of MIGRATIONS.slice(from)) migrate(database);
      },
      blocked: () => {
        cancel = this.#environment.after(BLOCKED_MILLISECONDS, giveUp);
      },
      blocking: () => this.#onBlocking(),
      // Safari and a cleared storage end connections by themselves; the next call makes a new one.
      terminated: () => {
        this.#connecting = undefined;
      },
    });
    try {
      return await Promise.race([connecting, blocked]);
    } catch (error) {
      connecting.then(
        (late) => late.close(),
        () => undefined,
      );
      throw error;
    } finally {
      cancel();
    }
  }
}

/** On disk, not only in the operating system's hands, before the promise settles; the default is relaxed. */
const STRICT: IDBTransactionOptions = { durability: "strict" };

/** The same promise, whose failure nobody misses when something before it failed first. */
function settled(done: Promise<void>): Promise<void> {
  done.catch(() => undefined);
  return done;
}

function same(found: Bytes | undefined, expected: Bytes | undefined): boolean {
  if (found === undefined || expected === undefined) return found === expected;
  return equal(found, expected);
}

function translated(error: unknown): VaultError {
  if (error instanceof VaultError) return error;
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  const options = { cause: error };
  if (name === "QuotaExceededError") return new StorageFullError(options);
  if (name === "VersionError") return new StorageTooNewError(options);
  return new StorageFailedError(options);
}
