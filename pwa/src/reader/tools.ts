/**
 * What makes more of a page than reading: each tool is loaded where its place is on the page.
 *
 * This module is loaded after everything else, and its style with it, so that neither weighs on the
 * first page that somebody reads.
 */
import "../style/tools.css";
import { startClear } from "./clear.ts";
import { startListening } from "./listen/start.ts";
import { startLook } from "./look.ts";
import { startNotMine } from "./not-mine-button.ts";
import type { Page } from "./page.ts";
import { startSearch } from "./search/start.ts";
import { startSharing } from "./share/start.ts";

interface Tool {
  readonly place: string;
  readonly start: (place: HTMLElement, page: Page) => Promise<void>;
}

/** What stands on most pages comes with this module: on a slow line each file more is a wait more. */
const TOOLS: readonly Tool[] = [
  { place: "form.search", start: startSearch },
  {
    place: "section#check",
    start: async (place, page) => (await import("./check/start.ts")).startCheck(place, page),
  },
  {
    place: "form#costs",
    start: async (place, page) => (await import("./costs/start.ts")).startCosts(place, page),
  },
  { place: "div.listen", start: startListening },
  { place: "form.clear", start: startClear },
  { place: "div.share", start: startSharing },
  { place: "div.look", start: startLook },
  { place: "#not-mine", start: startNotMine },
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
