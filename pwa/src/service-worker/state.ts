/**
 * What outlives every version: per locale its effective and its coming index, and for the whole
 * site the pinned key and the locale read last. A locale is kept because one of its indexes is here.
 */
import { decode, encode } from "@msgpack/msgpack";

import { decodeIndex, type PackIndex } from "../reader/pack-index.ts";
import { refuseWhenForgotten } from "./forgotten.ts";
import { root } from "./scope.ts";

const NAME = "sojourn-state";
const FOLDER = new URL(".state/", root).href;

/** An index, and which part holds which page, so that opening a page reads one part. */
export interface Effective {
  readonly index: PackIndex;
  readonly bytes: Uint8Array;
  readonly pages: Readonly<Record<string, string>>;
}

export interface Coming {
  readonly index: PackIndex;
  readonly bytes: Uint8Array;
}

export async function readEffective(locale: string): Promise<Effective | undefined> {
  const stored = await read(`${locale}/effective`);
  if (stored === undefined) return undefined;
  const [bytes, pages] = decode(stored) as [Uint8Array, Record<string, string>];
  return { index: decodeIndex(bytes), bytes, pages };
}

export async function readComing(locale: string): Promise<Coming | undefined> {
  const bytes = await read(`${locale}/coming`);
  return bytes && { index: decodeIndex(bytes), bytes };
}

export async function writeComing(locale: string, bytes: Uint8Array): Promise<void> {
  await write(`${locale}/coming`, bytes);
}

/** The index takes effect in one write; that it is no longer coming may be lost without harm. */
export async function writeEffective(
  locale: string,
  bytes: Uint8Array,
  pages: Readonly<Record<string, string>>,
): Promise<void> {
  await write(`${locale}/effective`, encode([bytes, pages]));
  await remove(`${locale}/coming`);
}

export async function readIndexes(): Promise<PackIndex[]> {
  const indexes: PackIndex[] = [];
  for (const locale of await keptLocales()) {
    const [effective, coming] = [await readEffective(locale), await readComing(locale)];
    if (effective !== undefined) indexes.push(effective.index);
    if (coming !== undefined) indexes.push(coming.index);
  }
  return indexes;
}

export async function keptLocales(): Promise<string[]> {
  const cache = await caches.open(NAME);
  const names = (await cache.keys()).map(({ url }) => url.slice(FOLDER.length).split("/"));
  const kept = names.filter(([, kind]) => kind === "effective" || kind === "coming");
  return [...new Set(kept.map(([locale]) => locale ?? ""))].sort();
}

export function readPinnedKey(): Promise<Uint8Array | undefined> {
  return read("pinned-key");
}

export async function pinKey(key: Uint8Array): Promise<void> {
  await write("pinned-key", key);
}

export async function readLastLocale(): Promise<string | undefined> {
  const stored = await read("last-locale");
  return stored && new TextDecoder().decode(stored);
}

export async function writeLastLocale(locale: string): Promise<void> {
  if ((await readLastLocale()) !== locale) {
    await write("last-locale", new TextEncoder().encode(locale));
  }
}

/** When this locale's index was last asked for, in milliseconds; 0 when it never was. */
export async function readCheckedAt(locale: string): Promise<number> {
  const stored = await read(`${locale}/checked-at`);
  return stored ? Number(new TextDecoder().decode(stored)) : 0;
}

export async function writeCheckedAt(locale: string, time: number): Promise<void> {
  await write(`${locale}/checked-at`, new TextEncoder().encode(String(time)));
}

async function read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const found = await (await caches.open(NAME)).match(FOLDER + name);
  return found && new Uint8Array(await found.arrayBuffer());
}

async function write(name: string, bytes: Uint8Array): Promise<void> {
  refuseWhenForgotten();
  const cache = await caches.open(NAME);
  await cache.put(FOLDER + name, new Response(new Uint8Array(bytes)));
}

async function remove(name: string): Promise<void> {
  await (await caches.open(NAME)).delete(FOLDER + name);
}
