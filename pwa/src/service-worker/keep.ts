/**
 * Keeping a locale: ask for its index, judge it, fetch what is missing, let it take effect.
 *
 * Every step leaves the phone with something whole. A cut line or a killed worker costs at most the
 * part that was under way; the next `keep` goes on from there.
 */
import { PackError, Refusal } from "../reader/errors.ts";
import { decodeIndex, type PackIndex, verifySignature } from "../reader/pack-index.ts";
import { missingParts, progressOf, unused } from "../reader/plan.ts";
import { judge } from "../reader/trust.ts";
import { tellPages } from "./clients.ts";
import { forgetFromNowOn, Forgotten, isForgotten } from "./forgotten.ts";
import { deleteParts, fetchPart, heldParts, readPart } from "./part-cache.ts";
import { root } from "./scope.ts";
import { addFiles, hasFiles } from "./shell-cache.ts";
import { isLocale, readingFiles, shellList } from "./shell-list.ts";
import {
  pinKey,
  readCheckedAt,
  readComing,
  readEffective,
  readIndexes,
  readPinnedKey,
  writeCheckedAt,
  writeComing,
  writeEffective,
  writeLastLocale,
} from "./state.ts";

const HOUR_MS = 3_600_000;
/** An index names some dozens of parts at a hundred bytes each; far above that it is none of ours. */
const MAX_INDEX_BYTES = 1 << 18;

/** One at a time for each locale; whoever asks meanwhile waits for the same. */
const running = new Map<string, Promise<void>>();

export interface KeepOptions {
  /** The app was just opened: ask for the index even if it was asked for within the hour. */
  readonly start: boolean;
  /** The person pressed "this site has a new key"; a service worker runs over HTTPS alone. */
  readonly acceptKey?: boolean;
}

export async function keep(locale: string, options: KeepOptions): Promise<void> {
  if (isForgotten()) return;
  const same = running.get(locale);
  if (same !== undefined && options.acceptKey !== true) return same;
  const started = Promise.resolve(same).then(() => bring(locale, options));
  running.set(locale, started);
  try {
    await started;
  } finally {
    if (running.get(locale) === started) running.delete(locale);
  }
}

/** Until the browser ends this worker it keeps nothing more; the page deletes what there is. */
export async function stopKeeping(): Promise<void> {
  forgetFromNowOn();
  await Promise.all([...running.values()].map((each) => each.catch(() => undefined)));
}

export async function tellProgress(locale: string): Promise<void> {
  const [effective, coming] = [await readEffective(locale), await readComing(locale)];
  const index = coming?.index ?? effective?.index;
  if (index === undefined) return;
  const held = await heldParts();
  const whole = effective !== undefined && coming === undefined && (await hasFiles(files(locale)));
  const progress = progressOf(index, (hash) => held.has(hash));
  await tellPages({ type: "progress", locale, ...progress, complete: whole });
}

async function bring(locale: string, { start, acceptKey }: KeepOptions): Promise<void> {
  if (!isLocale(locale)) return;
  try {
    await addFiles(readingFiles([locale]));
    if (acceptKey === true) await pinKeyOf(locale);
    await refreshIndex(locale, start);
    await writeLastLocale(locale);
    await completeComing(locale);
    await addFiles(shellList.app);
  } catch (error) {
    if (error instanceof Refusal) await tellPages({ type: "refused", locale, why: error.why });
    else if (error instanceof PackError) {
      await tellPages({ type: "refused", locale, why: "bad-signature" });
    } else if (error instanceof Forgotten) return;
    else if (!(error instanceof TypeError)) throw error;
    // A TypeError is how `fetch` says that the line is cut: the page asks again later.
  }
  await tellProgress(locale);
}

/** What a locale needs besides its parts. */
function files(locale: string): string[] {
  return [...readingFiles([locale]), ...shellList.app];
}

async function refreshIndex(locale: string, start: boolean): Promise<void> {
  const [effective, coming] = [await readEffective(locale), await readComing(locale)];
  const asked = Date.now() - (await readCheckedAt(locale));
  const fresh = asked >= 0 && asked < HOUR_MS;
  if (effective !== undefined && coming === undefined && fresh && !start) return;

  let bytes: Uint8Array;
  try {
    bytes = await fetchIndex(locale);
  } catch (error) {
    if (coming !== undefined && error instanceof TypeError) return; // Go on with what is coming.
    throw error;
  }
  const index = decodeIndex(bytes);
  const newest = coming?.index ?? effective?.index;
  const verdict = await judge(index, locale, { pinned: await readPinnedKey(), newest });
  await writeCheckedAt(locale, Date.now());
  if (!verdict.take) return;
  await pinKey(verdict.pin);
  await writeComing(locale, bytes);
}

async function pinKeyOf(locale: string): Promise<void> {
  const index = decodeIndex(await fetchIndex(locale));
  await verifySignature(index);
  await pinKey(index.key);
}

async function fetchIndex(locale: string): Promise<Uint8Array> {
  const url = new URL(`packs/${locale}/index`, root).href;
  const response = await fetch(url, { cache: "no-cache" });
  if (!response.ok) throw new TypeError(`${response.status} for ${url}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > MAX_INDEX_BYTES) throw new PackError("index too long");
  return bytes;
}

async function completeComing(locale: string): Promise<void> {
  const coming = await readComing(locale);
  if (coming === undefined) return;
  const held = await heldParts();
  await tellProgress(locale);
  let refusal: Refusal | undefined;
  for (const { hash } of missingParts(coming.index, (each) => held.has(each))) {
    try {
      await fetchPart(hash);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal = error; // One part that is wrong keeps no other from arriving.
    }
    await tellProgress(locale);
  }
  if (refusal !== undefined) throw refusal;
  await writeEffective(locale, coming.bytes, await pagesOf(coming.index));
  await tellPages({ type: "effective", locale, number: coming.index.number });
  await deleteUnused();
}

async function pagesOf(index: PackIndex): Promise<Record<string, string>> {
  const pages: Record<string, string> = {};
  for (const { hash } of index.parts) {
    const part = await readPart(hash);
    for (const path of part?.pages?.keys() ?? []) pages[path] = hash;
  }
  return pages;
}

/** Another locale may just be fetching parts that two share, so nothing is deleted meanwhile. */
async function deleteUnused(): Promise<void> {
  if (running.size > 1) return;
  await deleteParts(unused([...(await heldParts())], await readIndexes()));
}
