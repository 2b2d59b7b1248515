/** Rows that may not be what they were: `undefined` for one that no longer opens, so that the others go on. */
import type { Hex } from "../bytes.ts";
import type { Certificate } from "../enrolment.ts";
import { readCertificateRow } from "./certificate-layout.ts";
import { type HeldKey, type HeldRevision, readKey, readRevision } from "./layout.ts";

/** Inside a change or outside one. */
type Read = (address: Hex) => Promise<unknown>;

/** What a store rejects with, and what a decoder throws; anything else may pass, and is thrown on. */
const DAMAGES: readonly unknown[] = ["damaged", "unknown-row", "malformed"];

export async function heldRevision(read: Read, address: Hex): Promise<HeldRevision | undefined> {
  return wholeOrNone(async () => readRevision(await read(address)));
}

export async function heldKey(read: Read, address: Hex): Promise<HeldKey | undefined> {
  return wholeOrNone(async () => readKey(await read(address)));
}

/** What the hub offers next takes its place. */
export async function heldCertificate(read: Read, address: Hex): Promise<Certificate | undefined> {
  return wholeOrNone(async () => readCertificateRow(await read(address)));
}

export async function wholeOrNone<T>(reading: () => Promise<T>): Promise<T | undefined> {
  try {
    return await reading();
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (DAMAGES.includes(code)) return undefined;
    throw error;
  }
}
