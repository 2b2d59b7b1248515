/** What each column of an export is: its question, in the reader's language, its choices, the form and version. */
import { type Column, column, type Head, type Sheet } from "./cells.ts";

const NEUTRALISED = "A cell that a spreadsheet could take for a formula has ' before it.";
const TYPED: readonly string[] = ["text", "calculate"];
const COLUMNS = [
  "sheet",
  "column",
  "question",
  "type",
  "choices",
  "hxl",
  "form",
  "version",
  "note",
].map((name) => column(name));

/** A row for each column of each sheet. `isCsv`: the sheets are written as CSV, where formulas are made harmless. */
export function codebookOf(sheets: readonly Head[], isCsv: boolean): Sheet {
  const rows = sheets.flatMap(({ name, columns }) =>
    columns.map((each) => codebookRow(name, each, isCsv)),
  );
  return { name: "codebook", columns: COLUMNS, notice: "", rows };
}

function codebookRow(sheet: string, about: Column, isCsv: boolean): string[] {
  const { name, question, type, choices, hxl, form, version, note } = about;
  // What no form that is here asks can be anything.
  const couldBe = TYPED.includes(type) || (type === "" && note === "");
  return [
    sheet,
    name,
    question,
    type,
    choices.map(([choice, label]) => `${choice} = ${label}`).join("; "),
    hxl,
    form.join("; "),
    version.join("; "),
    [note, isCsv && couldBe ? NEUTRALISED : ""].filter((part) => part !== "").join(" "),
  ];
}
