/** Days and times of day by the phone's own calendar and clock: `2026-03-01`, and minutes since midnight. */
import { formatNumber, gettext } from "../../i18n/index.ts";

export const DAY_MINUTES = 24 * 60;
const DAY_MILLISECONDS = 86_400_000;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

export function localDay(now: number): string {
  const day = new Date(now);
  return `${String(day.getFullYear()).padStart(4, "0")}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** Whether there is such a day, from 1970 on. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return time >= 0 && new Date(time).toISOString().startsWith(text);
}

/** What lists of days sort by; 0 for what is no day. */
export function dayOrder(day: string): number {
  return isDay(day) ? Date.parse(`${day}T00:00:00Z`) : 0;
}

export function daysAfter(day: string, days: number): string {
  return new Date(dayOrder(day) + days * DAY_MILLISECONDS).toISOString().slice(0, 10);
}

/** From one day to another; negative when it lies before. */
export function daysBetween(from: string, to: string): number {
  return Math.round((dayOrder(to) - dayOrder(from)) / DAY_MILLISECONDS);
}

export function monthOf(day: string): string {
  return day.slice(0, 7);
}

export function monthsAfter(month: string, months: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}

/** `08:30` as minutes since midnight. */
export function readTime(text: string): number | undefined {
  const found = TIME.exec(text);
  return found === null ? undefined : Number(found[1]) * 60 + Number(found[2]);
}

/** As `readTime` takes it. */
export function writeTime(minutes: number): string {
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The same in the language's own figures. */
export function showTime(minutes: number): string {
  const figures = (part: number): string => formatNumber(part, { minimumIntegerDigits: 2 });
  return `${figures(Math.floor(minutes / 60))}:${figures(minutes % 60)}`;
}

export function showHours(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  // Translators: a length of time: hours.
  if (rest === 0) return gettext("{hours} h", { hours });
  // Translators: a length of time: hours and minutes.
  return gettext("{hours} h {minutes} min", { hours, minutes: rest });
}

function two(part: number): string {
  return String(part).padStart(2, "0");
}
