/** A file of contacts, made part by part: in a browser by a thread, so that the page goes on answering. */
import type { SeenContact } from "../sync/coordinator/contacts.ts";
import { csvHead, csvRow, sheetHead, sheetNames, sheetRow, type Sheet } from "./cells.ts";
import { codebookOf } from "./codebook.ts";
import { ctdcLayout } from "./ctdc.ts";
import type { Frame, Layout } from "./layout.ts";
import type { Bytes } from "./parts.ts";
import { jsonLines, recordLayout } from "./records.ts";
import { submissionLayout } from "./submissions.ts";
import { Workbook } from "./workbook.ts";

/** As `--format` of the command line names them. `submissions` of there are several files. */
export const RECORD_FORMATS = ["xlsx", "csv", "submissions-xlsx", "ctdc", "jsonl"] as const;
export type RecordFormat = (typeof RECORD_FORMATS)[number];

export interface Asked extends Frame {
  readonly format: RecordFormat;
  /** Of submissions: the id of the form of which all contacts are. */
  readonly form: string;
}

/** Contacts in, bytes out, in any number of parts. */
export interface Maker {
  take(contacts: readonly SeenContact[]): Bytes[];
  /** The rest of the file, and how many contacts are in it. */
  end(): readonly [parts: Bytes[], count: number];
}

export function makerOf(asked: Asked): Maker {
  if (asked.format === "jsonl") return new JsonMaker(asked);
  const layout = layoutOf(asked);
  return isSpreadsheet(asked.format) ? new SpreadsheetMaker(layout) : new CsvMaker(layout);
}

/** Whether its codebook is in it; that of the others is a file of its own. */
export function isSpreadsheet(format: RecordFormat): boolean {
  return format === "xlsx" || format === "submissions-xlsx";
}

/** What each column of such a file is. */
export function codebook(asked: Asked): Sheet {
  if (asked.format === "jsonl") return codebookOf([jsonLines(asked).names], false);
  return codebookOf(layoutOf(asked).sheets, !isSpreadsheet(asked.format));
}

/** Whole sheets as one CSV file. */
export function csvFile(sheet: Sheet, isTagged = false): Bytes {
  return encoded([...csvHead(sheet, isTagged), ...sheet.rows.map(csvRow)]);
}

/** Whole sheets as a spreadsheet. */
export function spreadsheetFile(sheets: readonly Sheet[]): Bytes[] {
  const book = new Workbook(sheetNames(sheets.map(({ name }) => name)));
  sheets.forEach((sheet, at) => {
    book.write(at, sheetHead(sheet));
    book.write(
      at,
      sheet.rows.map((row) => sheetRow(row, sheet)),
    );
  });
  book.end();
  return book.take();
}

function layoutOf(asked: Asked): Layout {
  switch (asked.format) {
    case "ctdc":
      return ctdcLayout(asked);
    case "submissions-xlsx":
      return submissionLayout(asked, asked.form);
    case "csv":
    case "xlsx":
    case "jsonl":
      return recordLayout(asked);
  }
}

class JsonMaker implements Maker {
  readonly #lines: ReturnType<typeof jsonLines>;
  #count = -1;

  constructor(asked: Asked) {
    this.#lines = jsonLines(asked);
  }

  take(contacts: readonly SeenContact[]): Bytes[] {
    const head = this.#count === -1 ? [this.#lines.notice] : [];
    this.#count = Math.max(this.#count, 0) + contacts.length;
    return [encoded([...head, ...contacts.map(this.#lines.line)])];
  }

  end(): [Bytes[], number] {
    return [this.take([]), this.#count];
  }
}

/** Of a layout with one sheet. */
class CsvMaker implements Maker {
  readonly #layout: Layout;
  #count = -1;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  take(contacts: readonly SeenContact[]): Bytes[] {
    const { sheets, rows } = this.#layout;
    const head = this.#count === -1 ? sheets.flatMap((sheet) => csvHead(sheet)) : [];
    const lines = contacts.flatMap((contact) => rows(contact)[0] ?? []).map(csvRow);
    this.#count = Math.max(this.#count, 0) + lines.length;
    return [encoded([...head, ...lines])];
  }

  end(): [Bytes[], number] {
    return [this.take([]), this.#count];
  }
}

class SpreadsheetMaker implements Maker {
  readonly #layout: Layout;
  readonly #codebook: Sheet;
  readonly #book: Workbook;
  #count = 0;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#codebook = codebookOf(layout.sheets, false);
    const sheets = [...layout.sheets, this.#codebook];
    this.#book = new Workbook(sheetNames(sheets.map(({ name }) => name)));
    sheets.forEach((sheet, at) => this.#book.write(at, sheetHead(sheet)));
  }

  take(contacts: readonly SeenContact[]): Bytes[] {
    const { sheets, rows } = this.#layout;
    const made = contacts.map(rows);
    sheets.forEach((sheet, at) => {
      const own = made.flatMap((each) => each[at] ?? []);
      this.#book.write(
        at,
        own.map((row) => sheetRow(row, sheet)),
      );
    });
    this.#count += contacts.length;
    return this.#book.take();
  }

  end(): [Bytes[], number] {
    const { sheets } = this.#layout;
    const rows = this.#codebook.rows.map((row) => sheetRow(row, this.#codebook));
    this.#book.write(sheets.length, rows);
    this.#book.end();
    return [this.#book.take(), this.#count];
  }
}

const utf8 = new TextEncoder();

function encoded(lines: readonly string[]): Bytes {
  return utf8.encode(lines.map((line) => `${line}\n`).join(""));
}
