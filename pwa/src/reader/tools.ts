/**
 * What makes more of a page than reading: each tool is loaded where its place is on the page.
 *
 * This module is loaded after everything else, and its style with it, so that neither weighs on the
 * first page that somebody reads.
 */
import "../style/tools.css";

/** Where a tool is, and in which language it speaks. */
export interface Page {
  readonly locale: string;
  /** Resolves when the page's language can be spoken. */
  readonly spoken: () => Promise<void>;
}

interface Tool {
  readonly place: string;
  readonly start: (place: HTMLElement, page: Page) => Promise<void>;
}

const TOOLS: readonly Tool[] = [
  {
    place: "form.search",
    start: async (place, page) => (await import("./search/start.ts")).startSearch(place, page),
  },
  {
    place: "section#check",
    start: async (place, page) => (await import("./check/start.ts")).startCheck(place, page),
  },
  {
    place: "form#costs",
    start: async (place, page) => (await import("./costs/start.ts")).startCosts(place, page),
  },
  {
    place: "div.listen",
    start: async (place, page) => (await import("./listen/start.ts")).startListening(place, page),
  },
  {
    place: "form.clear",
    start: async (place, page) => (await import("./clear.ts")).startClear(place, page),
  },
  {
    place: "div.share",
    start: async (place, page) => (await import("./share/start.ts")).startSharing(place, page),
  },
  {
    place: "div.look",
    start: async (place) => (await import("./look.ts")).startLook(place),
  },
  {
    place: "#not-mine",
    start: async (place) => (await import("./not-mine-button.ts")).startNotMine(place),
  },
  {
    place: "section.poster",
    start: async (place, page) => (await import("./share/poster.ts")).startPoster(place, page),
  },
  {
    place: 'html[lang="my"]',
    start: async (_place, page) => (await import("./zawgyi.ts")).warnOfZawgyi(page),
  },
];

/** One that fails takes no other with it; its place stays as the page was sent. */
export async function startTools(page: Page): Promise<void> {
  const started = TOOLS.map(async ({ place, start }) => {
    const element = document.querySelector<HTMLElement>(place);
    if (element !== null) await start(element, page);
  });
  await Promise.all(started.map((each) => each.catch((error: unknown) => console.warn(error))));
}
