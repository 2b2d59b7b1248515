/** Which page an address means, on a hub (`/km/topics/papers`) and in an exported tree alike. */

export type Address =
  | { readonly kind: "languages" }
  | { readonly kind: "join" }
  /** Kept whole with the shell: notes, and the converter. */
  | { readonly kind: "whole"; readonly locale: string; readonly path: string }
  /** A shell filled from a pack. `path` begins with `/`, and is how parts name their pages. */
  | { readonly kind: "page"; readonly locale: string; readonly path: string }
  | { readonly kind: "elsewhere" };

const WHOLE: ReadonlySet<string> = new Set(["/notes", "/units"]);

/** `path` is relative to where the site begins, without a leading slash, query or fragment. */
export function parseAddress(path: string, locales: (locale: string) => boolean): Address {
  const plain = withoutExtension(path);
  if (plain === "") return { kind: "languages" };
  if (plain === "join") return { kind: "join" };
  const [locale = "", ...rest] = plain.split("/");
  if (!locales(locale)) return { kind: "elsewhere" };
  const inside = `/${rest.join("/")}`;
  return { kind: WHOLE.has(inside) ? "whole" : "page", locale, path: inside };
}

/** The file of a page, where a host has nothing but files: `km/topics/papers.html`, `km/index.html`. */
export function fileOf(path: string): string {
  return path === "" || path.endsWith("/") ? `${path}index.html` : `${path}.html`;
}

function withoutExtension(path: string): string {
  return path.replace(/(^|\/)index\.html$/, "$1").replace(/\.html$/, "");
}
