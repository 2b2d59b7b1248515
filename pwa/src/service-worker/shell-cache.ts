/**
 * Scripts, style, shells and whole pages, one cache a version.
 *
 * The list of files depends on which locales this phone keeps, so it is made here and not by a
 * build-time manifest (docs/decisions/service-worker-without-workbox.md). A file is put in only when
 * its hash is right; a hashed file that the version before holds is copied, not fetched.
 */
import { Refusal } from "../reader/errors.ts";
import { sha256 } from "../reader/pack-index.ts";
import { refuseWhenForgotten } from "./forgotten.ts";
import { root } from "./scope.ts";
import { shellList } from "./shell-list.ts";

const PREFIX = "sojourn-shell-";
const NAME = PREFIX + shellList.version;

/** A tab that is still open may need a script of the version before. */
const KEPT_VERSIONS = 2;

/** Fetches those that are not there. What is there already stays when one of them fails. */
export async function addFiles(files: readonly string[]): Promise<void> {
  const cache = await caches.open(NAME);
  for (const file of files) {
    const url = new URL(file, root).href;
    if ((await cache.match(url)) !== undefined) continue;
    const response = await obtain(file, url);
    refuseWhenForgotten();
    await cache.put(url, response);
  }
}

export async function hasFiles(files: readonly string[]): Promise<boolean> {
  const cache = await caches.open(NAME);
  const held = new Set((await cache.keys()).map(({ url }) => url));
  return files.every((file) => held.has(new URL(file, root).href));
}

/** This version's file, or for a script the version's before. */
export async function findFile(url: string): Promise<Response | undefined> {
  const own = await (await caches.open(NAME)).match(url, { ignoreSearch: true });
  if (own !== undefined || !url.startsWith(new URL("assets/", root).href)) return own;
  return findInVersions(url);
}

export async function deleteOldVersions(): Promise<void> {
  const versions = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const others = versions.filter((name) => name !== NAME);
  const old = others.slice(0, Math.max(0, others.length - (KEPT_VERSIONS - 1)));
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function obtain(file: string, url: string): Promise<Response> {
  const hash = shellList.hashes[file];
  if (hash !== undefined) {
    const before = await findInVersions(url);
    const copy = before && (await verified(before, hash));
    if (copy !== undefined) return copy;
  }
  for (const cache of ["no-cache", "reload"] as const) {
    const response = await fetch(url, { cache });
    if (!response.ok) throw new TypeError(`${response.status} for ${file}`);
    const whole = await verified(response, hash);
    if (whole !== undefined) return whole;
  }
  throw new Refusal("bad-hash", file);
}

async function findInVersions(url: string): Promise<Response | undefined> {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const found = await (await caches.open(name)).match(url);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The response anew, if its bytes are right: unpacked, and without the mark of a redirect, which
 * browsers refuse to show as a page.
 */
async function verified(
  response: Response,
  hash: string | undefined,
): Promise<Response | undefined> {
  const bytes = await response.arrayBuffer();
  if (hash !== undefined && (await sha256(bytes)) !== hash) return undefined;
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new Response(bytes, { headers });
}
