/** A locale's messages, as a pack's part `messages` holds them (docs/packs.md). */
import type { OwnWriting } from "./own.ts";
import { parsePluralForms, type PluralRule } from "./plural.ts";

/** What gettext puts between a context and a message. */
const CONTEXT_END = "\u0004";

export class CatalogError extends Error {
  override readonly name = "CatalogError";
}

export class Catalog {
  readonly lang: string;
  readonly writing: OwnWriting | undefined;
  private readonly messages: ReadonlyMap<string, readonly string[]>;
  private readonly rule: PluralRule;

  private constructor(
    lang: string,
    rule: PluralRule,
    messages: ReadonlyMap<string, readonly string[]>,
    writing: OwnWriting | undefined,
  ) {
    this.lang = lang;
    this.writing = writing;
    this.rule = rule;
    this.messages = messages;
  }

  /**
   * Of one language's parts: each is `{"": {lang, plural_forms, day, digits, months}, "<context>\u0004<msgid>":
   * [form, …], …}`; the first one's head is taken.
   */
  static decode(...domains: readonly unknown[]): Catalog {
    if (!domains.every(isObject)) throw new CatalogError("not an object");
    const { "": header } = domains[0] ?? {};
    if (!isObject(header)) throw new CatalogError("no header");
    const { lang, plural_forms } = header;
    if (typeof lang !== "string" || typeof plural_forms !== "string") {
      throw new CatalogError("header without lang or plural_forms");
    }
    const messages = new Map<string, readonly string[]>();
    for (const [key, forms] of domains.flatMap((domain) => Object.entries(domain))) {
      if (key === "") continue;
      if (!isTexts(forms)) throw new CatalogError(key);
      messages.set(key, forms);
    }
    return new Catalog(lang, parsePluralForms(plural_forms).rule, messages, writingOf(header));
  }

  /** The translation, or undefined where there is none; a form left empty counts as none. */
  find(context: string | undefined, msgid: string, count?: number): string | undefined {
    const key = context === undefined ? msgid : `${context}${CONTEXT_END}${msgid}`;
    const form = count === undefined ? 0 : this.rule(Math.abs(count));
    const text = this.messages.get(key)?.[form];
    return text === "" ? undefined : text;
  }
}

function writingOf({ day, digits, months }: Record<string, unknown>): OwnWriting | undefined {
  const isWhole = typeof day === "string" && typeof digits === "string" && isTexts(months);
  return isWhole ? { day, digits, months } : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
