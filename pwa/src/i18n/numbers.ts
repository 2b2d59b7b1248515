/** Numbers, dates and lists as the page's language writes them. */
import { locale, ownWriting, writtenNumber } from "./messages.ts";
import { inOwnDigits, ownDay } from "./own.ts";

export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return writtenNumber(value, options);
}

/** A text with its figures 0–9 as the language writes them: for what is no number, such as a key. */
export function formatDigits(text: string): string {
  return text.replace(/[0-9]/g, (digit) => writtenNumber(Number(digit)));
}

/** `share` runs from 0 to 1. Rounded down: "100 %" is said when all is there, not before. */
export function formatPercent(share: number): string {
  return formatNumber(Math.floor(share * 100) / 100, { style: "percent" });
}

/** A day, `YYYY-MM-DD`, wherever the phone's clock thinks it is; what is none comes from elsewhere, and stays as it is. */
export function formatDay(day: string, options?: Intl.DateTimeFormatOptions): string {
  const writing = ownWriting();
  if (writing !== undefined) return ownDay(day, writing);
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return day;
  return dayFormat(options ?? { dateStyle: "long" }).format(date);
}

const dayFormats = new Map<string, Intl.DateTimeFormat>();

/** The same one again: to make it takes longer than to write a screen of days with it. */
function dayFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${locale()} ${JSON.stringify(options)}`;
  const held = dayFormats.get(name);
  if (held !== undefined) return held;
  const format = new Intl.DateTimeFormat(locale(), { ...options, timeZone: "UTC" });
  dayFormats.set(name, format);
  return format;
}

/** A month, `YYYY-MM`, with its year. */
export function formatMonth(month: string): string {
  const writing = ownWriting();
  if (writing === undefined) return formatDay(`${month}-01`, { year: "numeric", month: "long" });
  const [year = "", number = ""] = month.split("-");
  // CLDR's pattern `yMMMM` in the three languages that need it: Khmer, Burmese, Lao.
  return inOwnDigits(`${writing.months[Number(number) - 1] ?? number} ${year}`, writing.digits);
}

/** The time of day by this phone's clock, in hours and minutes; `moment` in milliseconds since 1970. */
export function formatTime(moment: number): string {
  const time = new Date(moment);
  const writing = ownWriting();
  if (writing === undefined) {
    return new Intl.DateTimeFormat(locale(), { timeStyle: "short" }).format(time);
  }
  const parts = [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, "0"));
  return inOwnDigits(parts.join(":"), writing.digits);
}

export function formatList(items: readonly string[], options?: Intl.ListFormatOptions): string {
  return new Intl.ListFormat(locale(), options).format(items);
}

/** What stands in a sentence and may run the other way, such as a week in Arabic: its own order, whatever is around. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

/** For sorting names as the page's language sorts them. */
export function collator(): Intl.Collator {
  return new Intl.Collator(locale());
}
