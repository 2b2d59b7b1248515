/** What of a page is read aloud, a paragraph or a point at a time. */

const BLOCKS = "h1, h2, h3, p, li, dt, dd, legend";
/** Tools, lists of links and the small print. */
const APART = ".listen, .clear, .sources, .related, aside, form, noscript, [hidden]";

export interface Block {
  readonly element: HTMLElement;
  readonly text: string;
  readonly lang: string;
}

export function blocksOf(article: HTMLElement): Block[] {
  return Array.from(article.querySelectorAll<HTMLElement>(BLOCKS)).flatMap((element) => {
    if (element.closest(APART) !== null || element.querySelector(BLOCKS) !== null) return [];
    const text = spokenText(element);
    const lang = element.closest<HTMLElement>("[lang]")?.lang ?? "";
    return text === "" ? [] : [{ element, text, lang: langWithin(element) ?? lang }];
  });
}

/** Without the marks that only the eye needs. */
function spokenText(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement;
  for (const mark of copy.querySelectorAll(".mark")) mark.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

/** A block without a translation has its language on a span that is all of it. */
function langWithin(element: HTMLElement): string | undefined {
  const [only, ...more] = Array.from(element.children);
  const isAll = more.length === 0 && only?.textContent === element.textContent.trim();
  return isAll && only instanceof HTMLElement && only.lang !== "" ? only.lang : undefined;
}
