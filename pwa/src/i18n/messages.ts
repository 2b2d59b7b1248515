/**
 * What the interface says, in the page's language.
 *
 * Call with literals only: `npm run messages` reads them from the source. Placeholders are named,
 * `{count}`; numbers and dates are put in as text made by `numbers.ts`, so that they stand in the
 * locale's own digits. A message that nobody has translated is said in English.
 */
import type { Catalog } from "./catalog.ts";
import { inOwnDigits, isUnknown, type OwnWriting } from "./own.ts";

export type Values = Readonly<Record<string, string | number>>;

/** What `heard` gives: a text, and its language where that is not the page's. */
export interface Heard {
  readonly text: string;
  readonly lang: string | undefined;
}

const SOURCE_LANG = "en";

let catalog: Catalog | undefined;
let page = SOURCE_LANG;
let fallbacks = 0;

/** Sets what is spoken from now on. Without a catalog everything is said in English. */
export function setMessages(messages: Catalog | undefined, lang: string): void {
  catalog = messages;
  page = lang;
}

/** What `say` says is said in that language, and nothing else is: for a part of the page that is for somebody else. */
export function within<T>(messages: Catalog | undefined, lang: string, say: () => T): T {
  const before = { catalog, page };
  setMessages(messages, lang);
  try {
    return say();
  } finally {
    setMessages(before.catalog, before.page);
  }
}

/** The page's language, a BCP 47 tag. */
export function locale(): string {
  return page;
}

/** How the page's language writes figures and dates, where this browser does not know. */
export function ownWriting(): OwnWriting | undefined {
  return isUnknown(page) ? catalog?.writing : undefined;
}

/** A number as the page's language writes it. */
export function writtenNumber(value: number, options?: Intl.NumberFormatOptions): string {
  const writing = ownWriting();
  const text = new Intl.NumberFormat(writing === undefined ? page : SOURCE_LANG, options).format(
    value,
  );
  return writing === undefined ? text : inOwnDigits(text, writing.digits);
}

export function gettext(msgid: string, values?: Values): string {
  return fill(catalog?.find(undefined, msgid) ?? source(msgid), values);
}

export function pgettext(context: string, msgid: string, values?: Values): string {
  return fill(catalog?.find(context, msgid) ?? source(msgid), values);
}

/** `{count}` is put in by itself, in the locale's digits. */
export function ngettext(one: string, many: string, count: number, values?: Values): string {
  const text = catalog?.find(undefined, one, count) ?? source(count === 1 ? one : many);
  return fill(text, { count, ...values });
}

/** Says whether anything in `say` had to be said in English on a page of another language. */
export function heard(say: () => string): Heard {
  const before = fallbacks;
  const text = say();
  return { text, lang: fallbacks > before ? SOURCE_LANG : undefined };
}

function source(msgid: string): string {
  if (page !== SOURCE_LANG) fallbacks += 1;
  return msgid;
}

function fill(text: string, values: Values | undefined): string {
  if (values === undefined) return text;
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    if (typeof value === "number") return writtenNumber(value);
    return value ?? placeholder;
  });
}
