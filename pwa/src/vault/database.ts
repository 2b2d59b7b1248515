/** The one database of a device: a header, and rows of ciphertext. Knows no key and no plaintext. */
import { type DBSchema, deleteDB, type IDBPDatabase, openDB, unwrap } from "idb";

import { type Bytes, equal, toHex } from "../sync/bytes.ts";
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
const TRIES = "tries";

interface Layout extends DBSchema {
  /** One row: the header with its eight slots. Beside it, under `aside-…`, headers that nobody can read. */
  header: { key: string; value: Bytes };
  /** By random address. Of all vaults, and chaff. */
  rows: { key: Bytes; value: Bytes };
  /** One row while there are wrong tries: in clear, since it has to stand before anything is opened. */
  tries: { key: string; value: Tries };
}
type Connection = IDBPDatabase<Layout>;

/** Numbered by their place, forward only, never edited after a release. */
const MIGRATIONS: readonly ((database: Connection) => void)[] = [
  (database) => {
    database.createObjectStore("header");
    database.createObjectStore("rows");
  },
  (database) => {
    database.createObjectStore("tries");
  },
];
export const LAYOUT = MIGRATIONS.length;

type Row = readonly [address: Bytes, ciphertext: Bytes];

/** Wrong tries in a row, and when the last one was (milliseconds since 1970). Tells only that somebody tried. */
export interface Tries {
  readonly wrong: number;
  readonly last: number;
}

/** A change of rows. `expect` is what the writer read; `undefined` is no row. */
export interface Commit {
  /** The whole header, with it. */
  readonly header?: { readonly expect: Bytes; readonly put: Bytes };
  readonly expect: readonly (readonly [address: Bytes, ciphertext: Bytes | undefined])[];
  readonly put: readonly Row[];
  readonly delete: readonly Bytes[];
}

