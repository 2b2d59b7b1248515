/** A page from a shell: plain substitution, as `server/site/shell.py` does it, byte for byte. */

/** `title` and `path` are text; `main` is HTML that the build made. */
export interface Page {
  readonly title: string;
  readonly path: string;
  readonly main: string;
}

/** One pass, so that nothing which fills a hole is looked at for holes. */
export function fill(shell: string, page: Page): string {
  return shell.replace(/<!--\[(title|path|main)\]-->/g, (_hole, name: keyof Page) =>
    name === "main" ? page.main : escape(page[name]),
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#x27;",
};

/** As Python's `html.escape`. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
