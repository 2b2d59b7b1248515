/**
 * All that is private in a vault as one file (docs/protocol.md, section 3, "Export"): a head with the vault's own
 * ways in, which seal the file's key, then chunks sealed as an attachment's are. Written and read piece by
 * piece, so that a phone with little memory can do it.
 */
import { type Bytes, concat, type Hex } from "../../sync/bytes.ts";
import { decode, encode, type Part, sha256, toText } from "../../sync/canonical.ts";
import * as aead from "../../sync/crypto/aead.ts";
import {
  type Chunk,
  CHUNK_LIMIT,
  openPiece,
  PIECE_SIZE,
  sealPiece,
} from "../../sync/crypto/attachments.ts";
import { decodeHeader, exportKey } from "../../sync/crypto/vault.ts";
import { array, bytes, labelled, list, text, tuple } from "../../sync/decoding.ts";
import { MalformedError, OpeningError } from "../../sync/errors.ts";
import type { RandomBytes } from "../../sync/identifiers.ts";
import { value, type Value } from "../../sync/revisions.ts";
import type { Store } from "../../sync/store.ts";
import type { Environment } from "../environment.ts";
import { chunkLines, putChunks, readChunk } from "../chunks.ts";
import { BrokenFileError, WrongPassphraseError } from "../errors.ts";
import type { ExportWays, Secret, Vault } from "../face.ts";
import { orGone } from "../notes.ts";
import { slotKeyOf, slotOf } from "../slots.ts";
import { isCopy } from "./carrying.ts";
import { BACKED_UP, type Fields, fieldsOfRow, rowOf } from "./content.ts";
import { Strangers } from "./taking.ts";

const LABEL = "sojourn/1/export";
/** A head has a vault's header, some 800 bytes, and a sealed key. */
const HEAD_LIMIT = 4096;
/** So many records are written at once. */
const BATCH = 64;

/** A file's record; `chunks`: those of a picture, in their order. */
interface Item {
  readonly fields: Fields;
  readonly chunks: readonly Chunk[];
}

/** `missing`: of how many records it has nothing, or a picture without what it consists of. */
export interface Exported {
  readonly file: Blob;
  readonly missing: number;
}

/** What does not open any more is left out: nobody could read it there either. */
export async function exportFile(
  vault: Store,
  { header, key }: ExportWays,
  randomBytes: RandomBytes,
): Promise<Exported> {
  const fileKey = randomBytes(32);
  const sealed = await aead.seal(await aead.importKey(key), fileKey, associated(header));
  const head = encode([LABEL, header, sealed]);
  const cipher = await aead.importKey(fileKey);
  fileKey.fill(0);
  const parts: Bytes[] = [lengthOf(head), head];
  let [number, waiting, missing] = [0, new Uint8Array(0), 0];
  for await (const item of itemsOf(vault, () => (missing += 1))) {
    const content = encode(item);
    waiting = concat(waiting, lengthOf(content), content);
    let at = 0;
    for (; waiting.length - at >= PIECE_SIZE; at += PIECE_SIZE, number += 1) {
      parts.push(await sealPiece(cipher, number, false, waiting.slice(at, at + PIECE_SIZE)));
    }
    waiting = waiting.slice(at);
  }
  parts.push(await sealPiece(cipher, number, true, waiting));
  return { file: new Blob(parts, { type: "application/octet-stream" }), missing };
}

/**
 * Adds what is in a file to the open vault, but for what is here already; gives how many records were added.
 * The whole file is read and found good before anything is written. Throws BrokenFileError for one that is
 * cut, changed, or none of ours, WrongPassphraseError.
 */
export async function importFile(
  environment: Environment,
  vault: Vault,
  file: Blob,
  secret: Secret,
): Promise<number> {
  const head = await readHead(file);
  const cipher = await cipherOf(environment, head, secret);
  const chunks = file.slice(head.size);
  for await (const item of readItems(chunks, cipher)) await whole(() => checkItem(item));
  let added = 0;
  let batch: Item[] = [];
  const write = async (): Promise<void> => {
    const items = batch;
    batch = [];
    added += await vault.change(async (change) => {
      const strangers = new Strangers(change, []);
      let count = 0;
      for (const { fields, chunks } of items) {
        const same = await strangers.take(change, fields);
        if (same !== undefined) {
          // A picture that came from the hub without its chunks.
          if (chunkLines(change, same.address).length === 0) {
            putChunks(change, same.address, chunks);
          }
          continue;
        }
        const { entry, parts } = rowOf(change.newAddress(), fields);
        change.put(entry, parts);
        putChunks(change, entry.address, chunks);
        count += 1;
      }
      return count;
    });
  };
  for await (const item of readItems(chunks, cipher)) {
    batch.push(item);
    if (batch.length === BATCH || item.chunks.length > 0) await write();
  }
  await write();
  return added;
}

async function* itemsOf(vault: Store, onMissing: () => void): AsyncGenerator<readonly Part[]> {
  for (const entry of BACKED_UP.flatMap((type) => vault.entries(type))) {
    const fields = await orGone(async () => fieldsOfRow(entry, await vault.readRow(entry.address)));
    if (fields !== undefined) {
      yield ["record", [...fields].map(([name, held]): Part => [name, held])];
    }
    const chunks = fields && isCopy(entry) ? await chunksOf(vault, entry.address) : [];
    if (fields === undefined || chunks === undefined) onMissing();
    for (const chunk of chunks ?? []) yield ["chunk", chunk];
  }
}

