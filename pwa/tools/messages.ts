/** `npm run messages`: every `gettext` of `src/` into `translations/app-ts.pot`. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { extract, type Message } from "./extract.ts";
import { writePot } from "./pot.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCES = "pwa/src";
const TEMPLATE = "translations/app-ts.pot";

export async function collect(): Promise<Message[]> {
  const messages: Message[] = [];
  for (const file of await sources()) {
    messages.push(...extract(file, await readFile(ROOT + file, "utf-8")));
  }
  return messages;
}

/** Paths from the repository's root; `i18n` defines the calls and makes none. */
export async function sources(): Promise<string[]> {
  const files = await readdir(ROOT + SOURCES, { recursive: true });
  return files
    .map((file) => `${SOURCES}/${file.split("\\").join("/")}`)
    .filter((file) => file.endsWith(".ts") && !file.startsWith(`${SOURCES}/i18n/`))
    .sort();
}

export async function main(): Promise<void> {
  const messages = await collect();
  await writeFile(ROOT + TEMPLATE, writePot(messages));
  process.stdout.write(`${messages.length} calls in ${TEMPLATE}\n`);
}
