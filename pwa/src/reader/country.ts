/** The country that somebody chose: first in the list, and behind a topic's "who can help". */
import { gettext } from "../i18n/index.ts";
import { phone, recall, remember } from "./memory.ts";
import { sayIn } from "./say.ts";
import { pagePath } from "./site.ts";

/** Needs no messages, so it is done before they are there: the list must not jump later. */
export function rememberCountry(): void {
  const [, code] = /^\/help\/([a-z]{2})$/.exec(pagePath()) ?? [];
  if (code !== undefined) remember(phone, "sojourn-country", code);
}

export function putCountryFirst(): void {
  const code = recall(phone, "sojourn-country");
  if (code === undefined || pagePath() !== "/help/") return;
  const link = document.querySelector(
    `ul.countries a[href$="/${code}"], ul.countries a[href$="${code}.html"]`,
  );
  const item = link?.closest("li");
  item?.parentElement?.prepend(item);
}

/** `spoken`: waits for the page's language, only when there is something to say. */
export async function linkCountry(spoken: () => Promise<void>): Promise<void> {
  const code = recall(phone, "sojourn-country");
  const helpers = document.querySelector(".helpers");
  if (code === undefined || helpers === null || !/^[a-z]{2}$/.test(code)) return;
  const choose = helpers.querySelector("a");
  if (choose === null) return;
  await spoken();
  const link = document.createElement("a");
  link.className = "button";
  link.href = choose.href.replace(
    /(\/help\/)(index\.html)?$/,
    (_all, help: string, file?: string) =>
      file === undefined ? `${help}${code}` : `${help}${code}.html`,
  );
  sayIn(link, () => gettext("Who can help in the country you chose"));
  const line = document.createElement("p");
  line.append(link);
  choose.closest("p")?.before(line);
}
