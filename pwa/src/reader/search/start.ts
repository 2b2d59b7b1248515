/** The search form: on the home page it leads to the search page, there it answers as one types. */
import { pagePath } from "../site.ts";
import { stay } from "../visit.ts";
import type { Page } from "../page.ts";

/** What was typed travels in the fragment, which no server gets. */
const MARK = "#q=";

export async function startSearch(form: HTMLElement, page: Page): Promise<void> {
  const field = form.querySelector<HTMLInputElement>("input");
  const results = document.querySelector<HTMLElement>("#results");
  if (!(form instanceof HTMLFormElement) || field === null) return;
  if (pagePath() === "/search" && results !== null) {
    const { Screen } = await import("./screen.ts");
    new Screen(form, field, results, page).begin();
  } else {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      stay();
      location.assign(form.action + fragmentOf(field.value));
    });
  }
  form.hidden = false;
}

export function fragmentOf(query: string): string {
  return query.trim() === "" ? "" : MARK + encodeURIComponent(query.trim());
}

/** Whether a fragment says what to look for, be it nothing; any other names a place on the page. */
export function isQuery(fragment: string): boolean {
  return fragment === "" || fragment.startsWith(MARK);
}

export function queryOf(fragment: string): string {
  if (!fragment.startsWith(MARK)) return "";
  try {
    return decodeURIComponent(fragment.slice(MARK.length));
  } catch {
    return ""; // Cut off somewhere on its way.
  }
}
