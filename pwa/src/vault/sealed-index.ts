/**
 * The sealed index: the root row, whose address only the vault key tells, names the pages, and the pages
 * name all else that is this vault's. What they do not name is another vault's, or chaff.
 */
import { type Bytes, equal, fromHex, type Hex } from "../sync/bytes.ts";
import { openRow, sealRow } from "../sync/crypto/rows.ts";
import type { RandomBytes } from "../sync/identifiers.ts";
import { toHex } from "../sync/bytes.ts";
import { grouped } from "../sync/grouped.ts";
import { once } from "../sync/once.ts";
import type { Entry, EntryType } from "../sync/store.ts";
import type { Database } from "./database.ts";
import { DamagedError } from "./errors.ts";
import { decodePage, decodeRoot, encodePage, encodeRoot, PAGE_LIMIT, type Root } from "./layout.ts";

/** What opens the rows of one vault. */
export interface Keys {
  readonly rows: CryptoKey;
  readonly root: Bytes;
}

interface Page {
  readonly address: Hex;
  readonly ciphertext: Bytes | undefined;
  readonly entries: ReadonlyMap<Hex, Entry>;
}

type Lists = ReadonlyMap<EntryType, readonly Entry[]>;

/** The index as it stood at one moment; never changed, only followed by another. */
export interface Snapshot {
  readonly root: Root;
  readonly rootCiphertext: Bytes;
  readonly pages: readonly Page[];
  /** The entries of all pages, by their type. */
  readonly lists: Lists;
}

type Pages = Pick<Snapshot, "pages" | "lists">;

/** Of a vault in which there is nothing yet. */
export const NO_PAGES: Pages = { pages: [], lists: new Map() };

/** By address: each new index line, or that there is none any more; and the new rows' content. */
export interface Changed {
  readonly lines: ReadonlyMap<Hex, Entry | undefined>;
  readonly contents: ReadonlyMap<Hex, Bytes>;
}

/** A snapshot's successor, and the ciphertext that makes it so, with the rows'. */
export interface Rewritten {
  readonly snapshot: Snapshot;
  readonly put: readonly (readonly [Bytes, Bytes])[];
}

/** The same array for as long as nothing in it changed: what is made of it (sync/once.ts) is not made again. */
export function entriesOf({ lists }: Pages, type: EntryType): readonly Entry[] {
  return lists.get(type) ?? NONE;
}

const NONE: readonly Entry[] = [];

function listsOf(pages: readonly Page[], before: Lists = new Map()): Lists {
  const found = new Map<EntryType, Entry[]>();
  for (const { entries } of pages) {
    for (const [type, own] of pageByType(entries)) {
      const others = found.get(type);
      if (others === undefined) found.set(type, [...own]);
      else others.push(...own);
    }
  }
  const kept = [...found].map(([type, own]): [EntryType, readonly Entry[]] => {
    const held = before.get(type) ?? NONE;
    const isSame = held.length === own.length && held.every((entry, at) => entry === own[at]);
    return [type, isSame ? held : own];
  });
  return new Map(kept);
}

/** Of a change all pages but one or two stay as they are. */
const pageByType = once((entries: Page["entries"]) =>
  grouped(entries.values(), ({ type }) => type),
);

