import { readdir, readFile } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";

import { expect, test } from "vitest";

const STYLE = new URL("../src/style/", import.meta.url);
const AAA = 7;
/** What is written on what. */
const PAIRS = [
  ["ink", ["paper", "surface", "notice", "good", "tile-1", "tile-2", "tile-3", "tile-4"]],
  ["soft", ["paper", "surface", "notice", "caution"]],
  ["link", ["paper", "surface", "notice", "caution"]],
  ["on-strong", ["strong"]],
  ["strong", ["surface"]],
  ["ink", ["caution"]],
  ["caution-ink", ["caution", "paper", "surface"]],
] as const;

async function read(file: string): Promise<string> {
  return readFile(new URL(file, STYLE), "utf-8");
}

/** The tokens of each scheme, where what it does not change stays as in light. */
async function schemes(): Promise<[string, Map<string, string>][]> {
  const css = await read("tokens.css");
  const tokens = (selector: string): [string, string][] => {
    const block = css.slice(css.indexOf(`${selector} {`)).split("}")[0] ?? "";
    return [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]);
  };
  const light = tokens(":root");
  const named = [":root:not([data-colours])", "dark", "contrast"].map(
    (name): [string, Map<string, string>] => {
      const own = tokens(name.startsWith(":") ? name : `:root[data-colours="${name}"]`);
      expect(own.length, name).toBeGreaterThan(15);
      return [name, new Map([...light, ...own])];
    },
  );
  return [["light", new Map(light)], ...named];
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

test("text stands out from its ground, seven to one, in every scheme", async () => {
  for (const [scheme, tokens] of await schemes()) {
    for (const [text, grounds] of PAIRS) {
      for (const ground of grounds) {
        const ratio = contrast(tokens.get(text) ?? "", tokens.get(ground) ?? "");
        expect(ratio, `${text} on ${ground}, ${scheme}`).toBeGreaterThanOrEqual(AAA);
      }
    }
  }
});

test("dark is the same whether the phone or the person chooses it", async () => {
  const found = new Map(await schemes());
  expect(found.get("dark")).toEqual(found.get(":root:not([data-colours])"));
});

test("colours are named in one file, sides by their logical names, and nothing shouts", async () => {
  for (const file of await readdir(STYLE)) {
    const css = (await read(file)).replace(/\/\*[^]*?\*\//g, "");
    expect(css, file).not.toMatch(/!important|@layer/);
    expect(css, file).not.toMatch(/[\s;{](margin|padding|border)-(left|right|top|bottom)/);
    expect(css, file).not.toMatch(/[\s;{](left|right|top|bottom|width|height):/);
    expect(css, file).not.toMatch(/text-align:\s*(left|right)/);
    if (file !== "tokens.css") expect(css, file).not.toMatch(/#[0-9a-f]{6}\b/);
  }
});

test("the style of a page is small", async () => {
  const files = ["tokens.css", "base.css", "page.css", "reading.css"];
  const css = (await Promise.all(files.map(read))).join("").replace(/\/\*[^]*?\*\/|\n\s*/g, "");
  expect(brotliCompressSync(css).length).toBeLessThan(4096);
});
