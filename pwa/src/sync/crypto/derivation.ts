/** HKDF-SHA256 without salt (RFC 5869): one secret gives a key for each purpose. */
import type { Bytes } from "../bytes.ts";

/** `info`: the purpose, ASCII text. */
export async function derive(secret: Bytes, info: string, length = 32): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: new TextEncoder().encode(info),
    },
    key,
    8 * length,
  );
  return new Uint8Array(bits);
}
