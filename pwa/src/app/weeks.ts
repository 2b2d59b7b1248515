/** A contact's week, `2026-W47`, for people; and its neighbours. */
import { formatDay, formatNumber, gettext } from "../i18n/index.ts";
import { weekOf } from "../forms/index.ts";

const DAY = 86_400_000;

export function weekName(week: string): string {
  const monday = mondayOf(week);
  if (monday === undefined) return week;
  const day = new Date(monday).toISOString().slice(0, 10);
  // Translators: {week} is the number of a week in the year, {day} the date of its Monday.
  return gettext("Week {week}, from {day}", {
    week: formatNumber(Number(week.slice(-2))),
    day: formatDay(day),
  });
}

/** The week that many weeks later, or earlier. */
export function weekAfter(week: string, weeks: number): string {
  const monday = mondayOf(week);
  if (monday === undefined) return week;
  const thursday = new Date(monday + (3 + 7 * weeks) * DAY);
  return weekOf(new Date(thursday.getUTCFullYear(), thursday.getUTCMonth(), thursday.getUTCDate()));
}

/** Milliseconds since 1970, in UTC. */
function mondayOf(week: string): number | undefined {
  const found = /^(\d{4})-W(\d{2})$/.exec(week);
  if (found === null) return undefined;
  // 4 January is always in the first week.
  const fourth = Date.UTC(Number(found[1]), 0, 4);
  const weekday = (new Date(fourth).getUTCDay() + 6) % 7;
  return fourth + ((Number(found[2]) - 1) * 7 - weekday) * DAY;
}
