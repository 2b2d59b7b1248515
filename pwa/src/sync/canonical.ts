/**
 * The one way in which Sojourn writes bytes that are hashed, signed or authenticated: MessagePack arrays.
 *
 * @msgpack/msgpack writes the shortest encoding of integers and lengths, `bin` for bytes and `str` for
 * text, which is what docs/protocol.md asks for; the vectors check it. Readers decode and encode again.
 */
import * as msgpack from "@msgpack/msgpack";

import type { Bytes } from "./bytes.ts";
import { MalformedError } from "./errors.ts";

export type Part = Uint8Array | string | number | boolean | null | readonly Part[];

/** Throws RangeError for a number that is no integer: it would become a float, which no side reads. */
export function encode(array: readonly Part[]): Bytes {
  refuseFractions(array);
  return msgpack.encode(array);
}

function refuseFractions(found: Part): void {
  if (typeof found === "number" && !Number.isSafeInteger(found)) {
    throw new RangeError("not an integer");
  }
  if (Array.isArray(found)) for (const each of found as readonly Part[]) refuseFractions(each);
}

/** SHA-256 of the encoded array, 32 bytes. */
export async function digest(array: readonly Part[]): Promise<Bytes> {
  return sha256(encode(array));
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Whatever MessagePack holds; a decoder (decoding.ts) makes it a value. Throws MalformedError. */
export function decode(raw: Uint8Array): unknown {
  try {
    return msgpack.decode(raw);
  } catch {
    throw new MalformedError("$", "MessagePack");
  }
}

/** For keeping what was decoded as it was: throws MalformedError for maps, fractions and times. */
export function part(value: unknown, path: string): Part {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map((item, at) => part(item, `${path}[${at}]`));
  throw new MalformedError(path, "lists, text, bytes, integers");
}

/** base64url without padding (RFC 4648, section 5). */
export function toText(raw: Uint8Array): string {
  let binary = "";
  for (const byte of raw) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The inverse of `toText`, and of nothing else: padding, other letters and stray bits are malformed. */
export function fromText(text: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new MalformedError("$", "base64url");
  }
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const raw = new Uint8Array(binary.length);
  for (let at = 0; at < raw.length; at += 1) raw[at] = binary.charCodeAt(at);
  if (toText(raw) !== text) throw new MalformedError("$", "base64url in its one form");
  return raw;
}
