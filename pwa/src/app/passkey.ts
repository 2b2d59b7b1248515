/**
 * A passkey that opens a vault: fingerprint, face or the phone's own lock, through WebAuthn's PRF extension.
 * It is found by the browser itself (discoverable, nothing listed), so that nothing about it is kept here.
 */
import type { Bytes } from "../sync/bytes.ts";

/** One fixed input: each passkey gives its own secret for it, which nobody else learns. */
const PRF_INPUT = new TextEncoder().encode("sojourn/1/vault");

/** It gives no secret, so it can open nothing. */
export class NoPrfError extends Error {
  override readonly name = "NoPrfError";
}

/** The person said no, nothing was found, or the time ran out: browsers do not tell which. */
export class NotGivenError extends Error {
  override readonly name = "NotGivenError";
}

/** Whether this browser can ask for one at all. */
export function hasPasskeys(): boolean {
  return "PublicKeyCredential" in window && isSecureContext;
}

/**
 * Makes one under a neutral name, and reads its secret by asking for it at once: not every authenticator gives
 * it when it is made. Throws NoPrfError, NotGivenError.
 */
export async function makePasskey(
  name: string,
  randomBytes: (size: number) => Bytes,
): Promise<Bytes> {
  const made = await given(
    navigator.credentials.create({
      publicKey: {
        rp: { name },
        user: { id: randomBytes(16), name, displayName: name },
        challenge: randomBytes(32),
        // ES256 and RS256: what authenticators have.
        pubKeyCredParams: [
          { type: "public-key", alg: -7 },
          { type: "public-key", alg: -257 },
        ],
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        extensions: { prf: {} },
      },
    }),
  );
  if (made.getClientExtensionResults().prf?.enabled !== true) throw new NoPrfError();
  return readPasskey(randomBytes);
}

/** 32 bytes, the same each time. Throws as above. */
export async function readPasskey(randomBytes: (size: number) => Bytes): Promise<Bytes> {
  const found = await given(
    navigator.credentials.get({
      publicKey: {
        challenge: randomBytes(32),
        allowCredentials: [],
        userVerification: "required",
        extensions: { prf: { eval: { first: PRF_INPUT } } },
      },
    }),
  );
  const secret = found.getClientExtensionResults().prf?.results?.first;
  if (secret === undefined) throw new NoPrfError();
  const view = ArrayBuffer.isView(secret) ? secret.buffer : secret;
  return new Uint8Array(view).slice(0, 32);
}

async function given(asking: Promise<Credential | null>): Promise<PublicKeyCredential> {
  let credential: Credential | null;
  try {
    credential = await asking;
  } catch {
    throw new NotGivenError();
  }
  if (!(credential instanceof PublicKeyCredential)) throw new NotGivenError();
  return credential;
}
