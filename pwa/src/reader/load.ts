/** Parts as a page gets them: from the phone where they are kept, else from the network. */
import { Catalog, setMessages } from "../i18n/index.ts";
import { PackError } from "./errors.ts";
import { decodeIndex, sha256 } from "./pack-index.ts";
import { decodePart, domainOf, type Part } from "./part.ts";
import { root } from "./site.ts";

/** What the messages are written in. */
const SOURCE = "en";

/** Undefined when the pack has no such subject. Throws `TypeError` with no network, `PackError`. */
export async function loadPart(locale: string, subject: string): Promise<Part | undefined> {
  const index = decodeIndex(new Uint8Array(await load(`packs/${locale}/index`)));
  const part = index.parts.find((each) => each.subject === subject);
  if (part === undefined) return undefined;
  const bytes = await load(`packs/parts/${part.hash}`);
  if ((await sha256(bytes)) !== part.hash) throw new PackError(`bad hash: ${subject}`);
  return decodePart(bytes);
}

/** From here on everything is said in that language, or in English where nothing came. */
export async function speak(locale: string): Promise<void> {
  if (locale === "" || locale === SOURCE) {
    setMessages(undefined, SOURCE);
    return;
  }
  const part = await loadPart(locale, "messages").catch(() => undefined);
  setMessages(part && Catalog.decode(domainOf(part)), locale);
}

async function load(path: string): Promise<ArrayBuffer> {
  const response = await fetch(new URL(path, root).href);
  if (!response.ok) throw new TypeError(`${response.status} for ${path}`);
  return response.arrayBuffer();
}
