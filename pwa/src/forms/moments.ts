/** Days and times of day as text, `2026-11-22` and `14:05`. Mirrors `server/forms/moments.py`. */

const DATE = /^(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$/;
const TIME = /^([01][0-9]|2[0-3]):([0-5][0-9])$/;
const DAY = 86_400_000;
const MINUTES = 24 * 60;

export function isDate(text: string): boolean {
  return daysOf(text) !== undefined;
}

export function isTime(text: string): boolean {
  return TIME.test(text);
}

/** Days since 1970-01-01, the number that XForms gives a date. */
export function daysOf(text: string): number | undefined {
  if (!DATE.test(text)) return undefined;
  const at = Date.parse(`${text}T00:00:00Z`);
  // What the calendar does not have, 30 February, is no date; some engines would move it to March.
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text) return undefined;
  return at / DAY;
}

/** 0 at midnight, a half at noon. */
export function partOfDay(text: string): number | undefined {
  const found = TIME.exec(text);
  return found === null ? undefined : (Number(found[1]) * 60 + Number(found[2])) / MINUTES;
}

/** By the device's own calendar. */
export function today(now = new Date()): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
