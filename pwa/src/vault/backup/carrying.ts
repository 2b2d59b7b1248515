/** The chunks of pictures: to the hub before the revision that names them, and from it after. */
import { type Bytes, equal, fromHex, type Hex } from "../../sync/bytes.ts";
import { sha256, toText } from "../../sync/canonical.ts";
import { CHUNK_LIMIT } from "../../sync/crypto/attachments.ts";
import { boolean, bytes } from "../../sync/decoding.ts";
import { MalformedError, ProblemError } from "../../sync/errors.ts";
import type { Entry, Store } from "../../sync/store.ts";
import { chunkLines, chunkOwners, putChunks, readChunk } from "../chunks.ts";
import { attachmentOf } from "../copies.ts";
import { VaultError } from "../errors.ts";
import { decodeKeepsake } from "../keepsakes.ts";
import type { Bearer } from "./bearer.ts";
import { traces } from "./layout.ts";

export function isCopy({ type, state }: Pick<Entry, "type" | "state">): boolean {
  return type === "keepsake" && state === "copy";
}

/**
 * Sends those that the hub has not got: what was cut short goes on where it ended. Gives what the hub then holds,
 * which is all of the picture, but for what is lost here and there. Throws DamagedError.
 */
export async function uploadChunks(store: Store, bearer: Bearer, copy: Hex): Promise<Hex[]> {
  const rows = new Map(chunkLines(store, copy).map(({ row, address }) => [address, row]));
  const { values } = decodeKeepsake(copy, await store.readRow(copy));
  const held: Hex[] = [];
  for (const address of new Set(attachmentOf(values).addresses)) {
    bearer.settingsIn(store);
    const row = rows.get(address);
    const path = pathOf(bearer, fromHex(address));
    if (!(await bearer.ask({ method: "HEAD", path }, (answer) => boolean(answer, "$")))) {
      if (row === undefined) continue;
      const octets = await readChunk(store, row);
      await bearer.ask({ method: "PUT", path, octets }, () => undefined);
    }
    held.push(address);
  }
  return held;
}

/**
 * For the pictures that came without their chunks: all of one in one change. `lost`: those that the hub has
 * not got either; they are not asked for again while the vault is open.
 */
export async function fetchChunks(store: Store, bearer: Bearer, lost: Set<Hex>): Promise<void> {
  const ours = new Set(traces(store).map(({ row }) => row));
  const whole = chunkOwners(store);
  for (const entry of store.entries("keepsake").filter(isCopy)) {
    const { address } = entry;
    if (!ours.has(address) || whole.has(address) || lost.has(address)) continue;
    try {
      await fetchOne(store, bearer, address);
    } catch (error) {
      if (!isLost(error)) throw error;
      lost.add(address);
    }
  }
}

async function fetchOne(store: Store, bearer: Bearer, copy: Hex): Promise<void> {
  const { values } = decodeKeepsake(copy, await store.readRow(copy));
  const chunks: { address: Bytes; bytes: Bytes }[] = [];
  for (const each of attachmentOf(values).addresses) {
    const address = fromHex(each);
    const asked = {
      method: "GET",
      path: pathOf(bearer, address),
      answerBytes: CHUNK_LIMIT,
    } as const;
    const found = await bearer.ask(asked, (answer) => bytes(answer, "$"));
    if (!equal(await sha256(found), address)) throw new MalformedError("$", "another chunk");
    chunks.push({ address, bytes: found });
  }
  await store.change((change) => {
    bearer.settingsIn(change);
    const isHere = change.entries("keepsake").some(({ address }) => address === copy);
    if (isHere && chunkLines(change, copy).length === 0) putChunks(change, copy, chunks);
  });
}

/** Of this picture alone; the others may be whole. */
function isLost(error: unknown): boolean {
  if (error instanceof ProblemError) return error.code === "unknown";
  return (
    error instanceof MalformedError || (error instanceof VaultError && ROWS.includes(error.code))
  );
}

const ROWS: readonly string[] = ["damaged", "unknown-row"];

function pathOf({ keys }: Bearer, address: Bytes): string {
  return `collections/${toText(keys.collection)}/chunks/${toText(address)}`;
}
