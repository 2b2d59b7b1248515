/** An index over a locale's pages, made on the phone and gone with the page. */
import MiniSearch, { type Query, type SearchResult } from "minisearch";

import type { PageText } from "./html.ts";
import { browserCut, type Cut, gramsOf, wordsOf } from "./words.ts";

export interface FoundPage {
  /** As parts name their pages: `/topics/papers`. */
  readonly path: string;
  readonly title: string;
  readonly snippet: string;
}

export interface Searched extends PageText {
  readonly path: string;
}

type Field = "title" | "text" | "grams";

const MOST = 20;
/** Below this many good results, likely ones are added. */
const ENOUGH = 3;
/** What a likely page has to have of the words, or of the pairs of letters, that were typed. */
const SHARE = 0.6;
/** So many pages at once, then the phone may draw. */
const AT_ONCE = 8;
const SNIPPET_BEFORE = 40;
const SNIPPET_LENGTH = 150;
/** Words so short are not guessed at: nearly everything is near to them. */
const SHORTEST_GUESSED = 4;

const WEIGHTS: Readonly<Record<string, number>> = {
  phrases: 0.2,
  costs: 0.5,
  guide: 0.5,
  poster: 0,
};

export class Finder {
  readonly #pages: ReadonlyMap<string, Searched>;
  readonly #index: MiniSearch<Searched>;
  readonly #cut: Cut;

  private constructor(pages: readonly Searched[], cut: Cut) {
    this.#pages = new Map(pages.map((page) => [page.path, page]));
    this.#cut = cut;
    this.#index = new MiniSearch<Searched>({
      idField: "path",
      fields: ["title", "text", "grams"] satisfies Field[],
      extractField: (page, field) =>
        field === "grams"
          ? `${page.title}\n${page.lead}\n${page.headings}`
          : page[field as "title"],
      tokenize: (text, field) =>
        field === "grams" ? [...new Set(gramsOf(text))] : this.#words(text, field),
      processTerm: (term) => term,
    });
  }

  static async over(pages: readonly Searched[], cut: Cut = browserCut()): Promise<Finder> {
    const finder = new Finder(pages, cut);
    await finder.#index.addAllAsync(pages, { chunkSize: AT_ONCE });
    return finder;
  }

  find(query: string): FoundPage[] {
    const words = wordsOf(query, this.#cut);
    if (words.length === 0) return [];
    const found = this.#search(this.#byWords(words, "AND"));
    if (found.length < ENOUGH) {
      const likely = [...this.#likely(this.#byWords(words, "OR"), words), ...this.#byGrams(query)];
      const known = new Set(found.map(({ id }) => id as string));
      for (const each of likely) {
        if (!known.has(each.id as string)) found.push(each);
        known.add(each.id as string);
      }
    }
    return found.slice(0, MOST).flatMap((result) => this.#show(result));
  }

  /** Repetitions in a text say little and cost much; `id` is MiniSearch's own call for addresses. */
  #words(text: string, field: string | undefined): string[] {
    const words = wordsOf(text, this.#cut);
    return field === undefined ? words : [...new Set(words)];
  }

  #byWords(words: readonly string[], combineWith: "AND" | "OR"): Query {
    return {
      queries: [...new Set(words)],
      combineWith,
      fields: ["title", "text"] satisfies Field[],
      tokenize: (word: string) => [word],
      boost: { title: 4 },
      boostDocument: weightOf,
      prefix: (word: string) => word.length > 1,
      fuzzy: (word: string) => (word.length < SHORTEST_GUESSED ? false : 0.25),
      maxFuzzy: 2,
    };
  }

  #byGrams(query: string): SearchResult[] {
    const grams = [...new Set(gramsOf(query))];
    if (grams.length < 2) return [];
    const asked: Query = {
      queries: grams,
      combineWith: "OR",
      fields: ["grams"] satisfies Field[],
      tokenize: (gram: string) => [gram],
    };
    return this.#likely(asked, grams);
  }

  #likely(query: Query, terms: readonly string[]): SearchResult[] {
    const least = SHARE * new Set(terms).size;
    return this.#search(query).filter(({ queryTerms }) => new Set(queryTerms).size >= least);
  }

  #search(query: Query): SearchResult[] {
    return this.#index.search(query);
  }

  #show({ id, terms }: SearchResult): FoundPage[] {
    const page = this.#pages.get(id as string);
    if (page === undefined) return [];
    return [{ path: page.path, title: page.title, snippet: snippetOf(page, terms) }];
  }
}

/** Pages that answer before pages that list: the same sentence stands on each page of phrases. */
function weightOf(path: unknown): number {
  const [, folder = ""] = String(path).split("/");
  return WEIGHTS[folder] ?? 1;
}

/** The lead when it holds what was found or nothing does, else the place that does. */
export function snippetOf({ lead, text }: PageText, terms: readonly string[]): string {
  if (holds(lead, terms)) return shorten(lead);
  for (const line of text.split("\n")) {
    const at = placeOf(line, terms);
    if (at >= 0) return shorten(line, at);
  }
  return shorten(lead);
}

function holds(text: string, terms: readonly string[]): boolean {
  return placeOf(text, terms) >= 0;
}

/** Folded words stand unfolded in the text, so only those are found that folding leaves alone. */
function placeOf(text: string, terms: readonly string[]): number {
  const lower = text.toLowerCase();
  const places = terms.map((term) => lower.indexOf(term)).filter((at) => at >= 0);
  return places.length === 0 ? -1 : Math.min(...places);
}

/** Begins and ends between words where there are spaces, and never inside a letter with its marks. */
function shorten(line: string, at = 0): string {
  if (line.length <= SNIPPET_LENGTH) return line;
  const start = Math.max(0, Math.min(at - SNIPPET_BEFORE, line.length - SNIPPET_LENGTH));
  const cut = line.slice(start, start + SNIPPET_LENGTH);
  const begun = start === 0 ? cut : `…${cut.replace(/^(\S{0,20}\s+|[\p{M}\udc00-\udfff]+)/u, "")}`;
  return start + SNIPPET_LENGTH < line.length ? `${begun.replace(/\s+\S{0,20}$/, "")}…` : begun;
}
