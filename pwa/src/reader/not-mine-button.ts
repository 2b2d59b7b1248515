/** The button *This is not my phone*: there from the first moment, and gone once it was pressed. */
import { isNotMine } from "./memory.ts";
import { markNotMine, notMine } from "./not-mine.ts";
import { pageLocale, pageOf, pagePath } from "./site.ts";

const PAGE = "not-mine";

export async function startNotMine(button: HTMLElement): Promise<void> {
  if (pagePath() === `/${PAGE}`) markNotMine();
  if (isNotMine()) return Promise.resolve();
  button.addEventListener("click", () => {
    (button as HTMLButtonElement).disabled = true;
    void notMine(() => location.assign(explanation()));
  });
  button.hidden = false;
  return Promise.resolve();
}

/** In the page's language, or before one was chosen in that which stands first. */
function explanation(): string {
  const first = document.querySelector<HTMLAnchorElement>("ul.languages.large a[hreflang]");
  return pageOf(pageLocale() || (first?.hreflang ?? document.documentElement.lang), PAGE).href;
}
