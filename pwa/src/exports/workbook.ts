/**
 * A spreadsheet (Office Open XML, ECMA-376), written part by part, so that 100,000 rows are never held at once.
 * A cell is text or a number and nothing else: what somebody typed is no formula, whatever it begins with.
 */
import { Zip, ZipDeflate } from "fflate";

import type { SheetCell } from "./cells.ts";
import type { Bytes } from "./parts.ts";

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";
const MOST_ROWS = 1_048_576;
/** The file says nothing of when it was made. */
const WRITTEN = new Date(2000, 0, 1);

export class Workbook {
  readonly #parts: Bytes[] = [];
  readonly #zip: Zip;
  readonly #sheets: ZipDeflate[];
  readonly #rows: number[];

  /** `names`: of its sheets, as `sheetNames` gives them. */
  constructor(names: readonly string[]) {
    this.#zip = new Zip((error, part) => {
      if (error !== null) throw error;
      this.#parts.push(part);
    });
    for (const [name, text] of frameOf(names)) this.#add(name, text);
    this.#rows = names.map(() => 0);
    this.#sheets = names.map((_, at) => {
      const sheet = this.#add(`xl/worksheets/sheet${at + 1}.xml`);
      sheet.push(utf8.encode(`${XML}<worksheet xmlns="${MAIN}"><sheetData>`));
      return sheet;
    });
  }

  /** Rows at the end of a sheet. Throws RangeError for more than it can have: a program would cut it. */
  write(sheet: number, rows: Iterable<readonly SheetCell[]>): void {
    let text = "";
    let number = this.#rows[sheet] ?? 0;
    for (const row of rows) {
      number += 1;
      text += `<row r="${number}">${row.map((cell, at) => cellOf(cell, at, number)).join("")}</row>`;
    }
    if (number > MOST_ROWS) throw new RangeError("more rows than a sheet can have");
    this.#rows[sheet] = number;
    this.#sheets[sheet]?.push(utf8.encode(text));
  }

  /** What of the file is made since it was asked last. */
  take(): Bytes[] {
    return this.#parts.splice(0);
  }

  end(): void {
    for (const sheet of this.#sheets) sheet.push(utf8.encode("</sheetData></worksheet>"), true);
    this.#zip.end();
  }

  #add(name: string, text?: string): ZipDeflate {
    const file = new ZipDeflate(name, { level: 3 });
    file.mtime = WRITTEN;
    this.#zip.add(file);
    if (text !== undefined) file.push(utf8.encode(XML + text), true);
    return file;
  }
}

const utf8 = new TextEncoder();

/** What says which sheets there are. */
function frameOf(names: readonly string[]): (readonly [file: string, text: string])[] {
  const each = (make: (number: number, name: string) => string): string =>
    names.map((name, at) => make(at + 1, name)).join("");
  const types =
    `<Types xmlns="${PACKAGE}/content-types">` +
    `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
    `<Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>` +
    each(
      (number) =>
        `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${TYPE}.worksheet+xml"/>`,
    ) +
    "</Types>";
  const root =
    `<Relationships xmlns="${PACKAGE}/relationships">` +
    `<Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;
  const book =
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>` +
    each(
      (number, name) => `<sheet name="${escaped(name)}" sheetId="${number}" r:id="rId${number}"/>`,
    ) +
    "</sheets></workbook>";
  const sheets =
    `<Relationships xmlns="${PACKAGE}/relationships">` +
    each(
      (number) =>
        `<Relationship Id="rId${number}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${number}.xml"/>`,
    ) +
    "</Relationships>";
  return [
    ["[Content_Types].xml", types],
    ["_rels/.rels", root],
    ["xl/workbook.xml", book],
    ["xl/_rels/workbook.xml.rels", sheets],
  ];
}

function cellOf(cell: SheetCell, at: number, row: number): string {
  if (cell === null || cell === "") return "";
  const place = `${columnName(at)}${row}`;
  if (typeof cell === "number") return `<c r="${place}"><v>${cell}</v></c>`;
  return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
}

const columnNames: string[] = [];

/** A to Z, AA and on. */
function columnName(at: number): string {
  const held = columnNames[at];
  if (held !== undefined) return held;
  const last = String.fromCharCode(65 + (at % 26));
  const name = at < 26 ? last : columnName(Math.floor(at / 26) - 1) + last;
  columnNames[at] = name;
  return name;
}

/** A carriage return alone would be read as a line feed. What no XML may hold `sheetRow` has taken away. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"\r]/g, (character) => NAMED[character] ?? "");
}

const NAMED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};
