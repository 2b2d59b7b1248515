/**
 * Suite 1: HPKE base mode (RFC 9180) with X-Wing, HKDF-SHA256, AES-256-GCM; sealed = enc (1120) ‖ ciphertext.
 *
 * A private key is X-Wing's 32-byte seed, imported as raw. It is never put through HPKE's DeriveKeyPair,
 * which gives another key.
 */
import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";

import { type Bytes, concat } from "../bytes.ts";
import { MalformedError, OpeningError } from "../errors.ts";
import { randomBytes } from "../identifiers.ts";

export const SUITE = 1;
const ENC_SIZE = 1120;
const SEED_SIZE = 32;

const kem = new XWing();
const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() });

export function newSeed(): Bytes {
  return randomBytes(SEED_SIZE);
}

/** ML-KEM-768 public key (1184) ‖ X25519 public key (32). */
export async function publicKey(seed: Bytes): Promise<Bytes> {
  // A copy: the library keeps a view of what it is given.
  const { publicKey } = await kem.generateKeyPairDerand(seed.slice());
  return new Uint8Array(await kem.serializePublicKey(publicKey));
}

/** Throws MalformedError for a public key that is none. */
export async function seal(publicKey: Bytes, content: Bytes, info: Bytes): Promise<Bytes> {
  try {
    const recipientPublicKey = await kem.importKey("raw", publicKey.slice().buffer, true);
    const { enc, ct } = await suite.seal({ recipientPublicKey, info }, content);
    return concat(new Uint8Array(enc), new Uint8Array(ct));
  } catch {
    throw new MalformedError("$", "a sealing key");
  }
}

/** Throws OpeningError, whatever the cause. */
export async function openSealed(seed: Bytes, sealed: Bytes, info: Bytes): Promise<Bytes> {
  try {
    const recipientKey = await kem.importKey("raw", seed.slice().buffer, false);
    const enc = sealed.slice(0, ENC_SIZE);
    const content = await suite.open({ recipientKey, enc, info }, sealed.slice(ENC_SIZE));
    return new Uint8Array(content);
  } catch {
    throw new OpeningError();
  }
}
