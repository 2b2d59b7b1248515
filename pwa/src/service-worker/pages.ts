/** A page of guidance, from its shell and the pack: no network. */
import { fill } from "../reader/shell.ts";
import { hasPages, type PartPage } from "../reader/part.ts";
import { readPart } from "./part-cache.ts";
import { findFile } from "./shell-cache.ts";
import { root } from "./scope.ts";
import { shellList, written } from "./shell-list.ts";
import { readComing, readEffective } from "./state.ts";

/**
 * What a header says better than the meta element that each page carries, which knows no
 * `frame-ancestors`.
 */
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Undefined when the page is not on this phone. */
export async function pageFromPack(locale: string, path: string): Promise<Response | undefined> {
  const page = (await findEffective(locale, path)) ?? (await findArrived(locale, path));
  return page && (await respond(locale, path, page));
}

/** A page in the locale's shell, or undefined when the shell is not on this phone. */
export async function respond(
  locale: string,
  path: string,
  page: PartPage,
  status = 200,
): Promise<Response | undefined> {
  const listed = shellList.locales[locale];
  const shell = listed && (await findFile(new URL(listed.shell, root).href));
  if (shell === undefined) return undefined;
  const html = fill(await shell.text(), { ...page, path: written(path) });
  return new Response(html, { status, headers: HEADERS });
}

async function findEffective(locale: string, path: string): Promise<PartPage | undefined> {
  const hash = (await readEffective(locale))?.pages[path];
  const part = hash === undefined ? undefined : await readPart(hash);
  return part?.pages?.get(path);
}

/** Before a first pack is whole, the parts of it that have arrived answer already. */
async function findArrived(locale: string, path: string): Promise<PartPage | undefined> {
  if ((await readEffective(locale)) !== undefined) return undefined;
  for (const { subject, hash } of (await readComing(locale))?.index.parts ?? []) {
    if (!hasPages(subject)) continue;
    const page = (await readPart(hash))?.pages?.get(path);
    if (page !== undefined) return page;
  }
  return undefined;
}
