import { unzipSync } from "fflate";
import { expect, test } from "vitest";

import { column, sheetNames } from "../../src/exports/cells.ts";
import { spreadsheetFile } from "../../src/exports/index.ts";
import { Workbook } from "../../src/exports/workbook.ts";

function unzipped(parts: readonly Uint8Array[]): Map<string, string> {
  const files = unzipSync(Uint8Array.from(parts.flatMap((part) => [...part])));
  return new Map(
    Object.entries(files).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]),
  );
}

test("cells are text or numbers, and no text can end its cell", () => {
  const sheet = {
    name: 'a "b" & <c>',
    columns: [column("name"), column("wage", { type: "decimal" })],
    notice: "",
    rows: [
      ["=1+1</t>&\r\n", "12.5"],
      ["", 3],
    ],
  };
  const files = unzipped(spreadsheetFile([sheet]));
  expect(files.get("xl/workbook.xml")).toContain('name="a &quot;b&quot; &amp; &lt;c&gt;"');
  const text = (at: string, said: string): string =>
    `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${said}</t></is></c>`;
  expect(files.get("xl/worksheets/sheet1.xml")).toContain(
    `<sheetData><row r="1">${text("A1", "name")}${text("B1", "wage")}</row>` +
      `<row r="2">${text("A2", "=1+1&lt;/t&gt;&amp;&#13;\n")}<c r="B2"><v>12.5</v></c></row>` +
      '<row r="3"><c r="B3"><v>3</v></c></row></sheetData>',
  );
});

test("sheets that are written by turns, in parts, are whole", () => {
  const book = new Workbook(sheetNames(["one", "one"]));
  const parts = [];
  for (let row = 0; row < 3000; row += 1) {
    book.write(row % 2, [[row, `text ${row}`, ...new Array<null>(25).fill(null), "AB"]]);
    parts.push(...book.take());
  }
  book.end();
  parts.push(...book.take());
  const files = unzipped(parts);
  const sheets = [files.get("xl/worksheets/sheet1.xml"), files.get("xl/worksheets/sheet2.xml")];
  for (const [at, sheet] of sheets.entries()) {
    expect(sheet?.match(/<row /g)).toHaveLength(1500);
    expect(sheet).toContain(`<c r="A1500"><v>${2998 + at}</v></c>`);
    expect(sheet).toContain('<c r="AB1500" ');
  }
  expect(files.get("xl/workbook.xml")).toContain('name="one~2"');
});
