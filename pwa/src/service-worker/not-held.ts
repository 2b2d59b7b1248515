/** What is said where a page is not on this phone and there is no network. */
import { Catalog, gettext, heard, setMessages } from "../i18n/index.ts";
import { domainOf } from "../reader/part.ts";
import { escape } from "../reader/shell.ts";
import { readPart } from "./part-cache.ts";
import { respond } from "./pages.ts";
import { addressOf, isLocale, shellList } from "./shell-list.ts";
import { keptLocales, readComing, readEffective, readLastLocale } from "./state.ts";

const UNAVAILABLE = 503;

/** In `wanted` if this phone keeps it, else in the language read last. */
export async function notHeld(wanted: string | undefined): Promise<Response> {
  const kept = (await keptLocales()).filter(isLocale);
  const locale = [wanted, await readLastLocale(), ...kept].find(
    (each) => each !== undefined && kept.includes(each),
  );
  if (locale === undefined) return Response.error();
  const catalog = await readCatalog(locale);
  // From here to the finished page nothing is awaited: another request may want another language.
  setMessages(catalog, locale);
  const page = { title: shellTitle(), main: main(locale, kept) };
  return (await respond(locale, "/", page, UNAVAILABLE)) ?? Response.error();
}

async function readCatalog(locale: string): Promise<Catalog | undefined> {
  const index = (await readEffective(locale))?.index ?? (await readComing(locale))?.index;
  const hash = index?.parts.find(({ subject }) => subject === "messages")?.hash;
  const part = hash === undefined ? undefined : await readPart(hash);
  return part && Catalog.decode(domainOf(part));
}

function shellTitle(): string {
  // Translators: title of a page in the browser's tab: no network. One or two neutral words.
  return gettext("Offline");
}

function main(locale: string, kept: readonly string[]): string {
  const title = say("h1", () => gettext("This page is not on your phone yet"));
  const lead = say("p", () =>
    gettext("There is no connection now. Open this page once when there is one, and it stays."),
  );
  const home = addressOf(`${locale}/`).pathname;
  const open = say("span", () => gettext("What is on your phone"));
  const saved = say("h2", () => gettext("Languages saved on this phone"));
  const languages = kept.map(languageItem).join("");
  return (
    `${title}${lead}<p><a class="button button--primary" href="${escape(home)}">${open}</a></p>` +
    `${saved}<ul class="languages large">${languages}</ul>`
  );
}

function languageItem(locale: string): string {
  const listed = shellList.locales[locale];
  if (listed === undefined) return "";
  const href = escape(addressOf(`${locale}/`).pathname);
  const tag = escape(locale);
  return `<li><a href="${href}" hreflang="${tag}" lang="${tag}" dir="${listed.dir}">${escape(listed.name)}</a></li>`;
}

function say(element: string, text: () => string): string {
  const said = heard(text);
  if (said.lang === undefined) return `<${element}>${escape(said.text)}</${element}>`;
  const mark = `<small class="mark">${said.lang.toUpperCase()}</small>`;
  return `<${element} class="fallback" lang="${said.lang}" dir="ltr">${escape(said.text)} ${mark}</${element}>`;
}