export class Database {
  readonly #environment: Environment;
  readonly #onBlocking: () => void;
  #connecting: Promise<Connection> | undefined;
  /** What is asked for in one breath is read in one transaction: ten thousand would cost more than what they read. */
  #reading: IDBObjectStore | undefined;

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
      const store = this.#readable(connection);
      return Promise.all(addresses.map(async (address) => rowAt(store, address)));
    });
  }

  /**
   * All of it or nothing, on disk when it settles. Throws ChangedElsewhereError when a row is not what
   * the writer expected, StorageFullError when there is no room.
   */
  async commit(commit: Commit): Promise<void> {
    const { header } = commit;
    await this.#using(async (connection) => {
      const transaction = connection.transaction(["header", "rows"], "readwrite", STRICT);
      const headers = transaction.objectStore("header");
      const store = transaction.objectStore("rows");
      const done = settled(transaction.done);
      const found = await Promise.all(commit.expect.map(([address]) => store.get(address)));
      const stands = header === undefined || same(await headers.get(HEADER), header.expect);
      if (!stands || !commit.expect.every(([, expected], at) => same(found[at], expected))) {
        transaction.abort();
        throw new ChangedElsewhereError();
      }
      const writes = commit.put.map(async ([address, ciphertext]): Promise<unknown> =>
        store.put(ciphertext, address),
      );
      const headed = async (): Promise<unknown> => header && headers.put(header.put, HEADER);
      writes.push(headed());
      const deletions = commit.delete.map((address) => store.delete(address));
      try {
        await Promise.all([...writes, ...deletions, done]);
      } catch (error) {
        abort(transaction);
        throw error;
      }
    });
  }

  /** The wrong tries so far; `undefined` after a right one. */
  async tries(): Promise<Tries | undefined> {
    return this.#using((connection) => connection.get("tries", TRIES));
  }

  /** `next` decides on what stands now, so that two tabs never count one try; gives what it decided. */
  async countTry(next: (tries: Tries | undefined) => Tries): Promise<Tries> {
    return this.#using(async (connection) => {
      const transaction = connection.transaction("tries", "readwrite", STRICT);
      const done = settled(transaction.done);
      const counted = next(await transaction.store.get(TRIES));
      await Promise.all([transaction.store.put(counted, TRIES), done]);
      return counted;
    });
  }

  /** `undefined` forgets them. */
  async setTries(tries: Tries | undefined): Promise<void> {
    await this.#using(async (connection) => {
      if (tries === undefined) await connection.delete("tries", TRIES);
      else await connection.put("tries", tries, TRIES);
    });
  }

  /**
   * The header as it is goes beside, under a name of its own, where nothing ever writes over it; the rows
   * stay. A new vault can then be made here. Throws ChangedElsewhereError when it is another header by now.
   */
  async setAside(header: Bytes, name: string): Promise<void> {
    await this.#using(async (connection) => {
      const transaction = connection.transaction("header", "readwrite", STRICT);
      const done = settled(transaction.done);
      if (!same(await transaction.store.get(HEADER), header)) {
        transaction.abort();
        throw new ChangedElsewhereError();
      }
      const moved = [
        transaction.store.put(header, `aside-${name}`),
        transaction.store.delete(HEADER),
      ];
      await Promise.all([...moved, done]);
    });
  }

  /**
   * Another header and these rows in place of all that there is: first on disk together, so that no slot of
   * before opens anything, then every other row goes.
   */
  async replace(header: Bytes, rows: readonly Row[]): Promise<void> {
    await this.#using(async (connection) => {
      const slots = connection.transaction(["header", "rows"], "readwrite", STRICT);
      const headers = slots.objectStore("header");
      const first = headers.put(header, HEADER);
      const writes = rows.map(([address, row]) => slots.objectStore("rows").put(row, address));
      await Promise.all([first, ...writes, settled(slots.done)]);
      const others = connection.transaction(["header", "rows", "tries"], "readwrite", STRICT);
      const store = others.objectStore("rows");
      const kept = new Set(rows.map(([address]) => toHex(address)));
      const gone = (await store.getAllKeys()).filter(
        (key) => !kept.has(toHex(new Uint8Array(key))),
      );
      const deletions = gone.map((key) => store.delete(key));
      const aside = await others.objectStore("header").getAllKeys();
      for (const name of aside) if (name !== HEADER) void others.objectStore("header").delete(name);
      await Promise.all([...deletions, others.objectStore("tries").clear(), others.done]);
    });
  }

  /** Key slots first, so that what the disk may keep of the rows opens for nobody; then everything. */
  async wipe(noise: Bytes): Promise<void> {
    await this.#using(async (connection) => {
      const overwrite = async (): Promise<void> => {
        const slots = connection.transaction("header", "readwrite", STRICT);
        const done = settled(slots.done);
        await Promise.all([slots.store.put(noise, HEADER), done]);
      };
      // A full disk may refuse even that: what is deleted below goes all the same.
      await overwrite().catch(() => undefined);
      const names = ["header", "rows", "tries"] as const;
      const all = connection.transaction(names, "readwrite", STRICT);
      await Promise.all([...names.map((name) => all.objectStore(name).clear()), all.done]);
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

  #readable(connection: Connection): IDBObjectStore {
    if (this.#reading === undefined) {
      this.#reading = unwrap(connection).transaction("rows", "readonly").objectStore("rows");
      // Before the browser ends the transaction, which it does when no microtask is left.
      queueMicrotask(() => (this.#reading = undefined));
    }
    return this.#reading;
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

/** As `get` of `idb`, without the three wrappings that it makes around each row. */
async function rowAt(store: IDBObjectStore, address: Bytes): Promise<Bytes | undefined> {
  return new Promise((resolve, reject) => {
    const request: IDBRequest<unknown> = store.get(address);
    // As `Layout` has it.
    request.onsuccess = () => resolve(request.result as Bytes | undefined);
    request.onerror = (event) => {
      // Else the whole transaction ends, and with it the rows that are well.
      event.preventDefault();
      reject(request.error ?? new Error("no reason given"));
    };
  });
}

/** A write that was refused before it became a request ends nothing by itself: the others would stay. */
function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // The browser has ended it already.
  }
}

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
