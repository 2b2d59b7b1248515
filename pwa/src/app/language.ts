/** The page's language, and changing it without leaving the page. */
import { keepLocale } from "../reader/keep.ts";
import { speak } from "../reader/load.ts";
import { speakFrame } from "./frame.ts";

export interface Language {
  readonly tag: string;
  readonly dir: string;
  /** Its own name for itself. */
  readonly name: string;
}

/** Those that the page's shell offers. */
export function offeredLanguages(): Language[] {
  const links = document.querySelectorAll<HTMLAnchorElement>("nav.languages a[hreflang]");
  const found = Array.from(links, (link) => ({
    tag: link.hreflang,
    dir: link.dir === "" ? "ltr" : link.dir,
    name: link.textContent.trim(),
  }));
  return found.length > 0 ? found : [{ tag: "en", dir: "ltr", name: "English" }];
}

/** From here on the page speaks it, frame and all; the service worker keeps it for when there is no connection. */
export async function chooseLanguage(language: Language): Promise<void> {
  await speak(language.tag);
  await speakFrame(language);
  if ("serviceWorker" in navigator) keepLocale(language.tag, () => Promise.resolve());
}
