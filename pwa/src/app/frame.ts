/** The page's frame, in the language chosen on the page itself: an invite opens before there is one. */
import { gettext, pgettext } from "../i18n/index.ts";
import { startSharing } from "../reader/share/start.ts";
import type { Language } from "./language.ts";

/** Header and foot as the pages of that language have them; `main` is the app's own. */
export async function speakFrame({ tag, dir }: Language): Promise<void> {
  document.documentElement.lang = tag;
  document.documentElement.dir = dir;
  relabel("a.skip", gettext("Skip to the text"));
  relabel("#leave", gettext("Leave quickly"));
  relabel("#languages", gettext("Languages"));
  const labels: Record<string, string> = {
    "topics/": gettext("Know your rights"),
    "help/": gettext("Get help"),
    notes: gettext("My notes"),
    search: gettext("Search"),
    changes: gettext("What changed"),
    all: gettext("Everything in one file"),
    about: gettext("About"),
    privacy: gettext("Privacy"),
  };
  for (const link of document.querySelectorAll<HTMLAnchorElement>("nav.sections a")) {
    const label = labels[pathIn(link)];
    if (label !== undefined) link.textContent = label;
    if (link.download !== "") link.download = `${tag}.html`;
  }
  relabel('label[for="text-size"]', gettext("Text size"));
  relabelOptions("#text-size", {
    normal: gettext("Normal"),
    large: gettext("Large"),
    larger: gettext("Larger"),
    largest: gettext("Largest"),
  });
  relabel('label[for="colours"]', gettext("Colours"));
  relabelOptions("#colours", {
    auto: gettext("As on the phone"),
    light: gettext("Light"),
    dark: gettext("Dark"),
    contrast: gettext("High contrast"),
  });
  relabel("#not-mine", gettext("This is not my phone"));
  const ofLocale = "a.home, #leave, nav.sections a";
  for (const link of document.querySelectorAll<HTMLAnchorElement>(ofLocale)) {
    link.href = new URL(`/${tag}/${pathIn(link)}`, link.href).href;
  }
  for (const link of document.querySelectorAll("nav.languages a[hreflang]")) {
    if (link.getAttribute("hreflang") === tag) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const nameless = "Nobody has put a name to this hub.";
  if (document.querySelector("p.operator")?.textContent.trim() === nameless) {
    relabel("p.operator", gettext("Nobody has put a name to this hub."));
  }
  document.querySelector("nav.sections")?.setAttribute("aria-label", gettext("Pages"));
  document.title = pgettext("label", "Notes");
  const sharing = document.querySelector<HTMLElement>("div.share");
  // Undone and made again: its buttons have a picture beside their words.
  sharing?.replaceChildren();
  if (sharing !== null) {
    await startSharing(sharing, { locale: tag, spoken: () => Promise.resolve() });
  }
}

function relabelOptions(selector: string, labels: Readonly<Record<string, string>>): void {
  for (const option of document.querySelectorAll<HTMLOptionElement>(`${selector} option`)) {
    option.textContent = labels[option.value] ?? option.textContent;
  }
}

function relabel(selector: string, label: string): void {
  const element = document.querySelector(selector);
  if (element !== null) element.textContent = label;
}

/** A link's address without its locale: `topics/`. */
function pathIn(link: HTMLAnchorElement): string {
  return link.pathname.split("/").slice(2).join("/");
}
