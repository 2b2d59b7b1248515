/**
 * The tables of a report, exactly as they were published, for spreadsheets and for HXL. Nothing is counted here:
 * docs/decisions/reports-are-made-once.md says why.
 */
import type { Publication } from "../counts/index.ts";
import { type Cell, column, type Sheet } from "./cells.ts";

const HIDDEN = "hidden";
const DAY = 86_400_000;
const TABLE = ["period", "question", "answer", "label", "contacts"].map((name) => column(name));
// The number is of contacts: #reached and #respondee would say that it is of people.
const TAGGED = [
  column("period", { hxl: "#meta+period" }),
  column("start", { hxl: "#date+start" }),
  column("end", { hxl: "#date+end" }),
  column("question", { hxl: "#indicator+code" }),
  column("question_label", { hxl: "#indicator+name" }),
  column("answer", { hxl: "#group+code" }),
  column("label", { hxl: "#group+name" }),
  column("contacts", { hxl: "#indicator+value+num" }),
  column("suppressed", { hxl: "#meta+suppressed" }),
];

/** What questions and answers are called, in one language; what has no label goes by its name. */
export interface TableLabels {
  readonly question: (name: string) => string;
  /** `row`: "" for no answer. */
  readonly answer: (question: string, row: string) => string;
  readonly allContacts: string;
}

/** All tables below each other. A number that is not told is the word `hidden`. */
export function reportTable(made: Publication, labels: TableLabels): Sheet {
  const rows = rowsOf(made, labels).map(({ question, answer, label, count }) => [
    made.period,
    question,
    answer,
    label,
    count ?? HIDDEN,
  ]);
  return { name: "report", columns: TABLE, notice: "", rows };
}

/** As `reportTable`, for HXL 1.1: a number that is not told is an empty cell, and the column after it says why. */
export function taggedTable(made: Publication, labels: TableLabels): Sheet {
  const { period, threshold } = made;
  const [start, end] = daysOf(period);
  const why = `below ${threshold}, or could be worked out`;
  const rows = rowsOf(made, labels).map(({ question, answer, label, count }) => [
    period,
    start,
    end,
    question,
    question === "" ? "" : labels.question(question),
    answer,
    label,
    count ?? "",
    count === null ? why : "",
  ]);
  return { name: "report", columns: TAGGED, notice: "", rows };
}

/** A sheet about the report, which carries the notices, then one for each table. */
export function reportSheets(
  made: Publication,
  labels: TableLabels,
  notices: readonly string[],
): Sheet[] {
  const [start, end] = daysOf(made.period);
  const facts: Cell[][] = [
    ["period", made.period],
    ["start", start],
    ["end", end],
    ["threshold", made.threshold],
    ["contacts", made.total ?? HIDDEN],
    ...notices.map((notice) => ["note", notice]),
  ];
  const columns = ["question", "answer", "label", "contacts"].map((name) => column(name));
  const tables = made.tables.map(({ question, rows }) => ({
    name: question,
    columns,
    notice: "",
    rows: rows.map(([row, count]) => [
      labels.question(question),
      row,
      labels.answer(question, row),
      count ?? HIDDEN,
    ]),
  }));
  const about = { name: "report", columns: [column("name"), column("value")], notice: "" };
  return [{ ...about, rows: facts }, ...tables];
}

interface Row {
  readonly question: string;
  readonly answer: string;
  readonly label: string;
  /** Null where it is not told. */
  readonly count: number | null;
}

function rowsOf({ total, tables }: Publication, labels: TableLabels): Row[] {
  const all = { question: "", answer: "", label: labels.allContacts, count: total };
  const each = tables.flatMap(({ question, rows }) =>
    rows.map(([answer, count]) => {
      return { question, answer, label: labels.answer(question, answer), count };
    }),
  );
  return [all, ...each];
}

/** The Monday that a quarter begins with and the Sunday that it ends with, ISO 8601. The last one ends with the year. */
function daysOf(period: string): [start: string, end: string] {
  const [year, quarter] = [Number(period.slice(0, 4)), Number(period.slice(-1))];
  const start = firstMonday(year) + (quarter - 1) * 13 * 7 * DAY;
  const next = quarter === 4 ? firstMonday(year + 1) : start + 13 * 7 * DAY;
  return [dayOf(start), dayOf(next - DAY)];
}

/** 4 January is always in a year's first ISO week. */
function firstMonday(year: number): number {
  const fourth = Date.UTC(year, 0, 4);
  return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
