/** On the choice of languages: the one read last comes first, then those that the browser prefers. */
import { phone, recall } from "./memory.ts";

export function orderLanguages(): void {
  const list = document.querySelector("ul.languages.large");
  if (list === null) return;
  const items = Array.from(list.children);
  const offered = items.map((item) => item.querySelector("a")?.hreflang ?? "");
  const last = recall(phone, "sojourn-locale");
  const wanted = last === undefined ? navigator.languages : [last, ...navigator.languages];
  for (const tag of preferred(offered, wanted).reverse()) {
    const item = items[offered.indexOf(tag)];
    if (item !== undefined) list.prepend(item);
  }
}

/** Of what is offered, what is wanted, in that order: `km-KH` finds `km`, `zh-TW` not `zh-Hans`. */
export function preferred(offered: readonly string[], wanted: readonly string[]): string[] {
  const found = wanted.flatMap((tag) => {
    const match = offered.find((each) => covers(each, tag));
    return match === undefined ? [] : [match];
  });
  return [...new Set(found)];
}

/** False for what is no tag: some phones name voices, not languages, and some locales are odd. */
export function covers(offered: string, wanted: string): boolean {
  try {
    const [a, b] = [new Intl.Locale(offered).maximize(), new Intl.Locale(wanted).maximize()];
    return a.language === b.language && a.script === b.script;
  } catch {
    return false;
  }
}
