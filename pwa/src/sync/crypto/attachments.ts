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
export const PIECE_SIZE = 256 * 1024;
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
    const bytes = await sealPiece(cipher, number, number === last, piece);
    chunks.push({ address: await sha256(bytes), bytes });
  }
  return { key, chunks };
}

/** The content; all its chunks in their order are needed. Throws OpeningError. */
export async function openAttachment(key: Bytes, chunks: readonly Bytes[]): Promise<Bytes> {
  const cipher = await importKey(key);
  const pieces: Bytes[] = [];
  for (const [number, chunk] of chunks.entries()) {
    pieces.push(await openPiece(cipher, number, number === chunks.length - 1, chunk));
  }
  if (pieces.length === 0) throw new OpeningError();
  return concat(...pieces);
}

/** One chunk: PIECE_SIZE bytes, or fewer in the last. Whoever counts them begins at 0 under a fresh key. */
export async function sealPiece(
  cipher: CryptoKey,
  number: number,
  isLast: boolean,
  piece: Bytes,
): Promise<Bytes> {
  const iv = nonce(number, isLast);
  const padded = isLast ? pad(piece) : piece;
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, cipher, padded));
}

/** Throws OpeningError, also for a chunk in another's place. */
export async function openPiece(
  cipher: CryptoKey,
  number: number,
  isLast: boolean,
  chunk: Bytes,
): Promise<Bytes> {
  if (chunk.length > CHUNK_LIMIT) throw new OpeningError();
  const piece = await opened(cipher, nonce(number, isLast), chunk);
  if (isLast) return unpad(piece);
  if (piece.length !== PIECE_SIZE) throw new OpeningError();
  return piece;
}

async function opened(cipher: CryptoKey, iv: Bytes, chunk: Bytes): Promise<Bytes> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, cipher, chunk));
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
