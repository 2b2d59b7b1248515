/** Dates that are near, told inside the app only: no notification, nothing outside the open vault. */
import { gettext, ngettext } from "../i18n/index.ts";
import type { Keepsake, Vault } from "../vault/index.ts";
import { daysBetween, dayOrder } from "./keeping/days.ts";
import { textOf } from "./keeping/fields.ts";

/** The dates that are to be told of today, the nearest first. Opens only those whose time has come. */
export async function dueDates({ keepsakes }: Vault, today: string): Promise<Keepsake[]> {
  const lines = keepsakes.lines("date").filter(({ order }) => order <= dayOrder(today));
  const { kept } = await keepsakes.open(lines.map(({ id }) => id));
  const days = (each: Keepsake): number => daysBetween(today, textOf(each.values, "date"));
  return kept.filter((each) => days(each) >= 0).sort((a, b) => days(a) - days(b));
}

export function whenSentence(date: string, today: string): string {
  const days = daysBetween(today, date);
  if (days === 0) return gettext("Today");
  if (days < 0) return gettext("Over");
  return ngettext("In {count} day", "In {count} days", days);
}
