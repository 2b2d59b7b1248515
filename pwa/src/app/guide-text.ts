/**
 * The text of a page of guidance, block by block, to be shown inside My notes: what parses HTML is a sink of
 * Trusted Types (`reader/search/html.ts`), so the few kinds of blocks that guidance has are drawn anew.
 */
import { plain } from "../reader/search/html.ts";

export interface GuideBlock {
  readonly kind: "h2" | "p" | "li";
  readonly text: string;
  /** English, where nobody has translated it. */
  readonly lang: string | undefined;
}

const RELATED = /<section class="related"[^]*?<\/section>/g;
const BLOCK = /<(h2|h3|p|li)\b([^>]*)>([^]*?)<\/\1>/g;
/** What only the eye needs. */
const MARK = /<small\b[^]*?<\/small>/g;
const LANGUAGE = /\blang="([\w-]+)"/;

/** Without its heading, which the list has shown, and without links: the list is beside it. */
export function guideBlocks(main: string): readonly GuideBlock[] {
  return Array.from(main.replace(RELATED, "").matchAll(BLOCK), ([, tag, attributes, inner]) =>
    blockOf(tag, attributes ?? "", inner ?? ""),
  ).filter(({ text }) => text !== "");
}

function blockOf(tag: string | undefined, attributes: string, inner: string): GuideBlock {
  const [whole = ""] = /^\s*<span\b[^>]*>(?=[^]*<\/span>\s*$)/.exec(inner) ?? [];
  const [, lang] = LANGUAGE.exec(attributes) ?? LANGUAGE.exec(whole) ?? [];
  return {
    kind: tag === "li" || tag === "p" ? tag : "h2",
    text: plain(inner.replace(MARK, "")),
    lang,
  };
}

/** The pages in the order of the list page: their slugs. */
export function guideOrder(main: string): readonly string[] {
  return Array.from(
    main.matchAll(/href="[^"]*\/guide\/([\w-]+)(?:\.html)?"/g),
    ([, slug = ""]) => slug,
  );
}
