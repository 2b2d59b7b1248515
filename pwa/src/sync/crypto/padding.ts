/**
 * Padding that hides lengths: 0x80 and zeros, to the Padmé length, at least 512 bytes.
 *
 * Padmé (Nikitin and others, "Reducing metadata leakage from encrypted files", PETS 2019, section 4) leaks
 * O(log log n) bits of a length and costs at most 12 %.
 */
import type { Bytes } from "../bytes.ts";
import { OpeningError } from "../errors.ts";

const SMALLEST = 512;
const MARK = 0x80;

/** For content of `length` bytes, the mark not counted. */
export function paddedLength(length: number): number {
  const size = length + 1;
  const exponent = bitLength(size) - 1;
  const lowBits = Math.max(exponent - bitLength(exponent), 0);
  const unit = 2 ** lowBits;
  return Math.max(SMALLEST, Math.ceil(size / unit) * unit);
}

export function pad(content: Bytes): Bytes {
  const padded = new Uint8Array(paddedLength(content.length));
  padded.set(content);
  padded[content.length] = MARK;
  return padded;
}

/** Throws OpeningError for anything that `pad` does not make. */
export function unpad(padded: Bytes): Bytes {
  let end = padded.length;
  while (end > 0 && padded[end - 1] === 0) end -= 1;
  if (end === 0 || padded[end - 1] !== MARK || paddedLength(end - 1) !== padded.length) {
    throw new OpeningError();
  }
  return padded.slice(0, end - 1);
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}
