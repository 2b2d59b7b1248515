/** ECDSA over P-256 with SHA-256; a signature is r‖s, 64 bytes, as WebCrypto writes it. */
import { type Bytes, concat, fromHex } from "../bytes.ts";
import { fromText } from "../canonical.ts";
import { BadSignatureError, MalformedError } from "../errors.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

/** PKCS#8 (RFC 5958) around an ECPrivateKey (RFC 5915) of P-256 that says no public key: what stands before the number. */
const BEFORE_SCALAR = fromHex(
  "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420",
);

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

/** The uncompressed point (65 bytes) of a private key in PKCS#8. Throws MalformedError. */
export async function publicKeyOf(raw: Bytes): Promise<Bytes> {
  const { x, y } = await jwkOf(raw);
  return concat(Uint8Array.of(4), fromText(x ?? ""), fromText(y ?? ""));
}

/** The number (32 bytes, big-endian) that is all of a private key that cannot be made again: for a printed sheet. */
export async function scalarOf(raw: Bytes): Promise<Bytes> {
  return fromText((await jwkOf(raw)).d ?? "");
}

/** The private key of such a number, in PKCS#8 with its public key. Throws MalformedError. */
export async function privateKeyOf(scalar: Bytes): Promise<Bytes> {
  try {
    const raw = concat(BEFORE_SCALAR, scalar);
    const key = await crypto.subtle.importKey("pkcs8", raw, ALGORITHM, true, ["sign"]);
    return new Uint8Array(await crypto.subtle.exportKey("pkcs8", key));
  } catch {
    throw new MalformedError("$", "a P-256 key");
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

async function jwkOf(raw: Bytes): Promise<JsonWebKey> {
  try {
    const key = await crypto.subtle.importKey("pkcs8", raw, ALGORITHM, true, ["sign"]);
    return await crypto.subtle.exportKey("jwk", key);
  } catch {
    throw new MalformedError("$", "a P-256 key in PKCS#8");
  }
}
