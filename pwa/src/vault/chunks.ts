/**
 * The sealed chunks of attachments (docs/protocol.md, section 3), one row each. A chunk's line in the index
 * names the keepsake that it belongs to, its number and its address, so that even a copy which does not open
 * any more is deleted whole. Chunks come and go in one transaction with their keepsake: a kill in the middle
 * leaves none behind, and nothing has to look for orphans.
 */
import { type Bytes, fromHex, type Hex, toHex } from "../sync/bytes.ts";
import type { Chunk } from "../sync/crypto/attachments.ts";
import { bytes, hash, id, labelled, tuple } from "../sync/decoding.ts";
import { MalformedError } from "../sync/errors.ts";
import { grouped } from "../sync/grouped.ts";
import { once } from "../sync/once.ts";
import type { Change, Entry, Store } from "../sync/store.ts";
import { DamagedError } from "./errors.ts";

/** Where a chunk lies; `owner` is its keepsake, `address` is the SHA-256 of its bytes, by which a hub keeps it. */
export interface ChunkLine {
  readonly row: Hex;
  readonly owner: Hex;
  readonly address: Hex;
}

/** The keepsakes that have chunks here; nothing is opened. */
export function chunkOwners(lines: Pick<Store, "entries">): Set<Hex> {
  return new Set(linesByOwner(lines.entries("chunk")).keys());
}

/** Those of one keepsake, in their order; nothing is opened. */
export function chunkLines(lines: Pick<Store, "entries">, keepsake: Hex): readonly ChunkLine[] {
  return linesByOwner(lines.entries("chunk")).get(keepsake) ?? [];
}

const linesByOwner = once((entries: readonly Entry[]) => {
  const lines = [...entries].sort((a, b) => a.order - b.order).map(lineOf);
  return grouped(lines, ({ owner }) => owner);
});

const lineOf = once(({ address: row, small }: Entry): ChunkLine => ({
  row,
  ...decodeSmall(small),
}));

/** One chunk as it is sent: ciphertext. Throws DamagedError. */
export async function readChunk(store: Pick<Store, "readRow">, row: Hex): Promise<Bytes> {
  const content = await store.readRow(row);
  try {
    const [version, sealed] = labelled(content, "chunk", 2);
    if (version !== 1) throw new MalformedError("$[1]");
    return bytes(sealed, "$[2]");
  } catch (cause) {
    throw new DamagedError({ cause });
  }
}

/** All chunks of a keepsake that is put in the same change, in their order. */
export function putChunks(change: Change, keepsake: Hex, chunks: readonly Chunk[]): void {
  for (const [order, chunk] of chunks.entries()) {
    const small = [fromHex(keepsake), chunk.address];
    const line = {
      address: change.newAddress(),
      type: "chunk",
      state: "",
      collection: "",
    } as const;
    change.put({ ...line, order, small }, ["chunk", 1, chunk.bytes]);
  }
}

/** With the deletion of their keepsake, in the same change. */
export function deleteChunks(change: Change, keepsake: Hex): void {
  for (const { row } of chunkLines(change, keepsake)) change.delete(row);
}

function decodeSmall(small: unknown): { owner: Hex; address: Hex } {
  const [owner, address] = tuple(small, "$", 2);
  return { owner: toHex(id(owner, "$[0]")), address: toHex(hash(address, "$[1]")) };
}
