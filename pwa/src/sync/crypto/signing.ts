/** ECDSA over P-256 with SHA-256; a signature is r‖s, 64 bytes, as WebCrypto writes it. */
import type { Bytes } from "../bytes.ts";
import { BadSignatureError, MalformedError } from "../errors.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

/** A new pair as bytes: `publicKey` an uncompressed point (65), `privateKey` PKCS#8 DER, for a vault's inside. */
export async function newKeyPair(): Promise<{ publicKey: Bytes; privateKey: Bytes }> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  return {
    publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
    privateKey: new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)),
  };
}

/** Usable, not readable, as long as a vault is open. Throws MalformedError for what is no such key. */
export async function importPrivateKey(raw: Bytes): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey("pkcs8", raw, ALGORITHM, false, ["sign"]);
  } catch {
    throw new MalformedError("$", "a P-256 key in PKCS#8");
  }
}

export async function sign(privateKey: CryptoKey, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign(SIGNATURE, privateKey, message));
}

/** Throws BadSignatureError, also for a public key that is no point of the curve. */
export async function verify(publicKey: Bytes, signature: Bytes, message: Bytes): Promise<void> {
  if (!(await verifies(publicKey, signature, message))) throw new BadSignatureError();
}

async function verifies(publicKey: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  if (publicKey.length !== 65 || signature.length !== 64) return false;
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, ALGORITHM, false, ["verify"]);
    return await crypto.subtle.verify(SIGNATURE, key, signature, message);
  } catch {
    return false;
  }
}
