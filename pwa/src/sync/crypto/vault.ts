/**
 * The vault's header: eight slots, each of which may hold the vault key under a secret; unused ones are random.
 *
 * Opening always costs one Argon2id run and eight openings, whatever the secret and wherever its slot, so
 * that time tells nothing of how many slots are in use.
 */
import { type Bytes, concat } from "../bytes.ts";
import { decode, encode } from "../canonical.ts";
import { bytesOf, id, labelled, list, natural } from "../decoding.ts";
import { MalformedError, OpeningError } from "../errors.ts";
import type { RandomBytes } from "../identifiers.ts";
import * as aead from "./aead.ts";
import { derive } from "./derivation.ts";
import { normalised } from "./passphrase.ts";

export const SLOTS = 8;
export const SLOT_SIZE = 92;
export const SMALLEST_MEMORY_KIB = 19_456;
export const SMALLEST_PASSES = 2;
const KINDS = ["open", "wipe"] as const;
const FILL_SIZE = 31;

/** `wipe`: whoever typed this secret asked for the vault to be destroyed. */
export type SlotKind = (typeof KINDS)[number];

/** What one guess costs (RFC 9106); the least is OWASP's second choice for Argon2id. */
export interface Cost {
  readonly memory_kib: number;
  readonly passes: number;
}

/** One row, always rewritten whole. The cost is fixed for its life. */
export interface VaultHeader extends Cost {
  readonly salt: Bytes;
  readonly slots: readonly Bytes[];
}

export interface OpenedSlot {
  readonly vaultKey: Bytes;
  readonly kind: SlotKind;
  readonly number: number;
}

/** One run, one lane, 32 bytes. */
export type Argon2id = (passphrase: Bytes, salt: Bytes, cost: Cost) => Promise<Bytes>;

/** All eight slots unused. */
export function newHeader({ memory_kib, passes }: Cost, randomBytes: RandomBytes): VaultHeader {
  const slots = Array.from({ length: SLOTS }, () => randomBytes(SLOT_SIZE));
  return { salt: randomBytes(16), memory_kib, passes, slots };
}

export function encodeHeader({ salt, memory_kib, passes, slots }: VaultHeader): Bytes {
  return encode(["sojourn/1/vault", salt, memory_kib, passes, slots]);
}

/** Throws MalformedError. */
export function decodeHeader(raw: Bytes): VaultHeader {
  const [salt, memory, passes, slots] = labelled(decode(raw), "sojourn/1/vault", 4);
  const header: VaultHeader = {
    salt: id(salt, "$[1]"),
    memory_kib: natural(memory, "$[2]"),
    passes: natural(passes, "$[3]"),
    slots: list(bytesOf(SLOT_SIZE))(slots, "$[4]"),
  };
  if (!inRange(header.memory_kib, SMALLEST_MEMORY_KIB)) throw new MalformedError("$[2]");
  if (!inRange(header.passes, SMALLEST_PASSES)) throw new MalformedError("$[3]");
  if (header.slots.length !== SLOTS) throw new MalformedError("$[4]", `${SLOTS} slots`);
  return header;
}

/** The header with the vault key in slot `number`, 0–7. */
export async function fillSlot(
  header: VaultHeader,
  number: number,
  slotKey: Bytes,
  vaultKey: Bytes,
  kind: SlotKind = "open",
): Promise<VaultHeader> {
  const content = concat(vaultKey, Uint8Array.of(KINDS.indexOf(kind)), new Uint8Array(FILL_SIZE));
  const key = await aead.importKey(slotKey);
  const sealed = await aead.seal(key, content, slotAssociated(header, number));
  return { ...header, slots: header.slots.map((slot, at) => (at === number ? sealed : slot)) };
}

/** Tries all eight, always. Throws OpeningError when none opens. */
export async function openSlots(header: VaultHeader, slotKey: Bytes): Promise<OpenedSlot> {
  const key = await aead.importKey(slotKey);
  const tries = await Promise.all(
    header.slots.map((sealed, number) => openSlot(header, key, sealed, number)),
  );
  const opened = tries.find((found) => found !== undefined);
  if (opened === undefined) throw new OpeningError();
  return opened;
}

/** One Argon2id run, then HKDF. */
export async function passphraseSlotKey(
  header: VaultHeader,
  passphrase: string,
  argon2id: Argon2id,
): Promise<Bytes> {
  const raw = new TextEncoder().encode(normalised(passphrase));
  return derive(await argon2id(raw, header.salt, header), "sojourn/1/slot-passphrase");
}

/** From 160 random bits: nothing to slow down. */
export async function recoverySlotKey(recoveryKey: Bytes): Promise<Bytes> {
  return derive(recoveryKey, "sojourn/1/slot-recovery");
}

/** From the output of a passkey's PRF. */
export async function passkeySlotKey(secret: Bytes): Promise<Bytes> {
  return derive(secret, "sojourn/1/slot-passkey");
}

export async function rowsKey(vaultKey: Bytes): Promise<Bytes> {
  return derive(vaultKey, "sojourn/1/rows");
}

/** Seals the key of a file with all that is in a vault. */
export async function exportKey(vaultKey: Bytes): Promise<Bytes> {
  return derive(vaultKey, "sojourn/1/export");
}

/** The row that holds the vault's root. */
export async function rootAddress(vaultKey: Bytes): Promise<Bytes> {
  return derive(vaultKey, "sojourn/1/root", 16);
}

async function openSlot(
  header: VaultHeader,
  key: CryptoKey,
  sealed: Bytes,
  number: number,
): Promise<OpenedSlot | undefined> {
  try {
    return readSlot(await aead.openSealed(key, sealed, slotAssociated(header, number)), number);
  } catch {
    return undefined;
  }
}

function readSlot(content: Bytes, number: number): OpenedSlot {
  const kind = KINDS[content[32] ?? -1];
  const fill = content.subarray(33);
  if (kind === undefined || fill.length !== FILL_SIZE || fill.some((byte) => byte !== 0)) {
    throw new OpeningError();
  }
  return { vaultKey: content.slice(0, 32), kind, number };
}

function slotAssociated({ salt }: VaultHeader, number: number): Bytes {
  return encode(["sojourn/1/slot", salt, number]);
}

function inRange(value: number, least: number): boolean {
  return value >= least && value < 2 ** 32;
}