export function entryAt({ pages }: Pages, address: Hex): Entry | undefined {
  for (const { entries } of pages) {
    const found = entries.get(address);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Throws DamagedError when the root or a page does not open: nothing is then written over. */
export async function readSnapshot(
  database: Database,
  keys: Keys,
  before?: Snapshot,
): Promise<Snapshot> {
  for (;;) {
    const [rootCiphertext] = await database.read([keys.root]);
    if (rootCiphertext === undefined) throw new DamagedError();
    if (before !== undefined && equal(rootCiphertext, before.rootCiphertext)) return before;
    const root = await opened(keys, keys.root, rootCiphertext, decodeRoot);
    const [again, ...ciphertexts] = await database.read([keys.root, ...root.pages.map(fromHex)]);
    // A transaction ends while WebCrypto works, so another tab may have written between the two reads.
    if (again === undefined || !equal(again, rootCiphertext)) continue;
    const reading = root.pages.map(async (address, at) =>
      readPage(keys, address, ciphertexts[at], before),
    );
    const pages = await Promise.all(reading);
    return { root, rootCiphertext, pages, lists: listsOf(pages, before?.lists) };
  }
}

/**
 * The index after some changes. The root is sealed anew with every change, so to compare it is to
 * compare the whole index.
 */
export async function rewrite(
  keys: Keys,
  { root, pages, lists }: Omit<Snapshot, "rootCiphertext">,
  { lines, contents }: Changed,
  randomBytes: RandomBytes,
): Promise<Rewritten> {
  const changed = pages.map((page) => withLines(page, lines));
  for (const [address, entry] of lines) {
    const isKnown = pages.some(({ entries }) => entries.has(address));
    if (entry !== undefined && !isKnown) append(changed, entry, randomBytes);
  }
  const sealed = await Promise.all(changed.map((page) => sealPage(keys, page)));
  const next: Root = { ...root, pages: sealed.map(({ address }) => address) };
  const rootCiphertext = await sealRow(keys.rows, keys.root, encodeRoot(next));
  const put: (readonly [Bytes, Bytes])[] = [[keys.root, rootCiphertext]];
  sealed.forEach(({ address, ciphertext }, at) => {
    if (changed[at]?.ciphertext === undefined) put.push([fromHex(address), ciphertext]);
  });
  const rows = [...contents].map(async ([address, content]): Promise<[Bytes, Bytes]> => {
    const raw = fromHex(address);
    return [raw, await sealRow(keys.rows, raw, content)];
  });
  put.push(...(await Promise.all(rows)));
  const snapshot = { root: next, rootCiphertext, pages: sealed, lists: listsOf(sealed, lists) };
  return { snapshot, put };
}

async function readPage(
  keys: Keys,
  address: Hex,
  ciphertext: Bytes | undefined,
  before: Snapshot | undefined,
): Promise<Page> {
  if (ciphertext === undefined) throw new DamagedError();
  const held = before?.pages.find((page) => page.address === address);
  if (held?.ciphertext !== undefined && equal(held.ciphertext, ciphertext)) return held;
  const entries = await opened(keys, fromHex(address), ciphertext, decodePage);
  return { address, ciphertext, entries: new Map(entries.map((e) => [e.address, e])) };
}

async function opened<T>(
  keys: Keys,
  address: Bytes,
  ciphertext: Bytes,
  decoded: (raw: Bytes) => T,
): Promise<T> {
  try {
    return decoded(await openRow(keys.rows, address, ciphertext));
  } catch (cause) {
    throw new DamagedError({ cause });
  }
}

/** A page without a ciphertext is one that must be sealed anew. */
function withLines(page: Page, lines: ReadonlyMap<Hex, Entry | undefined>): Page {
  const touched = [...lines.keys()].filter((address) => page.entries.has(address));
  if (touched.length === 0) return page;
  const entries = new Map(page.entries);
  for (const address of touched) {
    const entry = lines.get(address);
    if (entry === undefined) entries.delete(address);
    else entries.set(address, entry);
  }
  return { address: page.address, ciphertext: undefined, entries };
}

function append(pages: Page[], entry: Entry, randomBytes: RandomBytes): void {
  const at = pages.findIndex(({ entries }) => entries.size < PAGE_LIMIT);
  const page = pages[at];
  if (page === undefined) {
    const address = toHex(randomBytes(16));
    pages.push({ address, ciphertext: undefined, entries: new Map([[entry.address, entry]]) });
  } else {
    const entries = new Map(page.entries).set(entry.address, entry);
    pages[at] = { address: page.address, ciphertext: undefined, entries };
  }
}

async function sealPage(keys: Keys, page: Page): Promise<Page & { ciphertext: Bytes }> {
  const { address, entries, ciphertext } = page;
  if (ciphertext !== undefined) return { address, entries, ciphertext };
  const content = encodePage([...entries.values()]);
  return { address, entries, ciphertext: await sealRow(keys.rows, fromHex(address), content) };
}
