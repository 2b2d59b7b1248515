/**
 * Tables on their way to a file: what a column is, and how cells stand in CSV and in a spreadsheet. The same as
 * server/exports/cells.py; tests/vectors/exports.json holds the two together, docs/exports.md says what each format
 * holds.
 */
import type { Value } from "../sync/index.ts";

export const NOTICE =
  "These records can identify people. Keep them encrypted, give them to nobody who does not need them, " +
  "and delete them when they have served.";

/** Empty text where there is nothing. */
export type Cell = string | number;
/** As a spreadsheet has it: text, number or nothing, never a formula. */
export type SheetCell = Cell | null;

/** A column, and what the codebook says of it. */
export interface Column {
  readonly name: string;
  readonly question: string;
  /** As in XLSForm, and `week`. */
  readonly type: string;
  /** Names and labels. */
  readonly choices: readonly (readonly [name: string, label: string])[];
  readonly hxl: string;
  /** Of each form that asks it, newest first. */
  readonly form: readonly string[];
  readonly version: readonly string[];
  readonly note: string;
}

/** `notice`: stands before the header; records that can identify people have one. */
export interface Head {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly notice: string;
}

/** `rows`: a cell for each column. */
export interface Sheet extends Head {
  readonly rows: readonly (readonly Cell[])[];
}

const NOTHING: Column = {
  name: "",
  question: "",
  type: "",
  choices: [],
  hxl: "",
  form: [],
  version: [],
  note: "",
};

export function column(name: string, about: Partial<Omit<Column, "name">> = {}): Column {
  return { ...NOTHING, ...about, name };
}

/** Without line ends (RFC 4180, but for the notice's line). */
export function csvLines(sheet: Sheet): string[] {
  return [...csvHead(sheet), ...sheet.rows.map(csvRow)];
}

/** What stands before the rows. `isTagged`: with the row of HXL hashtags after the header. */
export function csvHead({ columns, notice }: Head, isTagged = false): string[] {
  return [
    ...(notice === "" ? [] : [`# ${notice}`]),
    csvRow(columns.map(({ name }) => name)),
    // What begins with # is no formula, and a tag is found only if nothing stands before it.
    ...(isTagged ? [columns.map(({ hxl }) => hxl).join()] : []),
  ];
}

export function csvRow(cells: readonly Cell[]): string {
  return cells.map((each) => csvCell(neutral(String(each)))).join();
}

/** What stands in a spreadsheet before the rows. */
export function sheetHead({ columns, notice }: Head): SheetCell[][] {
  const names = columns.map(({ name }) => name);
  return notice === "" ? [names] : [[notice], names];
}

/** Whole numbers and decimals are numbers. */
export function sheetRow(cells: readonly Cell[], { columns }: Head): SheetCell[] {
  return cells.map((each, at) => sheetCell(each, NUMERIC.includes(columns[at]?.type ?? "")));
}

/** The name of each sheet as spreadsheets allow it. */
export function sheetNames(names: readonly string[]): string[] {
  const taken: string[] = [];
  for (const name of names) taken.push(freeName(name, taken));
  return taken;
}

/** With an apostrophe before it where a spreadsheet would take it for a formula; `typed` gives it back. */
export function neutral(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

/** What `neutral` was given. */
export function typed(text: string): string {
  const bare = text.slice(1);
  return text.startsWith("'") && neutral(bare) === text ? bare : text;
}

/** The names of several answers stand with a space between them. */
export function cell(value: Value | undefined): Cell {
  if (value === undefined || value === null) return "";
  if (typeof value === "object") return value.join(" ");
  return typeof value === "boolean" ? String(value) : value;
}

/** What may stand in JSON here. Maps keep their order, which objects do not. */
export type Json = null | boolean | number | string | readonly Json[] | ReadonlyMap<string, Json>;

/** Without spaces. */
export function json(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (!("size" in value)) return `[${value.map(json).join()}]`;
  return `{${[...value].map(([name, each]) => `${json(name)}:${json(each)}`).join()}}`;
}

// OWASP, CSV Injection: what a spreadsheet takes for the beginning of a formula, also in East Asian width.
// Apostrophes and spaces before it count as well: so reading can take away exactly what writing has put there.
const FORMULA = /^[' ]*[=+\-@\t\r\n\0＝＋－＠]/;
const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/;
const QUOTED = /[",\r\n]/;
// XML 1.0, section 2.2: what no file of a spreadsheet can hold.
const NOT_IN_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu;
const NOT_IN_A_NAME = /[[\]:*?/\\']/g;
const NUMERIC: readonly string[] = ["decimal", "calculate"];
// A double holds every number of so many digits exactly, and a spreadsheet shows no more.
const DIGITS = 15;
const LONGEST_NAME = 31;

function csvCell(text: string): string {
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function sheetCell(value: Cell, isNumeric: boolean): SheetCell {
  if (typeof value === "number") return value;
  const isNumber = isNumeric && NUMBER.test(value);
  if (isNumber && value.replaceAll(/[-.]/g, "").length <= DIGITS) return Number(value);
  const text = value.replaceAll(NOT_IN_XML, "\ufffd");
  return text === "" ? null : text;
}

function freeName(name: string, taken: readonly string[]): string {
  const plain = Array.from(name.replaceAll(NOT_IN_A_NAME, "_"));
  const lower = taken.map((each) => each.toLowerCase());
  for (let number = 1; ; number += 1) {
    const end = number === 1 ? "" : `~${number}`;
    const tried = plain.slice(0, LONGEST_NAME - end.length).join("") + end;
    if (!lower.includes(tried.toLowerCase())) return tried;
  }
}
