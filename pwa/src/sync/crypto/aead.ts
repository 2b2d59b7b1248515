/** AES-256-GCM with a random nonce before the ciphertext: nonce (12) ‖ ciphertext ‖ tag (16). */
import { type Bytes, concat } from "../bytes.ts";
import { OpeningError } from "../errors.ts";
import { randomBytes } from "../identifiers.ts";

const NONCE_SIZE = 12;
export const OVERHEAD = NONCE_SIZE + 16;

/** A key as this room holds it in memory: usable, not readable. */
export async function importKey(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Random nonces are safe here: no key seals more than some 10,000 bodies or a store's rows (2^32). */
export async function seal(key: CryptoKey, content: Bytes, associated: Bytes): Promise<Bytes> {
  const nonce = randomBytes(NONCE_SIZE);
  const algorithm = { name: "AES-GCM", iv: nonce, additionalData: associated };
  return concat(nonce, new Uint8Array(await crypto.subtle.encrypt(algorithm, key, content)));
}

/** Throws OpeningError, whatever the cause. */
export async function openSealed(key: CryptoKey, sealed: Bytes, associated: Bytes): Promise<Bytes> {
  const iv = sealed.subarray(0, NONCE_SIZE);
  const algorithm = { name: "AES-GCM", iv, additionalData: associated };
  try {
    const content = await crypto.subtle.decrypt(algorithm, key, sealed.subarray(NONCE_SIZE));
    return new Uint8Array(content);
  } catch {
    throw new OpeningError();
  }
}
