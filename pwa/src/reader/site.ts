/** Where this page and the site lie. */

// Through a variable: a build takes `new URL(…, import.meta.url)` for an asset to look up.
const here: string = import.meta.url;

/** Where the site begins: scripts lie in `assets/`, one folder below. */
export const root = new URL("../", here);

/** The page's language, a BCP 47 tag; empty on a page of no language. */
export function pageLocale(): string {
  const [first = ""] = location.pathname.slice(root.pathname.length).split("/");
  return first === document.documentElement.lang ? first : "";
}

/** Where the page lies in its locale: `/topics/papers`. */
export function pagePath(): string {
  const rest = location.pathname.slice(root.pathname.length + pageLocale().length);
  return rest.replace(/index\.html$/, "").replace(/\.html$/, "");
}
