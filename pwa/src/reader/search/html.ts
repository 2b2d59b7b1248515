/**
 * The text of a page that our build made. No element is made of it: what parses HTML is a sink of
 * Trusted Types, and the policy is for addresses of scripts alone.
 */
export interface PageText {
  /** The heading. */
  readonly title: string;
  /** The first sentences: what a result shows. */
  readonly lead: string;
  /** Everything else, a line a block. */
  readonly text: string;
  /** The headings below the title, a line each. */
  readonly headings: string;
}

/** What is the same on every page, or says nothing about this one. */
const APART =
  /<(aside|script|style|select|small)\b[^>]*>[^]*?<\/\1>|<!--[^]*?-->|<section class="related"[^]*?<\/section>/g;
const BLOCK = /<\/?(?:h[1-6]|p|li|ul|ol|dl|dt|dd|section|article|div|tr|td|th|caption|br)\b[^>]*>/g;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

/** `main` is the inside of a page's `main`, as parts hold it. */
export function textOfPage(main: string): PageText {
  const html = main.replace(APART, "");
  const title = plain(inside(html, /<h1\b[^>]*>([^]*?)<\/h1>/) ?? "");
  const rest = html.replace(/<h1\b[^>]*>[^]*?<\/h1>/, "");
  const lead =
    inside(rest, /<p class="lead[^>]*>([^]*?)<\/p>/) ?? inside(rest, /<p\b[^>]*>([^]*?)<\/p>/);
  const headings = Array.from(rest.matchAll(/<h[23]\b[^>]*>([^]*?)<\/h[23]>/g), ([, found = ""]) =>
    plain(found),
  );
  return { title, lead: plain(lead ?? ""), text: plain(rest), headings: headings.join("\n") };
}

function inside(html: string, found: RegExp): string | undefined {
  return found.exec(html)?.[1];
}

/** Without tags, entities and the marks that only the eye needs. */
export function plain(html: string): string {
  return html
    .replace(BLOCK, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(
      /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
      (entity, hex?: string, decimal?: string, name = "") => {
        if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
        if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
        return ENTITIES[name as string] ?? entity;
      },
    )
    .replace(/[^\S\n]+/g, " ")
    .replace(/\s*\n\s*/g, "\n")
    .trim();
}
