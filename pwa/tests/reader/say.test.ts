import { afterEach, expect, test, vi } from "vitest";

import { Catalog, gettext, setMessages } from "../../src/i18n/index.ts";
import { sayIn } from "../../src/reader/say.ts";

/** As much of an element as `sayIn` touches. */
class Line {
  textContent = "";
  lang = "";
  dir = "";
  readonly classes = new Set<string>();
  readonly classList = {
    toggle: (name: string, isOn: boolean) =>
      isOn ? this.classes.add(name) : this.classes.delete(name),
  };
  append(): void {
    // The mark, of which nothing is asked here.
  }
  removeAttribute(name: "lang" | "dir"): void {
    this[name] = "";
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
  setMessages(undefined, "en");
});

test("a line that said something in English says the next thing in the page's language", () => {
  vi.stubGlobal("document", { createElement: () => new Line() });
  const domain = {
    "": { lang: "ur", plural_forms: "nplurals=2; plural=(n != 1);" },
    Sent: ["بھیجا"],
  };
  setMessages(Catalog.decode(domain), "ur");
  const line = new Line();
  sayIn(line as unknown as HTMLElement, () => gettext("Not sent"));
  expect(line).toMatchObject({ textContent: "Not sent", lang: "en", dir: "ltr" });
  expect(line.classes).toContain("fallback");
  sayIn(line as unknown as HTMLElement, () => gettext("Sent"));
  expect(line).toMatchObject({ textContent: "بھیجا", lang: "", dir: "" });
  expect(line.classes).not.toContain("fallback");
});
