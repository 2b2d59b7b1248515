/** Builds `dist/`: what a page loads, Vite's manifest over all of it, and `sw.js`. */
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build, type InlineConfig, type Manifest, mergeConfig } from "vite";

import packageJson from "../package.json" with { type: "json" };
import shared from "../vite.config.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = `${ROOT}dist/`;

type Floor = keyof typeof packageJson.browserslist;

/** `chrome 80` as Browserslist spells it is `chrome80` to Vite, `ios_saf` is `ios`. */
function targets(floor: Floor): string[] {
  return packageJson.browserslist[floor].map((browser) =>
    browser.replace("ios_saf", "ios").replace(" ", ""),
  );
}

/** Modules and style sheets, split and hashed; they may share chunks. */
function modules(entries: Record<string, string>, floor: Floor): InlineConfig {
  return {
    build: {
      target: targets(floor),
      cssTarget: targets("reading"),
      manifest: "manifest.json",
      rolldownOptions: {
        input: entries,
        output: {
          entryFileNames: "assets/[name].[hash].js",
          chunkFileNames: "assets/[name].[hash].js",
          assetFileNames: "assets/[name].[hash][extname]",
        },
      },
    },
  };
}

/** One classic script in one file: for the head, for `file:` pages, and for the service worker. */
function script(entry: string, fileName: string): InlineConfig {
  return {
    build: {
      target: targets("reading"),
      manifest: "manifest.json",
      rolldownOptions: {
        input: entry,
        output: { format: "iife", entryFileNames: fileName },
      },
    },
  };
}

const BUILDS: InlineConfig[] = [
  modules(
    {
      main: "src/style/main.css",
      app: "src/style/app.css",
      "one-file": "src/style/one-file.css",
    },
    "reading",
  ),
  modules({ reader: "src/reader/main.ts" }, "reading"),
  modules({ app: "src/app/main.ts" }, "vault"),
  script("src/leave.ts", "assets/leave.[hash].js"),
  script("src/units.ts", "assets/units.[hash].js"),
  script("src/one-file.ts", "assets/one-file.[hash].js"),
  script("src/service-worker/main.ts", "sw.js"),
];

export async function main(): Promise<void> {
  // Whatever ran this tool may have said "development"; Lit would then ship its development build.
  process.env["NODE_ENV"] = "production";
  await rm(DIST, { recursive: true, force: true });
  const manifest: Manifest = {};
  for (const [number, each] of BUILDS.entries()) {
    const inline: InlineConfig = { root: ROOT, configFile: false, logLevel: "warn" };
    await build(mergeConfig(mergeConfig(shared, inline), each));
    const found = JSON.parse(await readFile(`${DIST}manifest.json`, "utf-8")) as Manifest;
    Object.assign(manifest, named(found, number));
  }
  delete manifest["src/service-worker/main.ts"];
  nameThreads(manifest);
  await writeFile(`${DIST}manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  await cp(`${ROOT}public`, DIST, { recursive: true });
}

/** Two builds may split off the same module: what is no entry has its build's number in its name. */
function named(found: Manifest, number: number): Manifest {
  const nameOf = (name: string): string =>
    found[name]?.isEntry === true ? name : `${String(number)}:${name}`;
  const entries = Object.entries(found).map(([name, chunk]) => {
    const imports = (chunk.imports ?? []).map(nameOf);
    const dynamicImports = (chunk.dynamicImports ?? []).map(nameOf);
    return [nameOf(name), { ...chunk, imports, dynamicImports }] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Vite lists the script of a `new Worker` as an asset of the chunk that starts it. Given an entry of
 * its own, it is found by whoever follows imports: `sojourn build`, for what a phone has to keep.
 */
function nameThreads(manifest: Manifest): void {
  for (const chunk of Object.values(manifest)) {
    for (const file of chunk.assets ?? []) {
      const name = `_${file}`;
      manifest[name] = { file };
      chunk.dynamicImports = [...(chunk.dynamicImports ?? []), name];
    }
  }
}
