/** The search page: nothing typed, loading, found, found in English alone, nothing found. */
import { gettext, ngettext } from "../../i18n/index.ts";
import { make, saying } from "../elements.ts";
import { pageOf } from "../site.ts";
import type { Page } from "../page.ts";
import { Finder, type FoundPage } from "./finder.ts";
import { loadPages, type SearchedPages } from "./pages.ts";
import { fragmentOf, isQuery, queryOf } from "./start.ts";

const SOURCE = "en";
/** Typing faster than this is one question. */
const PAUSE_MS = 150;

interface Index {
  readonly finder: Finder;
  readonly isPartial: boolean;
}

export class Screen {
  readonly #form: HTMLFormElement;
  readonly #field: HTMLInputElement;
  readonly #results: HTMLElement;
  readonly #page: Page;
  readonly #indexes = new Map<string, Promise<Index | undefined>>();
  #waiting: ReturnType<typeof setTimeout> | undefined;
  /** Counts questions, so that the answer to an older one is not shown after a newer one's. */
  #asked = 0;

  constructor(form: HTMLFormElement, field: HTMLInputElement, results: HTMLElement, page: Page) {
    this.#form = form;
    this.#field = field;
    this.#results = results;
    this.#page = page;
  }

  begin(): void {
    const typed = (): void => {
      clearTimeout(this.#waiting);
      this.#waiting = setTimeout(() => void this.#answer(false), PAUSE_MS);
    };
    const fromAddress = (): void => {
      this.#field.value = queryOf(location.hash);
      void this.#answer(true);
    };
    this.#field.addEventListener("input", typed);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#noteInAddress();
      void this.#answer(true);
    });
    // Words half typed are in no list of visited pages; those that led to a page are, so that Back
    // brings the results again.
    this.#results.addEventListener("click", () => this.#noteInAddress());
    addEventListener("hashchange", () => {
      if (isQuery(location.hash)) fromAddress(); // The skip link takes no words away.
    });
    fromAddress();
  }

  #noteInAddress(): void {
    const { pathname, search } = location;
    history.replaceState(history.state, "", pathname + search + fragmentOf(this.#field.value));
  }

  /**
   * Half a word finds nothing in most languages. So the English pages, which a phone that reads another
   * language has to fetch, are asked only for words that were `finished`, or once they are there.
   */
  async #answer(finished: boolean): Promise<void> {
    clearTimeout(this.#waiting);
    const asked = (this.#asked += 1);
    const query = this.#field.value;
    await this.#page.spoken();
    const show = (...shown: Node[]): boolean => {
      if (asked !== this.#asked) return false;
      this.#results.textContent = "";
      this.#results.append(...shown);
      return true;
    };
    if (query.trim() === "") {
      void this.#indexOf(this.#page.locale); // So that the first word finds it made.
      show(saying("p", () => gettext("Write a word, for example: passport, wages, debt."), "hint"));
      return;
    }
    if (this.#results.querySelector("ul") === null) {
      show(saying("p", () => gettext("Looking through the pages…"), "hint"));
    }
    const { locale } = this.#page;
    const own = await this.#indexOf(locale);
    const found = own?.finder.find(query) ?? [];
    const notes = own?.isPartial === false ? [] : [incomplete()];
    if (found.length > 0) {
      show(counted(found.length), listOf(found, locale), ...notes);
      return;
    }
    const mayFetch = finished || this.#indexes.has(SOURCE);
    const english = locale === SOURCE || !mayFetch ? undefined : await this.#indexOf(SOURCE);
    const others = english?.finder.find(query) ?? [];
    if (others.length > 0) {
      show(
        saying("p", () => gettext("Nothing found in this language. These pages are in English:")),
        listOf(others, SOURCE, true),
        ...notes,
      );
    } else show(nothing(locale), ...notes);
  }

  /** Made once a language, and gone with the page. Undefined when no page of it can be had now. */
  #indexOf(locale: string): Promise<Index | undefined> {
    const made = this.#indexes.get(locale) ?? makeIndex(locale);
    this.#indexes.set(locale, made);
    void made.then((index) => {
      // What is missing may have come by the next question.
      if (index?.isPartial !== false) this.#indexes.delete(locale);
    });
    return made;
  }
}

async function makeIndex(locale: string): Promise<Index | undefined> {
  let loaded: SearchedPages;
  try {
    loaded = await loadPages(locale);
  } catch {
    return undefined;
  }
  return { finder: await Finder.over(loaded.pages), isPartial: loaded.isPartial };
}

function counted(count: number): HTMLElement {
  return saying("p", () => ngettext("{count} page found", "{count} pages found", count), "hint");
}

function listOf(found: readonly FoundPage[], locale: string, isOther = false): HTMLElement {
  const items = found.map(({ path, title, snippet }) => {
    const link = make("a", "", make("strong", "", title), " ", make("span", "", snippet));
    link.href = pageOf(locale, path.slice(1)).href;
    if (isOther) {
      link.classList.add("fallback");
      link.lang = link.hreflang = locale;
      link.dir = "ltr";
      link.append(make("small", "mark", locale.toUpperCase()));
    }
    return make("li", "", link);
  });
  return make("ul", "topics", ...items);
}

function nothing(locale: string): HTMLElement {
  const topics = saying("a", () => gettext("Know your rights"), "button");
  topics.href = pageOf(locale, "topics/").href;
  const help = saying("a", () => gettext("Get help"), "button");
  help.href = pageOf(locale, "help/").href;
  return make(
    "div",
    "blank",
    saying("p", () => gettext("Nothing found. Try another word, or a shorter one.")),
    make("p", "buttons", topics, " ", help),
  );
}

function incomplete(): HTMLElement {
  return saying(
    "p",
    () =>
      gettext(
        "Not all pages are on this phone yet, so not all could be searched. Try again when there is a connection.",
      ),
    "notice",
  );
}
