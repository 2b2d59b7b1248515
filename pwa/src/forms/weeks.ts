/** ISO weeks, `2026-W47`: as near as a contact says when it was. */

const WEEK = /^(20[0-9]{2})-W([0-9]{2})$/;
const DAY = 86_400_000;

export function isWeek(text: string): boolean {
  const found = WEEK.exec(text);
  if (found === null) return false;
  const [year, week] = [Number(found[1]), Number(found[2])];
  // 28 December is always in the last week of its year.
  return week >= 1 && week <= isoWeek(Date.UTC(year, 11, 28)).week;
}

/** The week of a day by the device's own calendar. */
export function weekOf(day: Date): string {
  const { year, week } = isoWeek(Date.UTC(day.getFullYear(), day.getMonth(), day.getDate()));
  return `${year}-W${String(week).padStart(2, "0")}`;
}

/** A week belongs to the year of its Thursday. */
function isoWeek(day: number): { year: number; week: number } {
  const weekday = (new Date(day).getUTCDay() + 6) % 7;
  const thursday = day + (3 - weekday) * DAY;
  const year = new Date(thursday).getUTCFullYear();
  return { year, week: Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * DAY)) + 1 };
}
