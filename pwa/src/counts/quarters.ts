/** Quarters of ISO weeks, `2026-Q4`: what a report is of. No week is of two; a 53rd week is of the fourth. */
import { isWeek } from "../forms/index.ts";

const WEEKS = 13;

export function quarterOf(week: string): string {
  const quarter = Math.min(Math.floor((Number(week.slice(-2)) - 1) / WEEKS) + 1, 4);
  return `${week.slice(0, 4)}-Q${quarter}`;
}

/** `undefined` for what is no quarter. */
export function weeksOf(period: string): readonly string[] | undefined {
  const found = /^(20[0-9]{2})-Q([1-4])$/.exec(period);
  if (found === null) return undefined;
  const first = (Number(found[2]) - 1) * WEEKS + 1;
  const weeks = Array.from({ length: WEEKS + 1 }, (_, at) => {
    return `${found[1] ?? ""}-W${String(first + at).padStart(2, "0")}`;
  });
  return weeks.filter((week, at) => (at < WEEKS ? true : found[2] === "4" && isWeek(week)));
}

/** What is no quarter is never over. */
export function isOver(period: string, thisWeek: string): boolean {
  const last = weeksOf(period)?.at(-1);
  return last !== undefined && last < thisWeek;
}
