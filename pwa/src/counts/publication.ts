/**
 * What a programme may publish of its contacts: a fixed set of tables for a quarter that is over (security rule
 * 5). The same as sync/client/publication.py; tests/vectors/publication.json holds the two together, and
 * docs/decisions/reports-are-made-once.md says why it is this and no more.
 *
 * The rule, in words that can be checked by hand: when a row of a table is below the threshold, that row is
 * hidden, and with it every row up to the first that is larger than the smallest by the threshold or more; when
 * there is no such row, the whole table is. When all contacts together are below the threshold, everything is.
 */
import { weeksOf } from "./quarters.ts";
import { type Question, rowsOf } from "./questions.ts";
import { type ContactTable, WEEK } from "./table.ts";

/** What a programme that has set no other uses: no number from 0 to 10 is told. */
export const THRESHOLD = 11;

/** The questions that have a table in every report, after the table of weeks, as far as a form asks them. */
export const REPORTED: readonly string[] = [
  "place",
  "language",
  "age_band",
  "gender",
  "needs",
  "indicators_deception",
  "indicators_coercion",
  "indicators_vulnerability",
  "indicators_conditions",
  "indicators_control",
  "indicators_dependence",
  "exploitation_form",
  "official_status",
  "referral_type",
  "outcome",
];

/** A row's name and its count: null where it is hidden. */
export type PublishedRow = readonly [name: string, count: number | null];

export interface PublishedTable {
  readonly question: string;
  readonly rows: readonly PublishedRow[];
}

export interface Publication {
  readonly period: string;
  readonly threshold: number;
  /** Contacts of the quarter that count; null where they are below the threshold. */
  readonly total: number | null;
  readonly tables: readonly PublishedTable[];
}

/** The counts of one table as they may be told. What is hidden depends on the counts alone, not on their order. */
export function hide(counts: readonly number[], threshold: number): (number | null)[] {
  const smallest = Math.min(...counts);
  if (smallest >= threshold) return [...counts];
  // Whatever hidden row one looks at, it may be the smallest as well as one that is larger by the threshold: so
  // nobody who knows this rule, the total and all that is told can say within less than that what it is.
  const larger = counts.filter((count) => count - smallest >= threshold);
  const last = larger.length === 0 ? Math.max(...counts) : Math.min(...larger);
  return counts.map((count) => (count > last ? count : null));
}

/** Every table of the quarter; `undefined` for what is no quarter. A table of one row, which nothing could hide, is left out. */
export function publish(
  contacts: ContactTable,
  period: string,
  threshold = THRESHOLD,
): Publication | undefined {
  const weeks = weeksOf(period);
  if (weeks === undefined) return undefined;
  const counted = contacts.select({ from: weeks[0] ?? "", to: weeks.at(-1) ?? "" });
  const isEnough = counted.length >= threshold;
  const told = (rows: readonly string[], counts: readonly number[]): PublishedRow[] => {
    const hidden = isEnough ? hide(counts, threshold) : counts.map(() => null);
    return rows.map((name, at) => [name, hidden[at] ?? null]);
  };
  const asked = REPORTED.map((name) => contacts.question(name)).filter(
    (question): question is Question => question !== undefined,
  );
  const held = contacts.question(WEEK)?.choices ?? [];
  const weekly = contacts.count(WEEK, counted);
  const tables = [
    {
      question: WEEK,
      rows: told(
        weeks,
        weeks.map((week) => weekly[held.indexOf(week)] ?? 0),
      ),
    },
    ...asked.map((question) => {
      const rows = told(rowsOf(question), contacts.count(question.name, counted));
      return { question: question.name, rows };
    }),
  ];
  return {
    period,
    threshold,
    total: isEnough ? counted.length : null,
    tables: tables.filter(({ rows }) => rows.length > 1),
  };
}
