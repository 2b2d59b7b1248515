/** Reads tests/vectors: examples that Python and TypeScript both pass. Bytes are hex there. */
import { readFileSync } from "node:fs";

import { type Bytes, fromHex } from "../../src/sync/bytes.ts";
import { type Decoder, fieldsOf, list, text } from "../../src/sync/decoding.ts";

/** One example: its fields by name, each read with a decoder. */
export type Case = <T>(name: string, decoder: Decoder<T>) => T;

export function cases(name: string, kind: "valid" | "invalid"): [title: string, each: Case][] {
  const address = new URL(`../../../tests/vectors/${name}.json`, import.meta.url);
  const whole: unknown = JSON.parse(readFileSync(address, "utf-8"));
  return fieldsOf(whole, name)(kind, list(unread)).map((value, at) => {
    const field = fieldsOf(value, `${name}.${kind}[${at}]`);
    return [titleOf(value) ?? String(at), field];
  });
}

export function unread(value: unknown): unknown {
  return value;
}

export const hex: Decoder<Bytes> = (value, path) => fromHex(text(value, path));

/** A Struct as JSON: every text of hex as bytes, but for the fields that are text. */
export const unhexed: Decoder<unknown> = (value) => {
  if (Array.isArray(value)) return value.map((item) => unhexed(item, ""));
  if (typeof value === "string") return fromHex(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      ["role", "name", "hub"].includes(name) ? part : unhexed(part, name),
    ]),
  );
};

function titleOf(value: unknown): string | undefined {
  const field = fieldsOf(value, "");
  for (const name of ["why", "name"]) {
    const found = field(name, unread);
    if (typeof found === "string") return found;
  }
  return undefined;
}
