/** What opens the header's slots, and what a new vault puts there. */
import { type Bytes, equal } from "../sync/bytes.ts";
import { importKey } from "../sync/crypto/aead.ts";
import {
  decodeHeader,
  fillSlot,
  newHeader,
  type OpenedSlot,
  openSlots,
  passkeySlotKey,
  passphraseSlotKey,
  recoverySlotKey,
  rootAddress,
  rowsKey,
  SLOTS,
  type VaultHeader,
} from "../sync/crypto/vault.ts";
import { OpeningError } from "../sync/errors.ts";
import type { RandomBytes } from "../sync/identifiers.ts";
import type { Database } from "./database.ts";
import type { Environment } from "./environment.ts";
import { DamagedError, NoVaultError, WrongPassphraseError } from "./errors.ts";
import type { AutoLock, Secret } from "./face.ts";
import { firstWays, freeSlot, type Root, type Slots } from "./layout.ts";
import { type Changed, type Keys, NO_PAGES, rewrite } from "./sealed-index.ts";
import { canonicalPassphrase } from "./suggestion.ts";

export const DEFAULT_AUTO_LOCK: AutoLock = { idle_seconds: 300, hidden_seconds: 60 };

/** Throws NoVaultError, DamagedError. */
export async function readHeader(database: Database): Promise<VaultHeader> {
  return headerOf(await database.header());
}

/** Throws NoVaultError, DamagedError. */
export function headerOf(raw: Bytes | undefined): VaultHeader {
  if (raw === undefined) throw new NoVaultError();
  try {
    return decodeHeader(raw);
  } catch (cause) {
    throw new DamagedError({ cause });
  }
}

/** One Argon2id run for a passphrase, none for the others. */
export async function slotKeyOf(
  { derivation }: Pick<Environment, "derivation">,
  header: VaultHeader,
  secret: Secret,
): Promise<Bytes> {
  if (typeof secret === "string") {
    return passphraseSlotKey(header, canonicalPassphrase(secret), derivation.argon2id);
  }
  return "recovery" in secret ? recoverySlotKey(secret.recovery) : passkeySlotKey(secret.passkey);
}

/** `undefined` when this secret opens nothing. */
export async function slotOf(header: VaultHeader, slotKey: Bytes): Promise<OpenedSlot | undefined> {
  try {
    return await openSlots(header, slotKey);
  } catch (error) {
    if (error instanceof OpeningError) return undefined;
    throw error;
  }
}

/** The key of the vault whose root lies at `root`; throws WrongPassphraseError for any other. */
export async function vaultKeyOf(header: VaultHeader, slotKey: Bytes, root: Bytes): Promise<Bytes> {
  const found = await slotOf(header, slotKey);
  if (found?.kind === "open" && equal(await rootAddress(found.vaultKey), root)) {
    return found.vaultKey;
  }
  throw new WrongPassphraseError();
}

/** Takes the vault key: it is zeros afterwards. */
export async function keysOf(vaultKey: Bytes): Promise<Keys> {
  const rows = await importKey(await rowsKey(vaultKey));
  const root = await rootAddress(vaultKey);
  vaultKey.fill(0);
  return { rows, root };
}

/** Which slots are whose is random, so that a filled one tells nothing; one of the eight stays free. */
export function assignSlots(randomBytes: RandomBytes): Slots {
  const numbers = ALL.slice();
  const order = new Map(numbers.map((number) => [number, rank(randomBytes)]));
  numbers.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  return { own: numbers.slice(0, 3), second: numbers.slice(3, 6), wiping: numbers.slice(6, 7) };
}

/**
 * For the vault that a second passphrase opens: the first one's `second` for its own, and the slot that
 * nobody has, so that a second passphrase can be set there as in any other, for either purpose.
 */
export function slotsOfSecond({ own, second, wiping }: Slots): Slots {
  const taken = new Set([...own, ...second, ...wiping]);
  const free = ALL.filter((number) => !taken.has(number));
  // The third in a row has nothing to give.
  if (second.length < 3) return { own: second, second: [], wiping: [] };
  return { own: second, second: free, wiping: free };
}

/** A vault that begins, as its slots and its rows. */
export interface Founded {
  readonly header: VaultHeader;
  readonly keys: Keys;
  readonly rows: readonly (readonly [Bytes, Bytes])[];
}

/** In the first of its own slots, under the key that a passphrase gives; in the next, under `recovery`. */
export async function found(
  empty: VaultHeader,
  slots: Slots,
  slotKey: Bytes,
  randomBytes: RandomBytes,
  { recovery, ...filled }: Changed & { readonly recovery?: Bytes } = NOTHING,
): Promise<Founded> {
  const vaultKey = randomBytes(32);
  const ways = firstWays(slots);
  let header = await fillSlot(empty, ways.passphrase, slotKey, vaultKey);
  let root: Root = { slots, ways, second: undefined, pages: [], autoLock: DEFAULT_AUTO_LOCK };
  if (recovery !== undefined) {
    const slot = freeSlot(root);
    header = await fillSlot(header, slot, recovery, vaultKey);
    root = { ...root, ways: { ...ways, recovery: slot } };
  }
  const keys = await keysOf(vaultKey);
  const { put } = await rewrite(keys, { root, ...NO_PAGES }, filled, randomBytes);
  return { header, keys, rows: put };
}

const NOTHING: Changed = { lines: new Map(), contents: new Map() };

/** The same salt and cost, so that the key of a slot stays good; nothing in the slots. */
export function emptied(header: VaultHeader, randomBytes: RandomBytes): VaultHeader {
  return { ...newHeader(header, randomBytes), salt: header.salt };
}

const ALL: readonly number[] = Array.from({ length: SLOTS }, (_, number) => number);

function rank(randomBytes: RandomBytes): number {
  return new DataView(randomBytes(4).buffer).getUint32(0);
}
