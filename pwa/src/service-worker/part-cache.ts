/** Parts by their hash, kept as they arrive. What is in this cache was found right. */
import { Refusal } from "../reader/errors.ts";
import { sha256 } from "../reader/pack-index.ts";
import { decodePart, type Part } from "../reader/part.ts";
import { refuseWhenForgotten } from "./forgotten.ts";
import { root } from "./scope.ts";

const NAME = "sojourn-packs";
const FOLDER = new URL("packs/parts/", root).href;

/** Parts on their way, so that a page that asks for one does not fetch it a second time. */
const underway = new Map<string, Promise<void>>();

export async function heldParts(): Promise<Set<string>> {
  const cache = await caches.open(NAME);
  return new Set((await cache.keys()).map(({ url }) => url.slice(FOLDER.length)));
}

export async function readPart(hash: string): Promise<Part | undefined> {
  const found = await findPart(hash);
  return found && decodePart(await found.arrayBuffer());
}

export async function findPart(hash: string): Promise<Response | undefined> {
  return (await caches.open(NAME)).match(FOLDER + hash);
}

/** Throws `Refusal` on other bytes, `TypeError` as `fetch` does when the line is cut. */
export function fetchPart(hash: string): Promise<void> {
  const same = underway.get(hash);
  if (same !== undefined) return same;
  const started = fetchAndKeep(hash).finally(() => underway.delete(hash));
  underway.set(hash, started);
  return started;
}

export async function deleteParts(hashes: readonly string[]): Promise<void> {
  const cache = await caches.open(NAME);
  await Promise.all(hashes.map((hash) => cache.delete(FOLDER + hash)));
}

async function fetchAndKeep(hash: string): Promise<void> {
  let status = 0;
  // Parts are immutable to the browser's own cache: an error or a spoilt part that lies there, put in
  // by some proxy, would stay for ever. So what is not right is asked for once more, from afar.
  for (const mode of ["default", "reload"] as const) {
    const response = await fetch(FOLDER + hash, { cache: mode });
    status = response.status;
    if (!response.ok) continue;
    const bytes = await response.arrayBuffer();
    if ((await sha256(bytes)) !== hash) continue;
    refuseWhenForgotten();
    const cache = await caches.open(NAME);
    const headers = { "content-type": "application/json" };
    await cache.put(FOLDER + hash, new Response(bytes, { headers }));
    return;
  }
  if (status >= 400) throw new TypeError(`${status} for part ${hash}`);
  throw new Refusal("bad-hash", hash);
}
