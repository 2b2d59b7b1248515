import { describe, expect, test } from "vitest";

import { decodePublication } from "../../src/counts/index.ts";
import {
  column,
  csvLines,
  neutral,
  type Sheet,
  sheetHead,
  sheetNames,
  sheetRow,
  typed,
} from "../../src/exports/cells.ts";
import { codebookOf } from "../../src/exports/codebook.ts";
import { ctdcLayout, missingIn } from "../../src/exports/ctdc.ts";
import { codebook, csvFile, makerOf, type RecordFormat } from "../../src/exports/index.ts";
import { type Frame, sheetsOf } from "../../src/exports/layout.ts";
import { recordLayout } from "../../src/exports/records.ts";
import { submissionLayout } from "../../src/exports/submissions.ts";
import { reportSheets, reportTable, taggedTable } from "../../src/exports/tables.ts";
import { decodeForm, type Form } from "../../src/forms/index.ts";
import type { AuthorStanding, SeenContact } from "../../src/sync/coordinator/contacts.ts";
import type { Value } from "../../src/sync/index.ts";
import { vectors } from "../forms/vectors.ts";

interface RawContact {
  readonly record: string;
  readonly device: string;
  readonly counter: number;
  readonly form: string;
  readonly form_hash: string;
  readonly fields: Readonly<Record<string, Value>>;
  readonly undecided: Readonly<Record<string, readonly Value[]>>;
  readonly deleted_elsewhere: boolean;
  readonly standing: AuthorStanding;
  readonly late: boolean;
}
interface RawForm {
  readonly fields: readonly unknown[];
}
interface RawSheet {
  readonly name: string;
  readonly rows: readonly (readonly unknown[])[];
}
interface Case {
  readonly kind: string;
  readonly why: string;
}
interface CellCase extends Case {
  readonly text: string;
  readonly csv: string;
}
interface SpreadsheetCase extends Case {
  readonly sheets: readonly {
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly type?: string }[];
    readonly rows: readonly (readonly string[])[];
  }[];
  readonly xlsx: readonly RawSheet[];
}
interface RecordsCase extends Case {
  readonly forms: readonly RawForm[];
  readonly contacts: readonly RawContact[];
  readonly practice: boolean;
  readonly form: string;
  readonly jsonl: string;
  readonly jsonl_codebook: string;
  readonly csv: string;
  readonly csv_codebook: string;
  readonly xlsx: readonly RawSheet[];
  readonly ctdc: string | null;
  readonly ctdc_codebook: string | null;
  readonly submissions: Readonly<Record<string, string>>;
  readonly submissions_codebook: string;
  readonly submissions_xlsx: readonly RawSheet[];
}
interface ReportCase extends Case {
  readonly publication: unknown;
  readonly labels: {
    readonly questions: Readonly<Record<string, string>>;
    readonly answers: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly all_contacts: string;
    readonly no_answer: string;
  };
  readonly notices: readonly string[];
  readonly csv: string;
  readonly hxl: string;
  readonly xlsx: readonly RawSheet[];
}
interface Refused {
  readonly why: string;
  readonly forms: readonly RawForm[];
  readonly contacts: readonly RawContact[];
  readonly missing: unknown;
}

const file = vectors("exports.json") as {
  readonly valid: readonly Case[];
  readonly invalid: readonly Refused[];
};

function cases(kind: string): readonly Case[] {
  return file.valid.filter((each) => each.kind === kind);
}

function contactOf(raw: RawContact): SeenContact {
  return {
    record: raw.record,
    device: raw.device,
    counter: raw.counter,
    form: raw.form,
    formHash: raw.form_hash,
    fields: new Map(Object.entries(raw.fields)),
    undecided: new Map(Object.entries(raw.undecided)),
    deletedElsewhere: raw.deleted_elsewhere,
    standing: raw.standing,
    late: raw.late,
  };
}

/** An expression of the vectors' forms is no condition: exports evaluate none. */
function formsOf(raw: readonly RawForm[]): Map<string, Form> {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== "object" || value === null) return value;
    const kept = Object.entries(value).filter(([name]) => name !== "calculation");
    return Object.fromEntries(kept.map(([name, each]) => [name, plain(each)]));
  };
  return new Map(raw.map((each) => decodeForm(plain(each))).map((form) => [form.hash, form]));
}

function frameOf(
  contacts: readonly SeenContact[],
  forms: readonly RawForm[],
  isPractice: boolean,
): Frame {
  const names = [...new Set(contacts.flatMap(({ fields }) => [...fields.keys()]))];
  return { forms: formsOf(forms), names, isPractice };
}

function textOf(sheet: Sheet): string {
  return csvLines(sheet)
    .map((line) => `${line}\n`)
    .join("");
}

