/** Hours and pay in words: a day, a rule, the sums of a month. */
import { html, nothing, type TemplateResult } from "lit";

import { formatDay, formatNumber, gettext, ngettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import { showAmount } from "./keeping/amounts.ts";
import { showHours, showTime } from "./keeping/days.ts";
import type { MonthTotals, Shift, Sum, Wage } from "./keeping/pay.ts";
import { showMoney } from "./keeping/work.ts";

export function timesOf({ start, end, pause }: Shift): string {
  const [from, to] = [showTime(start), showTime(end)];
  if (pause === 0) {
    // Translators: hours of work: {from} and {to} are times of day, 08:00.
    return gettext("{from} to {to}", { from, to });
  }
  // Translators: hours of work: {from} and {to} are times of day, {minutes} the length of the break.
  return gettext("{from} to {to}, break {minutes} min", { from, to, minutes: pause });
}

export function ruleOf(wage: Wage): string {
  const money = showMoney(wage);
  if (wage.from === "") {
    if (wage.per === "hour") return gettext("{money} for an hour", { money });
    if (wage.per === "day") return gettext("{money} for a day", { money });
    return gettext("{money} for a month", { money });
  }
  const day = formatDay(wage.from);
  if (wage.per === "hour") return gettext("{money} for an hour, from {day}", { money, day });
  if (wage.per === "day") return gettext("{money} for a day, from {day}", { money, day });
  return gettext("{money} for a month, from {day}", { money, day });
}

export function workedOf({ days, minutes }: MonthTotals): string {
  return ngettext("{count} day, {hours}", "{count} days, {hours}", days, {
    count: formatNumber(days),
    hours: showHours(minutes),
  });
}

/** Owed, paid, taken out and missing, a line each; a currency after the other. */
export function sumList(sums: readonly Sum[]): TemplateResult {
  return html`${sums.map(
    (sum) =>
      html`<dl class="sums">
        ${line(() => gettext("Owed"), sum.owed, sum)} ${line(() => gettext("Paid"), sum.paid, sum)}
        ${
          sum.missing > 0n
            ? line(() => gettext("Not paid yet"), sum.missing, sum, "missing")
            : sum.missing < 0n
              ? line(() => gettext("Paid more than owed"), -sum.missing, sum)
              : nothing
        }
        ${sum.taken === 0n ? nothing : line(() => gettext("They said they took out"), sum.taken, sum)}
      </dl>`,
  )}`;
}

function line(label: () => string, amount: bigint, { currency }: Sum, style = ""): TemplateResult {
  return html`<div class=${style || nothing}>
    <dt>${marked(label)}</dt>
    <dd><bdi>${`${showAmount(amount)} ${currency}`.trim()}</bdi></dd>
  </div>`;
}
