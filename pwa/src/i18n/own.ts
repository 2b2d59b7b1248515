/**
 * How a language writes figures and dates, from the pack: Chromium's own data has neither Khmer, Burmese nor Lao,
 * and would write them as English.
 */

/** What the header of the pack's messages says, from CLDR. */
export interface OwnWriting {
  /** CLDR's long date pattern, such as `d MMMM y`. */
  readonly day: string;
  /** Nought to nine. */
  readonly digits: string;
  /** January first. */
  readonly months: readonly string[];
}

/** Whether this browser has to be helped. */
export function isUnknown(lang: string): boolean {
  return Intl.NumberFormat.supportedLocalesOf(lang).length === 0;
}

/** A text with its figures 0–9 in the language's own. */
export function inOwnDigits(text: string, digits: string): string {
  const own = Array.from(digits);
  return text.replace(/[0-9]/g, (digit) => own[Number(digit)] ?? digit);
}

/** A day, `YYYY-MM-DD`, as the pattern has it; quoted text and what is no field stand as they are. */
export function ownDay(day: string, writing: OwnWriting): string {
  const [year = "", month = "", date = ""] = day.split("-").map((part) => String(Number(part)));
  const text = writing.day.replace(/'([^']*)'|y+|M+|d+/g, (field, quoted?: string) => {
    if (quoted !== undefined) return quoted;
    if (field.startsWith("y")) return year;
    return field.startsWith("M") ? (writing.months[Number(month) - 1] ?? month) : date;
  });
  return inOwnDigits(text, writing.digits);
}