function bookOf(sheets: readonly Sheet[]): RawSheet[] {
  const names = sheetNames(sheets.map(({ name }) => name));
  return sheets.map((sheet, at) => {
    const rows = sheet.rows.map((row) => sheetRow(row, sheet));
    return { name: names[at] ?? "", rows: [...sheetHead(sheet), ...rows] };
  });
}

function made(format: RecordFormat, { form, ...given }: RecordsCase, atOnce: number): string {
  const contacts = given.contacts.map(contactOf);
  const frame = frameOf(contacts, given.forms, given.practice);
  const maker = makerOf({ ...frame, format, form });
  const parts: Uint8Array[] = [];
  for (let at = 0; at < contacts.length; at += atOnce) {
    parts.push(...maker.take(contacts.slice(at, at + atOnce)));
  }
  const [rest] = maker.end();
  return new TextDecoder().decode(
    Uint8Array.from([...parts, ...rest].flatMap((part) => [...part])),
  );
}

test.each(cases("cell") as readonly CellCase[])("a cell of CSV: $why", ({ text, csv }) => {
  const sheet = { name: "", columns: [column("cell")], notice: "", rows: [[text]] };
  expect(csvLines(sheet)[1]).toBe(csv);
  expect(typed(neutral(text))).toBe(text);
});

test.each(cases("spreadsheet") as readonly SpreadsheetCase[])(
  "a spreadsheet: $why",
  ({ sheets, xlsx }) => {
    const given = sheets.map(({ name, columns, rows }) => ({
      name,
      columns: columns.map((each) => column(each.name, { type: each.type ?? "" })),
      notice: "",
      rows,
    }));
    expect(bookOf(given)).toEqual(xlsx);
  },
);

describe.each(cases("records") as readonly RecordsCase[])("records: $why", (given) => {
  const contacts = given.contacts.map(contactOf);
  const frame = frameOf(contacts, given.forms, given.practice);
  const codebookText = (format: RecordFormat): string =>
    new TextDecoder().decode(csvFile(codebook({ ...frame, format, form: given.form })));

  test.each([1, 3, 1000])("as JSON lines and CSV, by %d", (atOnce) => {
    expect(made("jsonl", given, atOnce)).toBe(given.jsonl);
    expect(made("csv", given, atOnce)).toBe(given.csv);
  });

  test("as a spreadsheet", () => {
    const sheets = sheetsOf(recordLayout(frame), contacts);
    expect(bookOf([...sheets, codebookOf(sheets, false)])).toEqual(given.xlsx);
  });

  test("with a codebook", () => {
    expect(codebookText("jsonl")).toBe(given.jsonl_codebook);
    expect(codebookText("csv")).toBe(given.csv_codebook);
  });

  test("in the shape of CTDC", () => {
    expect(missingIn(contacts, frame.forms).length > 0).toBe(given.ctdc === null);
    if (given.ctdc === null) return;
    expect(made("ctdc", given, 2)).toBe(given.ctdc);
    expect(codebookText("ctdc")).toBe(given.ctdc_codebook);
  });

  test("as submissions", () => {
    const own = contacts.filter(({ form }) => form === given.form);
    const frame = frameOf(own, given.forms, given.practice);
    const sheets = sheetsOf(submissionLayout(frame, given.form), own);
    expect(Object.fromEntries(sheets.map((sheet) => [sheet.name, textOf(sheet)]))).toEqual(
      given.submissions,
    );
    expect(textOf(codebookOf(sheets, true))).toBe(given.submissions_codebook);
    expect(bookOf([...sheets, codebookOf(sheets, false)])).toEqual(given.submissions_xlsx);
  });
});

test.each(cases("report") as readonly ReportCase[])(
  "a report: $why",
  ({ labels, notices, ...given }) => {
    const publication = decodePublication(JSON.stringify(given.publication));
    if (publication === undefined) throw new Error("no publication");
    const { questions, answers } = labels;
    const said = {
      question: (name: string) => questions[name] ?? name,
      answer: (question: string, row: string) =>
        row === "" ? labels.no_answer : (answers[question]?.[row] ?? row),
      allContacts: labels.all_contacts,
    };
    expect(textOf(reportTable(publication, said))).toBe(given.csv);
    const tagged = csvFile(taggedTable(publication, said), true);
    expect(new TextDecoder().decode(tagged)).toBe(given.hxl);
    expect(bookOf(reportSheets(publication, said, notices))).toEqual(given.xlsx);
  },
);

test.each(file.invalid)("refused: $why", ({ forms, contacts, missing }) => {
  expect(missingIn(contacts.map(contactOf), formsOf(forms))).toEqual(missing);
});

test("what no form asks is not in the CTDC-shaped table", () => {
  const frame = frameOf([], [], false);
  expect(ctdcLayout(frame).sheets[0]?.columns).toHaveLength(27);
});
