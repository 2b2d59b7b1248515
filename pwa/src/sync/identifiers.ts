/** How identifiers are made (docs/protocol.md, "Bytes"). */
import type { Bytes } from "./bytes.ts";
import { digest, sha256 } from "./canonical.ts";

export type CollectionName = "contacts" | "members" | "admin";
/** A relay hands on what it can read none of: nothing is ever sealed to it. */
export type Role = "worker" | "coordinator" | "relay";

/** `size` random bytes; WebCrypto's, but for tests. */
export type RandomBytes = (size: number) => Bytes;

export const randomBytes: RandomBytes = (size) => crypto.getRandomValues(new Uint8Array(size));

export async function collectionId(programme: Bytes, name: CollectionName): Promise<Bytes> {
  return (await digest(["sojourn/1/collection", programme, name])).slice(0, 16);
}

/** From the public key as an uncompressed point, 65 bytes. */
export async function deviceId(signingKey: Bytes): Promise<Bytes> {
  return (await sha256(signingKey)).slice(0, 16);
}

/** The `recipient` that stands for a programme's sealing key. */
export async function sealingKeyId(sealingKey: Bytes): Promise<Bytes> {
  return (await sha256(sealingKey)).slice(0, 16);
}
