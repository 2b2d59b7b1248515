/** The pages of a locale that can be searched, from the parts of its pack. */
import { loadParts } from "../load.ts";
import { hasPages } from "../part.ts";
import type { Searched } from "./finder.ts";
import { textOfPage } from "./html.ts";

/**
 * Lists of links, and pages that are about the site itself: what they name has a page of its own.
 * The sentences to show are the same on thirty pages, so their list stands for all of them.
 */
const APART = /\/$|^\/(search|not-mine|changes)$|^\/phrases\/./;
const PHRASES = "/phrases/";

export interface SearchedPages {
  readonly pages: readonly Searched[];
  /** Whether some parts could not be had. */
  readonly isPartial: boolean;
}

/** Throws when not even the index can be had. */
export async function loadPages(locale: string): Promise<SearchedPages> {
  const { parts, missing } = await loadParts(locale, hasPages);
  const pages = parts.flatMap((part) =>
    Array.from(part.pages ?? [])
      .filter(([path]) => path === PHRASES || !APART.test(path))
      .map(([path, { main }]): Searched => ({ path, ...textOfPage(main) })),
  );
  return { pages, isPartial: missing > 0 };
}
