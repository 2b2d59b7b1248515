/**
 * Whether anything may be kept on this phone yet.
 *
 * Who opens the site for the first time may hold somebody else's phone. So nothing is stored and no
 * service worker starts before they have done something that says that they stay: chosen a language
 * at `/`, gone from a page to a second one, opened My notes or an invite, or pressed *Keep*
 * (docs/browser.md).
 */
import { isNotMine, phone, recall, remember, tab } from "./memory.ts";
import { pageLocale, pagePath, root } from "./site.ts";

/** Pages that one opens in order to keep something. */
const FOR_KEEPING: ReadonlySet<string> = new Set(["/notes", "join"]);

export function isStaying(): boolean {
  if (isNotMine()) return false;
  const hasBeenHere =
    recall(phone, "sojourn-locale") !== undefined || recall(tab, "sojourn-staying") !== undefined;
  return hasBeenHere || hasWorker() || FOR_KEEPING.has(pagePath());
}

export function stay(): void {
  remember(tab, "sojourn-staying", "1");
}

/** A link to another page of ours is a step further; quick exit and a place on this page are none. */
export function stayOnLinks(): void {
  document.addEventListener("click", ({ target }) => {
    const link = target instanceof Element ? target.closest("a") : null;
    if (link !== null && leadsOn(link)) stay();
  });
}

function leadsOn(link: HTMLAnchorElement): boolean {
  const isOurs = link.href.startsWith(root.href) && link.pathname !== location.pathname;
  return isOurs && link.id !== "leave" && !link.hasAttribute("download");
}

/** A phone whose localStorage is off may have one all the same. */
function hasWorker(): boolean {
  return "serviceWorker" in navigator && navigator.serviceWorker.controller !== null;
}

/** `/`: the choice of languages, before any of them was chosen. */
export function isStart(): boolean {
  return pageLocale() === "" && pagePath() === "";
}
