/** The button *This is not my phone*: there from the first moment, and gone once it was pressed. */
import { isNotMine } from "./memory.ts";
import { NOT_MINE, notMine } from "./not-mine.ts";
import { pageLocale, pageOf } from "./site.ts";

export async function startNotMine(button: HTMLElement): Promise<void> {
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
  return pageOf(
    pageLocale() || (first?.hreflang ?? document.documentElement.lang),
    NOT_MINE.slice(1),
  ).href;
}
