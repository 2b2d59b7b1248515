/**
 * Questions and cards out of the pack's pages, as values: the same words, in the same languages, as readers have
 * them. The pages are text of our own build; no element is made of them (reader/search/html.ts says why).
 */
import { loadParts } from "../../reader/load.ts";
import { plain } from "../../reader/search/html.ts";

export interface OfferQuestion {
  readonly id: string;
  readonly text: string;
  /** The answers after which there is something to be careful about. */
  readonly care: readonly string[];
  /** Why, and what to do next. */
  readonly advice: readonly string[];
}

export interface OfferCheck {
  readonly questions: readonly OfferQuestion[];
  /** What is said when no answer gave a warning. */
  readonly nothing: string;
  readonly before: readonly string[];
}

export interface CardDate {
  readonly text: string;
  readonly hint: string;
}

/** Rejects where the page can be had neither from the phone nor from the network. */
export async function loadOfferCheck(locale: string): Promise<OfferCheck> {
  return readOfferCheck(await pageOf(locale, "pages/check", "/check/offer"));
}

/** Rejects as `loadOfferCheck`. */
export async function loadCardDates(locale: string): Promise<readonly CardDate[]> {
  return readCardDates(await pageOf(locale, "pages/core", "/dates"));
}

export function readOfferCheck(main: string): OfferCheck {
  const questions = matches(
    main,
    /<article class="question" id="([^"]+)" data-care="([^"]*)">\s*<h2\b[^>]*>([^]*?)<\/h2>([^]*?)<\/article>/g,
  ).map(([id = "", care = "", text = "", rest = ""]) => ({
    id,
    text: read(text),
    care: care.split(" "),
    advice: matches(rest, /<p\b[^>]*>([^]*?)<\/p>/g)
      .filter(([line = ""]) => !/^\s*<a\b/.test(line))
      .map(([line = ""]) => read(line)),
  }));
  const [, before = ""] = /<section class="before">([^]*?)<\/section>/.exec(main) ?? [];
  const [, nothing = ""] = /data-nothing="([^"]*)"/.exec(main) ?? [];
  return {
    questions,
    nothing: read(nothing),
    before: matches(before, /<li\b[^>]*>([^]*?)<\/li>/g).map(([line = ""]) => read(line)),
  };
}

export function readCardDates(main: string): readonly CardDate[] {
  const card = /<form class="dates"[^]*?<\/form>/.exec(main)?.[0] ?? "";
  return matches(
    card,
    /<label for="date-[^"]*"[^>]*>([^]*?)<\/label>[^]*?<span class="hint"[^>]*>([^]*?)<\/span>(?=\s*<\/li>)/g,
  ).map(([text = "", hint = ""]) => ({ text: read(text), hint: read(hint) }));
}

async function pageOf(locale: string, subject: string, path: string): Promise<string> {
  const { parts } = await loadParts(locale, (each) => each.startsWith(subject));
  for (const { pages } of parts) {
    const page = pages?.get(path);
    if (page !== undefined) return page.main;
  }
  throw new TypeError(`no ${path} in ${locale}`);
}

function matches(html: string, found: RegExp): string[][] {
  return Array.from(html.matchAll(found), ([, ...groups]) => groups);
}

/** Without the small mark that says in which language it is. */
function read(html: string): string {
  return plain(html.replace(/<small\b[^>]*>[^]*?<\/small>/g, ""));
}
