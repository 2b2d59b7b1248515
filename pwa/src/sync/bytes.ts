/** Bytes: their one type here, joining, comparing, hex. */

/** What WebCrypto takes: never a view of shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Lower-case hex of some bytes: a key of maps, and what ids look like outside this room. */
export type Hex = string;

export function toHex(bytes: Uint8Array): Hex {
  let text = "";
  for (const byte of bytes) text += PAIRS[byte] ?? "";
  return text;
}

/** An index of ten thousand contacts names a million bytes: none is written twice. */
const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The inverse of `toHex`; whoever passes anything else has a fault, so it throws RangeError. */
export function fromHex(text: Hex): Bytes {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new RangeError("not lower-case hex");
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = digitAt(text, 2 * at) * 16 + digitAt(text, 2 * at + 1);
  }
  return bytes;
}

/** "0" is 48, "a" is 97. */
function digitAt(text: Hex, at: number): number {
  const code = text.charCodeAt(at);
  return code < 97 ? code - 48 : code - 87;
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** In the order of their values, byte by byte; a prefix goes first. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Not in constant time: for what is no secret. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compare(a, b) === 0;
}

/** Whether a list ascends without repeats. */
export function ascends(list: readonly Uint8Array[]): boolean {
  return list.every((item, at) => {
    const before = list[at - 1];
    return before === undefined || compare(before, item) < 0;
  });
}
