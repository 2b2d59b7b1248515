/** Where this page and the site lie. */
import { fileOf } from "./address.ts";

// Through a variable: a build takes `new URL(…, import.meta.url)` for an asset to look up.
const here: string = import.meta.url;

/** Where the site begins: scripts lie in `assets/`, one folder below. */
export const root = new URL("../", here);

/** The page's language, a BCP 47 tag; empty on a page of no language. */
export function pageLocale(): string {
  const [first = ""] = location.pathname.slice(root.pathname.length).split("/");
  return first === document.documentElement.lang ? first : "";
}

/** Where the page lies in its locale: `/topics/papers`; of a page of no language, `join` or nothing. */
export function pagePath(): string {
  const rest = location.pathname.slice(root.pathname.length + pageLocale().length);
  return rest.replace(/index\.html$/, "").replace(/\.html$/, "");
}

/** The address of a page as this site writes it: `path` is its place in the locale, `topics/papers`. */
export function pageOf(locale: string, path: string): URL {
  return new URL(isOfFiles() ? fileOf(`${locale}/${path}`) : `${locale}/${path}`, root);
}

/** Whether pages are addressed by their files, as in an exported tree: any link of the page shows it. */
function isOfFiles(): boolean {
  const links = Array.from(document.querySelectorAll<HTMLAnchorElement>("a#leave, ul.languages a"));
  return links.some(({ pathname }) => pathname.endsWith(".html"));
}
