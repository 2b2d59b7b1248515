/** A pack's signed index: `[body, key, signature, succession]` (docs/packs.md). */
import { decode, encode } from "@msgpack/msgpack";

import { PackError, Refusal } from "./errors.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface PartOf {
  readonly subject: string;
  /** SHA-256 of the uncompressed bytes, in hex: the part's name in its address. */
  readonly hash: string;
  /** Bytes on the wire, for progress. */
  readonly size: number;
}

export interface PackIndex {
  readonly locale: string;
  readonly number: number;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly parts: readonly PartOf[];
  readonly body: Bytes;
  readonly key: Bytes;
  readonly signature: Bytes;
  readonly succession: readonly Successor[];
}

interface Successor {
  readonly key: Bytes;
  readonly signature: Bytes;
}

const PURPOSE = "sojourn/1/index";
const KEY_PURPOSE = "sojourn/1/pack-key";
const KEY_BYTES = 65;
const SIGNATURE_BYTES = 64;
const HASH_BYTES = 32;
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Reads an index without trusting it. Throws `PackError` on any other shape. */
export function decodeIndex(bytes: Uint8Array): PackIndex {
  const [body, key, signature, succession] = tuple(unpack(bytes), 4);
  const signed = binary(body);
  const [purpose, locale, number, date, parts] = tuple(unpack(signed), 5);
  if (purpose !== PURPOSE) throw new PackError("another purpose");
  if (!Number.isSafeInteger(number)) throw new PackError("number");
  return {
    locale: text(locale),
    number: number as number,
    date: text(date),
    parts: list(parts).map(decodePart),
    body: signed,
    key: binary(key, KEY_BYTES),
    signature: binary(signature, SIGNATURE_BYTES),
    succession: list(succession).map(decodeSuccessor),
  };
}

/** Throws `Refusal` unless the index's own key signed its body. */
export async function verifySignature(index: PackIndex): Promise<void> {
  if (!(await signed(index.key, index.signature, index.body))) {
    throw new Refusal("bad-signature", index.locale);
  }
}

/** Whether the index's key is `from`, or one that `from` handed over to, step by step. */
export async function leadsFrom(from: Uint8Array, index: PackIndex): Promise<boolean> {
  if (sameBytes(from, index.key)) return true;
  const known = index.succession.findIndex(({ key }) => sameBytes(key, from));
  const steps = index.succession.slice(known + 1);
  const last = steps[steps.length - 1];
  if (last === undefined || !sameBytes(last.key, index.key)) return false;
  let signer = binary(from);
  for (const { key, signature } of steps) {
    if (!(await signed(signer, signature, binary(encode([KEY_PURPOSE, key]))))) return false;
    signer = key;
  }
  return true;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function sha256(bytes: BufferSource): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

async function signed(raw: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", raw, ECDSA, false, ["verify"]);
    return await crypto.subtle.verify(ECDSA, key, signature, message);
  } catch {
    return false; // The bytes are no point on the curve: as wrong as a wrong signature.
  }
}

function decodePart(value: unknown): PartOf {
  const [subject, hash, size] = tuple(value, 3);
  if (typeof size !== "number" || size < 0) throw new PackError("size");
  return { subject: text(subject), hash: hex(binary(hash, HASH_BYTES)), size };
}

function decodeSuccessor(value: unknown): Successor {
  const [key, signature] = tuple(value, 2);
  return { key: binary(key, KEY_BYTES), signature: binary(signature, SIGNATURE_BYTES) };
}

function unpack(bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch (error) {
    throw new PackError("not MessagePack", { cause: error });
  }
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new PackError("not a list");
  return value;
}

/** Later versions may add fields at the end; those that we know stay where they are. */
function tuple(value: unknown, length: number): unknown[] {
  const items = list(value);
  if (items.length < length) throw new PackError(`fewer than ${length} fields`);
  return items;
}

function binary(value: unknown, length?: number): Bytes {
  if (!(value instanceof Uint8Array)) throw new PackError("not bytes");
  if (length !== undefined && value.length !== length) throw new PackError(`not ${length} bytes`);
  return new Uint8Array(value);
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new PackError("not text");
  return value;
}