/** All of a picture's, or `undefined`: its name and small picture are worth keeping without them. */
async function chunksOf(vault: Store, copy: Hex): Promise<Bytes[] | undefined> {
  const lines = chunkLines(vault, copy);
  if (lines.length === 0) return undefined;
  return orGone(async () => Promise.all(lines.map(async ({ row }) => readChunk(vault, row))));
}

interface Head {
  readonly header: Bytes;
  readonly sealed: Bytes;
  /** Bytes before the first chunk. */
  readonly size: number;
}

async function readHead(file: Blob): Promise<Head> {
  return whole(async () => {
    const length = numberIn(await bytesIn(file.slice(0, 4)), 0);
    if (length > HEAD_LIMIT) throw new OpeningError();
    const raw = await bytesIn(file.slice(4, 4 + length));
    const [header, sealed] = labelled(decode(raw), LABEL, 2);
    return {
      header: bytes(header, "$[1]"),
      sealed: bytes(sealed, "$[2]"),
      size: 4 + length,
    };
  });
}

async function cipherOf(
  environment: Environment,
  { header, sealed }: Head,
  secret: Secret,
): Promise<CryptoKey> {
  const ways = await whole(() => Promise.resolve(decodeHeader(header)));
  const slot = await slotOf(ways, await slotKeyOf(environment, ways, secret));
  if (slot === undefined) throw new WrongPassphraseError();
  return whole(async () => {
    const key = await aead.importKey(await exportKey(slot.vaultKey));
    slot.vaultKey.fill(0);
    return aead.importKey(await aead.openSealed(key, sealed, associated(header)));
  });
}

/** Each record with the chunks that come after it. */
async function* readItems(chunks: Blob, cipher: CryptoKey): AsyncGenerator<Item> {
  let item: { fields: Fields; chunks: Chunk[] } | undefined;
  for await (const raw of readParts(chunks, cipher)) {
    const read = await whole(() => readItem(raw));
    if ("fields" in read) {
      if (item !== undefined) yield item;
      item = { ...read, chunks: [] };
    } else if (item === undefined) throw new BrokenFileError();
    else item.chunks.push(read);
  }
  if (item !== undefined) yield item;
}

/**
 * Throws MalformedError for what makes no row, or not with these chunks. A picture may have none: they had not
 * come from the hub when the file was made.
 */
function checkItem({ fields, chunks }: Item): Promise<void> {
  rowOf("", fields);
  const named = fields.get("kind") === "copy" ? fields.get("value:chunks") : [];
  if (chunks.length === 0) return Promise.resolve();
  const here = chunks.map(({ address }) => toText(address));
  if (JSON.stringify(named) !== JSON.stringify(here)) throw new MalformedError("$.chunks");
  return Promise.resolve();
}

async function* readParts(chunks: Blob, cipher: CryptoKey): AsyncGenerator<Bytes> {
  let waiting = new Uint8Array(0);
  const count = Math.max(1, Math.ceil(chunks.size / CHUNK_LIMIT));
  for (let number = 0; number < count; number += 1) {
    const chunk = chunks.slice(number * CHUNK_LIMIT, (number + 1) * CHUNK_LIMIT);
    const piece = await whole(async () =>
      openPiece(cipher, number, number === count - 1, await bytesIn(chunk)),
    );
    waiting = concat(waiting, piece);
    let at = 0;
    while (waiting.length - at >= 4) {
      const end = at + 4 + numberIn(waiting, at);
      if (waiting.length < end) break;
      const raw = waiting.slice(at + 4, end);
      yield raw;
      at = end;
    }
    waiting = waiting.slice(at);
  }
  if (waiting.length > 0) throw new BrokenFileError();
}

async function readItem(raw: Bytes): Promise<{ fields: Fields } | Chunk> {
  const found = array(decode(raw), "$");
  if (found[0] === "chunk") {
    const chunk = bytes(labelled(found, "chunk", 1)[0], "$[1]");
    return { address: await sha256(chunk), bytes: chunk };
  }
  const [fields] = labelled(found, "record", 1);
  return { fields: new Map(list(readField)(fields, "$[1]")) };
}

function readField(found: unknown, path: string): [string, Value] {
  const [name, held] = tuple(found, path, 2);
  return [text(name, `${path}[0]`), value(held, `${path}[1]`)];
}

/** Whatever is wrong with a file, it is not whole. */
async function whole<T>(reading: () => Promise<T>): Promise<T> {
  try {
    return await reading();
  } catch (cause) {
    if (cause instanceof MalformedError || cause instanceof OpeningError) {
      throw new BrokenFileError({ cause });
    }
    throw cause;
  }
}

function associated(header: Bytes): Bytes {
  return encode(["sojourn/1/export-key", header]);
}

function lengthOf(content: Bytes): Bytes {
  const raw = new Uint8Array(4);
  new DataView(raw.buffer).setUint32(0, content.length);
  return raw;
}

/** Throws OpeningError where there are no four bytes. */
function numberIn(raw: Bytes, at: number): number {
  if (raw.length < at + 4) throw new OpeningError();
  return new DataView(raw.buffer, raw.byteOffset).getUint32(at);
}

async function bytesIn(blob: Blob): Promise<Bytes> {
  return new Uint8Array(await blob.arrayBuffer());
}
