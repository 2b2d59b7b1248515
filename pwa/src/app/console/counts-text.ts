/** What the screens of counts say in more than one place. */
import { html, type TemplateResult } from "lit";

import { type GapName, type Publication } from "../../counts/index.ts";
import { formatNumber, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { CountRow } from "./count-table.ts";
import type { Labels } from "./labels.ts";

/** A quarter, `2026-Q4`, for people. */
export function quarterName(period: string): string {
  return gettext("{year}, quarter {number}", {
    year: formatNumber(Number(period.slice(0, 4)), { useGrouping: false }),
    number: formatNumber(Number(period.slice(-1))),
  });
}

export function gapName(name: GapName): string {
  switch (name) {
    case "asked":
      return gettext("Asked for, but not referred");
    case "referred":
      return gettext("Referred, but not reached");
    case "unknown":
      return gettext("Referred, and nobody knows yet");
  }
}

/** Of which the rows are signs and impressions, and of which what an authority said: never one number. */
const APART: readonly string[] = ["exploitation_form", "official_status"];

/** What has to be known to read a table right; undefined where there is nothing. */
export function caveatOf(question: string, many: boolean): (() => string) | undefined {
  if (APART.includes(question)) {
    return () =>
      gettext("What is possible and what an authority has identified are never added together.");
  }
  return many ? () => gettext("A contact can be in several rows: do not add them.") : undefined;
}

export function caveatLine(question: string, many: boolean): TemplateResult | undefined {
  const said = caveatOf(question, many);
  return said && html`<p class="hint">${marked(said)}</p>`;
}

/** How small numbers are hidden, for whoever reads a table. */
export function hidingLine(made: Publication): TemplateResult {
  return html`<p class="hint">${marked(() => hidingText(made))}</p>`;
}

export function hidingText({ threshold, total }: Publication): string {
  const number = formatNumber(threshold);
  return total === null
    ? gettext("There are fewer than {number} contacts, so everything is hidden.", { number })
    : gettext(
        "Numbers below {number} are hidden, and some others with them, so that nobody can work them out.",
        { number },
      );
}

/** The rows of one of a report's tables; undefined where it has none of that name. */
export function publishedRows(
  { tables }: Publication,
  question: string,
  labels: Labels,
): CountRow[] | undefined {
  const table = tables.find((each) => each.question === question);
  return table?.rows.map(([name, count]) => ({
    name,
    label: labels.answer(question, name),
    count,
  }));
}
