/**
 * Rows of noise that a new store begins with. Without them a store with few rows would tell that it has
 * one vault with little in it; with them nobody can say which rows are anybody's.
 */
import type { Bytes } from "../sync/bytes.ts";
import { OVERHEAD } from "../sync/crypto/aead.ts";
import { paddedLength } from "../sync/crypto/padding.ts";
import type { RandomBytes } from "../sync/identifiers.ts";

const FEWEST = 24;
/** A byte would add up to 255 rows, many for a cheap phone: a quarter of it. */
const SPREAD = 4;

/** 24 to 87 rows, of sizes that notes, contacts and pages of the index have. */
export function chaff(randomBytes: RandomBytes): [address: Bytes, ciphertext: Bytes][] {
  const count = FEWEST + Math.floor(byteOf(randomBytes) / SPREAD);
  return Array.from({ length: count }, () => [randomBytes(16), randomBytes(size(randomBytes))]);
}

/** Small ones are common, large ones rare: each doubling half as often, from 512 bytes to 32 KiB. */
function size(randomBytes: RandomBytes): number {
  const doublings = Math.min(Math.clz32(byteOf(randomBytes)) - 24, 6);
  const content = 512 * 2 ** doublings * (1 - byteOf(randomBytes) / 512);
  return paddedLength(Math.floor(content)) + OVERHEAD;
}

function byteOf(randomBytes: RandomBytes): number {
  return randomBytes(1)[0] ?? 0;
}
