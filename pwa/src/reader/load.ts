/** Parts as a page gets them: from the phone where they are kept, else from the network. */
import { Catalog, setMessages } from "../i18n/index.ts";
import { PackError } from "./errors.ts";
import { decodeIndex, type PartOf, sha256 } from "./pack-index.ts";
import { decodePart, domainOf, type Part } from "./part.ts";
import { root } from "./site.ts";

/** What the messages are written in. */
const SOURCE = "en";

/** Undefined when the pack has no such subject. Throws `TypeError` with no network, `PackError`. */
export async function loadPart(locale: string, subject: string): Promise<Part | undefined> {
  const part = (await loadIndex(locale)).find((each) => each.subject === subject);
  return part && loadListed(part);
}

export interface LoadedParts {
  readonly parts: readonly Part[];
  /** How many could not be had: there is no network, and they are not on this phone yet. */
  readonly missing: number;
}

/** All that `wanted` chooses by subject. Throws as `loadPart` when the index itself cannot be had. */
export async function loadParts(
  locale: string,
  wanted: (subject: string) => boolean,
): Promise<LoadedParts> {
  const listed = (await loadIndex(locale)).filter(({ subject }) => wanted(subject));
  const loaded = await Promise.all(listed.map((each) => loadListed(each).catch(() => undefined)));
  const parts = loaded.filter((part): part is Part => part !== undefined);
  return { parts, missing: listed.length - parts.length };
}

async function loadIndex(locale: string): Promise<readonly PartOf[]> {
  return decodeIndex(new Uint8Array(await load(`packs/${locale}/index`))).parts;
}

async function loadListed({ subject, hash }: PartOf): Promise<Part> {
  const bytes = await load(`packs/parts/${hash}`);
  if ((await sha256(bytes)) !== hash) throw new PackError(`bad hash: ${subject}`);
  return decodePart(bytes);
}

/** From here on everything is said in that language, or in English where nothing came. */
export async function speak(locale: string): Promise<void> {
  if (locale === "") setMessages(undefined, SOURCE);
  else setMessages(await loadMessages(locale).catch(() => undefined), locale);
}

/** What the interface says in that language; undefined in the language that it is written in. Throws as `loadPart`. */
export async function loadMessages(locale: string): Promise<Catalog | undefined> {
  if (locale === SOURCE) return undefined;
  const part = await loadPart(locale, "messages");
  return part && Catalog.decode(domainOf(part));
}

async function load(path: string): Promise<ArrayBuffer> {
  const response = await fetch(new URL(path, root).href);
  if (!response.ok) throw new TypeError(`${response.status} for ${path}`);
  return response.arrayBuffer();
}
