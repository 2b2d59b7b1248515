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

/** The parts that hold what has been said so far: what only the app says, a reader need not fetch. */
const subjects = new Set(["messages"]);
let turn = 0;

/**
 * From here on everything is said in that language, or in English what did not come; `also` are the subjects of
 * further messages: `app/messages`.
 */
export async function speak(locale: string, ...also: readonly string[]): Promise<void> {
  for (const subject of also) subjects.add(subject);
  turn += 1;
  const mine = turn;
  const catalog = await loadCatalog(locale)
    .then((loaded) => loaded.catalog)
    .catch(() => undefined);
  // Another language was chosen meanwhile.
  if (mine === turn) setMessages(catalog, locale === "" ? SOURCE : locale);
}

/** What the interface says in that language; undefined in the language that it is written in. Throws as `loadPart`. */
export async function loadMessages(locale: string): Promise<Catalog | undefined> {
  const { catalog, missing } = await loadCatalog(locale);
  if (missing > 0) throw new TypeError(`${missing} parts of messages`);
  return catalog;
}

async function loadCatalog(
  locale: string,
): Promise<{ readonly catalog: Catalog | undefined; readonly missing: number }> {
  if (locale === "" || locale === SOURCE) return { catalog: undefined, missing: 0 };
  const { parts, missing } = await loadParts(locale, (subject) => subjects.has(subject));
  return {
    catalog: parts.length > 0 ? Catalog.decode(...parts.map(domainOf)) : undefined,
    missing,
  };
}

async function load(path: string): Promise<ArrayBuffer> {
  const response = await fetch(new URL(path, root).href);
  if (!response.ok) throw new TypeError(`${response.status} for ${path}`);
  return response.arrayBuffer();
}
