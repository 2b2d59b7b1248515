/**
 * Bodies: a revision's plaintext, padded and sealed under a content key, bound to all else in the revision.
 *
 * In `members` and `admin` what is sealed is signed by its author first, since whoever may read there
 * holds the key and could otherwise write as another.
 */
import type { Bytes } from "../bytes.ts";
import { decode, encode } from "../canonical.ts";
import { bytes, labelled, signature as decodeSignature } from "../decoding.ts";
import { MalformedError, OpeningError } from "../errors.ts";
import { BODY_LIMIT, type Revision } from "../revisions.ts";
import * as aead from "./aead.ts";
import { keyId } from "./content-keys.ts";
import { pad, paddedLength, unpad } from "./padding.ts";
import { sign, verify } from "./signing.ts";

/** All of a revision that is known before its body is. */
export interface Unsealed {
  readonly record: Bytes;
  readonly supersedes: readonly Bytes[];
  readonly tombstone?: boolean;
  readonly chunks?: readonly Bytes[];
}

/** `content` is the encoded plaintext; `signature` its author's. */
export interface SignedContent {
  readonly content: Bytes;
  readonly signature: Bytes;
}

/**
 * A whole revision. `content`: an encoded plaintext, or encoded signed content. Throws MalformedError
 * when the sealed body would pass 64 KiB.
 */
export async function sealBody(
  contentKey: Bytes,
  collection: Bytes,
  { record, supersedes, tombstone = false, chunks = [] }: Unsealed,
  content: Bytes,
): Promise<Revision> {
  if (paddedLength(content.length) + aead.OVERHEAD > BODY_LIMIT) {
    throw new MalformedError("$.body", `at most ${BODY_LIMIT} bytes`);
  }
  const whole = { record, supersedes, key: await keyId(contentKey), tombstone, chunks };
  const key = await aead.importKey(contentKey);
  const body = await aead.seal(key, pad(content), associated(collection, whole));
  return { ...whole, body };
}

/** The content, unpadded. Throws OpeningError. */
export async function openBody(
  contentKey: Bytes,
  collection: Bytes,
  revision: Revision,
): Promise<Bytes> {
  const key = await aead.importKey(contentKey);
  return unpad(await aead.openSealed(key, revision.body, associated(collection, revision)));
}

/** What an author of `members` or `admin` signs. */
export function signedMessage(
  collection: Bytes,
  { record, supersedes, key, tombstone }: Omit<Revision, "body" | "chunks">,
  content: Bytes,
): Bytes {
  return encode(["sojourn/1/signed", collection, record, supersedes, key, tombstone, content]);
}

/** Encoded signed content, for `sealBody`. */
export async function signContent(
  privateKey: CryptoKey,
  collection: Bytes,
  revision: Omit<Revision, "body" | "chunks">,
  content: Bytes,
): Promise<Bytes> {
  const signature = await sign(privateKey, signedMessage(collection, revision, content));
  return encode(["sojourn/1/signed-content", content, signature]);
}

/** What `openBody` gave in `members` or `admin`; not verified yet. Throws OpeningError. */
export function readSigned(raw: Bytes): SignedContent {
  try {
    const [content, signature] = labelled(decode(raw), "sojourn/1/signed-content", 2);
    return { content: bytes(content, "$[1]"), signature: decodeSignature(signature, "$[2]") };
  } catch {
    throw new OpeningError();
  }
}

/** Throws BadSignatureError. */
export async function verifySigned(
  { content, signature }: SignedContent,
  authorSigningKey: Bytes,
  collection: Bytes,
  revision: Revision,
): Promise<void> {
  await verify(authorSigningKey, signature, signedMessage(collection, revision, content));
}

function associated(
  collection: Bytes,
  { record, supersedes, key, tombstone, chunks }: Omit<Revision, "body">,
): Bytes {
  return encode(["sojourn/1/body", collection, record, supersedes, key, tombstone, chunks]);
}
