/**
 * From `unknown` to values: a decoder takes a value and its path, and returns what it is or throws
 * MalformedError with that path.
 */
import type { Bytes } from "./bytes.ts";
import { MalformedError } from "./errors.ts";

export type Decoder<T> = (value: unknown, path: string) => T;

/** Integers stay below it, so that JavaScript holds them exactly. */
export const LIMIT = 2 ** 53;

/** A copy, so that a small field does not keep a large answer in memory. */
export function bytes(value: unknown, path: string): Bytes {
  if (!(value instanceof Uint8Array)) throw new MalformedError(path, "bytes");
  return new Uint8Array(value);
}

export function bytesOf(size: number): Decoder<Bytes> {
  return (value, path) => {
    const found = bytes(value, path);
    if (found.length !== size) throw new MalformedError(path, `${size} bytes`);
    return found;
  };
}

/** What encrypted things are: bytes between two sizes. */
export function bytesBetween(least: number, most: number): Decoder<Bytes> {
  return (value, path) => {
    const found = bytes(value, path);
    if (found.length < least || found.length > most) {
      throw new MalformedError(path, `${least} to ${most} bytes`);
    }
    return found;
  };
}

export const id = bytesOf(16);
export const hash = bytesOf(32);
export const signature = bytesOf(64);
export const signingKey = bytesOf(65);
export const sealingKey = bytesOf(1216);

export function text(value: unknown, path: string): string {
  if (typeof value !== "string") throw new MalformedError(path, "text");
  return value;
}

export function boolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw new MalformedError(path, "true or false");
  return value;
}

export function integer(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw new MalformedError(path, "an integer");
  }
  return value;
}

export function natural(value: unknown, path: string): number {
  const found = integer(value, path);
  if (found < 0) throw new MalformedError(path, "0 or more");
  return found;
}

export function positive(value: unknown, path: string): number {
  const found = natural(value, path);
  if (found === 0) throw new MalformedError(path, "1 or more");
  return found;
}

export function oneOf<const T extends string>(...choices: readonly T[]): Decoder<T> {
  return (value, path) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new MalformedError(path, choices.join(" or "));
    return found;
  };
}

export function optional<T>(decoder: Decoder<T>): Decoder<T | undefined> {
  return (value, path) =>
    value === undefined || value === null ? undefined : decoder(value, path);
}

export function list<T>(decoder: Decoder<T>, most = Number.MAX_SAFE_INTEGER): Decoder<T[]> {
  return (value, path) => {
    const found = array(value, path);
    if (found.length > most) throw new MalformedError(path, `at most ${most}`);
    return found.map((item, at) => decoder(item, `${path}[${at}]`));
  };
}

export function array(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new MalformedError(path, "a list");
  return value;
}

/** A list of exactly so many parts, whose decoders differ. */
export function tuple(value: unknown, path: string, size: number): readonly unknown[] {
  const found = array(value, path);
  if (found.length !== size) throw new MalformedError(path, `${size} parts`);
  return found;
}

/** The labelled array that is hashed, signed or kept: its parts after the label. */
export function labelled(value: unknown, label: string, size: number): readonly unknown[] {
  const [found, ...parts] = tuple(value, "$", size + 1);
  if (found !== label) throw new MalformedError("$[0]", label);
  return parts;
}

/** Reads a map's fields by name; what else is in it is a later version's, and let be. */
export function fieldsOf(
  value: unknown,
  path: string,
): <T>(name: string, decoder: Decoder<T>) => T {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new MalformedError(path, "a map");
  }
  const found = new Map<string, unknown>(Object.entries(value));
  return (name, decoder) => decoder(found.get(name), `${path}.${name}`);
}
