/**
 * Attachments: the bytes of one file as sealed chunks, each known by the hash of its ciphertext.
 *
 * STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, "Online authenticated-encryption and its nonce-reuse
 * misuse-resistance", CRYPTO 2015): a chunk's nonce holds its number and whether it is the last, so that
 * none can be left out, moved, added, or taken from another file. The last piece is padded, so that a
 * length tells little.
 */
import { type Bytes, concat } from "../bytes.ts";
import { sha256 } from "../canonical.ts";
import { OpeningError } from "../errors.ts";
import { randomBytes } from "../identifiers.ts";
import { importKey } from "./aead.ts";
import { pad, unpad } from "./padding.ts";

const KEY_SIZE = 32;
const PIECE_SIZE = 256 * 1024;
/** A piece with AES-GCM's tag. */
export const CHUNK_LIMIT = PIECE_SIZE + 16;

/** `address`: SHA-256 of `bytes`, the name by which a hub keeps it. */
export interface Chunk {
  readonly address: Bytes;
  readonly bytes: Bytes;
}

/** `key`: 32 bytes, this attachment's alone. `chunks`: in their order, at least one. */
export interface Attachment {
  readonly key: Bytes;
  readonly chunks: readonly Chunk[];
}

/** Under a fresh key: nonces count from 0, so no key ever seals a second attachment. */
export async function sealAttachment(content: Bytes): Promise<Attachment> {
  const key = randomBytes(KEY_SIZE);
  const cipher = await importKey(key);
  // The last piece is always shorter than the others, so that its padding has room.
  const last = Math.floor(content.length / PIECE_SIZE);
  const chunks: Chunk[] = [];
  for (let number = 0; number <= last; number += 1) {
    const piece = content.subarray(number * PIECE_SIZE, (number + 1) * PIECE_SIZE);
    const iv = nonce(number, number === last);
    const padded = number === last ? pad(piece) : piece;
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, cipher, padded);
    const bytes = new Uint8Array(sealed);
    chunks.push({ address: await sha256(bytes), bytes });
  }
  return { key, chunks };
}

/** The content; all its chunks in their order are needed. Throws OpeningError. */
export async function openAttachment(key: Bytes, chunks: readonly Bytes[]): Promise<Bytes> {
  const cipher = await importKey(key);
  const pieces: Bytes[] = [];
  for (const [number, chunk] of chunks.entries()) {
    const isLast = number === chunks.length - 1;
    const piece = await openChunk(cipher, nonce(number, isLast), chunk);
    if (!isLast && piece.length !== PIECE_SIZE) throw new OpeningError();
    pieces.push(isLast ? unpad(piece) : piece);
  }
  if (pieces.length === 0) throw new OpeningError();
  return concat(...pieces);
}

async function openChunk(key: CryptoKey, iv: Bytes, chunk: Bytes): Promise<Bytes> {
  if (chunk.length > CHUNK_LIMIT) throw new OpeningError();
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, chunk));
  } catch {
    throw new OpeningError();
  }
}

/** The number in 11 bytes, big-endian, then 1 for the last chunk. */
function nonce(number: number, isLast: boolean): Bytes {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(7, number);
  iv[11] = isLast ? 1 : 0;
  return iv;
}
