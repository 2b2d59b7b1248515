/** Making, opening and destroying vaults. */
import { type Bytes, toHex } from "../sync/bytes.ts";
import {
  encodeHeader,
  newHeader,
  SLOT_SIZE,
  SLOTS,
  type VaultHeader,
} from "../sync/crypto/vault.ts";
import type { RandomBytes } from "../sync/identifiers.ts";
import type { Change } from "../sync/store.ts";
import { chaff } from "./chaff.ts";
import { Collector } from "./collector.ts";
import { Database } from "./database.ts";
import type { Environment } from "./environment.ts";
import {
  StorageFullError,
  UnknownRowError,
  VaultExistsError,
  WrongPassphraseError,
} from "./errors.ts";
import type { Secret, Vault } from "./face.ts";
import { OpenVault } from "./open-vault.ts";
import { type Changed, type Keys, NO_PAGES, readSnapshot } from "./sealed-index.ts";
import { assignSlots, emptied, found, keysOf, readHeader, slotKeyOf, slotOf } from "./slots.ts";
import { sayLock } from "./tabs.ts";
import { counted, restOf } from "./tries.ts";

/** Whether a vault was ever made in this browser; how many, nobody can tell. */
export async function hasVault(environment: Environment): Promise<boolean> {
  return withDatabase(environment, async (database) => (await database.header()) !== undefined);
}

/** Seconds until the next try, after wrong ones. */
export async function secondsToWait(environment: Environment): Promise<number> {
  return withDatabase(environment, async (database) => {
    const tries = await database.tries();
    const now = environment.now();
    // A clock that was set back: the whole wait, from here on.
    if (tries !== undefined && now < tries.last) await database.setTries({ ...tries, last: now });
    return restOf(tries, now);
  });
}

/** What else a vault begins with: a recovery key that opens it too, and what is in it. */
export interface Beginning {
  readonly recovery: Bytes;
  readonly fill: (change: Change) => void;
}

/**
 * Makes the first vault, whole or not at all; takes about two seconds. Throws VaultExistsError when there is one.
 */
export async function createVault(
  environment: Environment,
  passphrase: string,
  beginning?: Beginning,
): Promise<Vault> {
  if (await hasVault(environment)) throw new VaultExistsError();
  const { derivation, randomBytes } = environment;
  const empty = newHeader(await derivation.calibrate(), randomBytes);
  const slotKey = await slotKeyOf(environment, empty, passphrase);
  const slots = assignSlots(randomBytes);
  const filled = beginning && (await filledWith(empty, environment, beginning));
  const { header, keys, rows } = await found(empty, slots, slotKey, randomBytes, filled);
  await withDatabase(environment, async (database) => {
    await database.found(encodeHeader(header), [...rows, ...chaff(randomBytes)]);
  });
  return opened(environment, keys);
}

/**
 * Opens the vault that this secret opens: one Argon2id run for a passphrase, none for a key, and eight
 * openings, whatever there is. A wiping passphrase destroys everything and opens what it leaves: a place
 * with nothing in it. Throws WrongPassphraseError, TooSoonError, NoVaultError, DamagedError.
 */
export async function openVault(environment: Environment, secret: Secret): Promise<Vault> {
  return withDatabase(environment, async (database) => {
    const header = await readHeader(database);
    const keys = await counted(environment, database, async () => {
      const slotKey = await slotKeyOf(environment, header, secret);
      const slot = await slotOf(header, slotKey);
      if (slot === undefined) throw new WrongPassphraseError();
      if (slot.kind === "open") return keysOf(slot.vaultKey);
      return beginAnew(environment, database, header, slotKey);
    });
    return opened(environment, keys);
  });
}

/** Destroys the key slots, then everything: all vaults of this browser. Open ones lock first. */
export async function wipe(environment: Environment): Promise<void> {
  sayLock(environment);
  await withDatabase(environment, async (database) =>
    database.wipe(noise(environment.randomBytes)),
  );
}

/**
 * For a store that cannot be read: puts its header beside, where nothing writes over it, and lets its rows be,
 * so that a new vault can be made here.
 */
export async function setAside(environment: Environment): Promise<void> {
  await withDatabase(environment, async (database) => {
    const header = await database.header();
    if (header === undefined) return;
    await database.setAside(header, toHex(environment.randomBytes(16)));
  });
}

/** As a new vault, under the same salt, so that it opens as fast as any; the passphrase opens it from now on. */
async function beginAnew(
  environment: Environment,
  database: Database,
  before: VaultHeader,
  slotKey: Bytes,
): Promise<Keys> {
  sayLock(environment);
  const { randomBytes } = environment;
  const empty = emptied(before, randomBytes);
  const { header, keys, rows } = await found(empty, assignSlots(randomBytes), slotKey, randomBytes);
  try {
    await database.replace(encodeHeader(header), rows);
  } catch (error) {
    if (!(error instanceof StorageFullError)) throw error;
    // No room even for an empty place: what was asked for is that nothing stays.
    await database.wipe(noise(randomBytes));
    throw new WrongPassphraseError();
  }
  // Only a cover: a disk too full for it is no reason to stop.
  await database.commit({ expect: [], put: chaff(randomBytes), delete: [] }).catch(() => undefined);
  return keys;
}

async function filledWith(
  empty: VaultHeader,
  environment: Environment,
  { recovery, fill }: Beginning,
): Promise<Changed & { recovery: Bytes }> {
  const none = async (): Promise<never> => Promise.reject(new UnknownRowError());
  const nothing = { ...NO_PAGES, rootCiphertext: new Uint8Array(0) };
  const collector = new Collector(nothing, none, environment.randomBytes, (id) => id);
  fill(collector);
  const { lines, contents } = collector;
  return { lines, contents, recovery: await slotKeyOf(environment, empty, { recovery }) };
}

/** As long as a header. */
function noise(randomBytes: RandomBytes): Bytes {
  return randomBytes(32 + SLOTS * SLOT_SIZE);
}

async function opened(environment: Environment, keys: Keys): Promise<Vault> {
  let vault: Vault | undefined;
  const database = new Database(environment, () => {
    if (vault === undefined) void database.close();
    else void vault.lock();
  });
  try {
    vault = new OpenVault(environment, database, keys, await readSnapshot(database, keys));
    return vault;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function withDatabase<T>(
  environment: Environment,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = new Database(environment, () => void database.close());
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
