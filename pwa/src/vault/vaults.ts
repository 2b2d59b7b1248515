/** Making, opening and destroying vaults. */
import type { Bytes } from "../sync/bytes.ts";
import { importKey } from "../sync/crypto/aead.ts";
import {
  decodeHeader,
  encodeHeader,
  fillSlot,
  newHeader,
  type OpenedSlot,
  openSlots,
  passphraseSlotKey,
  rootAddress,
  rowsKey,
  SLOT_SIZE,
  SLOTS,
  type VaultHeader,
} from "../sync/crypto/vault.ts";
import { OpeningError } from "../sync/errors.ts";
import type { RandomBytes } from "../sync/identifiers.ts";
import { chaff } from "./chaff.ts";
import { Database } from "./database.ts";
import type { Environment } from "./environment.ts";
import { DamagedError, NoVaultError, VaultExistsError, WrongPassphraseError } from "./errors.ts";
import type { AutoLock, Vault } from "./face.ts";
import type { Slots } from "./layout.ts";
import { OpenVault } from "./open-vault.ts";
import { type Keys, readSnapshot, rewrite } from "./sealed-index.ts";
import { sayLock } from "./tabs.ts";

export const DEFAULT_AUTO_LOCK: AutoLock = { idle_seconds: 300, hidden_seconds: 60 };

/** Whether a vault was ever made in this browser; how many, nobody can tell. */
export async function hasVault(environment: Environment): Promise<boolean> {
  return withDatabase(environment, async (database) => (await database.header()) !== undefined);
}

/** Makes the first vault; takes about two seconds. Throws VaultExistsError when there is one. */
export async function createVault(environment: Environment, passphrase: string): Promise<Vault> {
  if (await hasVault(environment)) throw new VaultExistsError();
  const { derivation, randomBytes } = environment;
  const slots = assignSlots(randomBytes);
  const empty = newHeader(await derivation.calibrate(), randomBytes);
  const slotKey = await passphraseSlotKey(empty, passphrase, derivation.argon2id);
  const vaultKey = randomBytes(32);
  const header = await fillSlot(empty, slots.own[0] ?? 0, slotKey, vaultKey);
  const keys = await keysOf(vaultKey);
  const root = { slots, pages: [], autoLock: DEFAULT_AUTO_LOCK };
  const { put } = await rewrite(keys, { root, pages: [] }, new Map(), randomBytes);
  await withDatabase(environment, async (database) => {
    await database.found(encodeHeader(header), [...put, ...chaff(randomBytes)]);
  });
  return opened(environment, keys);
}

/**
 * Opens the vault that this passphrase opens: one Argon2id run and eight openings, whatever there is.
 * Throws WrongPassphraseError, NoVaultError, DamagedError.
 */
export async function openVault(environment: Environment, passphrase: string): Promise<Vault> {
  const header = await withDatabase(environment, readHeader);
  const slot = await openSlot(environment, header, passphrase);
  if (slot.kind === "wipe") {
    await wipe(environment);
    throw new WrongPassphraseError();
  }
  return opened(environment, await keysOf(slot.vaultKey));
}

/** Destroys the key slots, then everything: all vaults of this browser. Open ones lock first. */
export async function wipe(environment: Environment): Promise<void> {
  sayLock(environment);
  const noise = environment.randomBytes(32 + SLOTS * SLOT_SIZE);
  await withDatabase(environment, async (database) => database.wipe(noise));
}

/** Which slots are whose is random, so that a filled one tells nothing; one of the eight stays free. */
export function assignSlots(randomBytes: RandomBytes): Slots {
  const numbers = Array.from({ length: SLOTS }, (_, number) => number);
  const order = new Map(numbers.map((number) => [number, rank(randomBytes)]));
  numbers.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  return { own: numbers.slice(0, 3), second: numbers.slice(3, 6), wiping: numbers.slice(6, 7) };
}

function rank(randomBytes: RandomBytes): number {
  return new DataView(randomBytes(4).buffer).getUint32(0);
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

async function readHeader(database: Database): Promise<VaultHeader> {
  const raw = await database.header();
  if (raw === undefined) throw new NoVaultError();
  try {
    return decodeHeader(raw);
  } catch (cause) {
    throw new DamagedError({ cause });
  }
}

async function openSlot(
  environment: Environment,
  header: VaultHeader,
  passphrase: string,
): Promise<OpenedSlot> {
  const { argon2id } = environment.derivation;
  const slotKey = await passphraseSlotKey(header, passphrase, argon2id);
  try {
    return await openSlots(header, slotKey);
  } catch (error) {
    if (error instanceof OpeningError) throw new WrongPassphraseError();
    throw error;
  }
}

async function keysOf(vaultKey: Bytes): Promise<Keys> {
  const rows = await importKey(await rowsKey(vaultKey));
  const root = await rootAddress(vaultKey);
  vaultKey.fill(0);
  return { rows, root };
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
