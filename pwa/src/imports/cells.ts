/**
 * A table that somebody saved from a spreadsheet, as rows of text: its encoding and what stands between its cells.
 * Mirrors `server/imports/cells.py`.
 */

export const MOST_BYTES = 16 * 1024 * 1024;
export const MOST_ROWS = 50_000;

export type UnreadableCode = "workbook" | "encoding" | "empty" | "quotes" | "too-large";

/** A file that is no table of text. `number`: the row, of quotes; what is the most, of too much. */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";
  readonly code: UnreadableCode;
  readonly number: number;

  constructor(code: UnreadableCode, number = 0) {
    super(code);
    this.code = code;
    this.number = number;
  }
}

/** `number`: as spreadsheets count, from 1. */
export interface Row {
  readonly number: number;
  readonly cells: readonly string[];
}

/** `header`: the first row that says something and is no remark; `rows`: those after it that are not empty. */
export interface Cells {
  readonly separator: string;
  readonly header: readonly string[];
  readonly rows: readonly Row[];
}

/** UTF-8, or UTF-16 that says so, with commas, semicolons or tabs. Throws UnreadableError. */
export function readCells(data: Uint8Array): Cells {
  const text = decoded(data);
  const told = TOLD.exec(text);
  const separator = told?.[1] ?? separatorOf(text);
  const rows = rowsOf(text, told?.[0].length ?? 0, separator).filter(({ cells }) =>
    cells.some((cell) => cell !== ""),
  );
  // The records that Sojourn gives away begin with a remark.
  const first = rows.findIndex(({ cells }) => cells[0]?.startsWith("#") !== true);
  const header = rows[first];
  if (header === undefined) throw new UnreadableError("empty");
  return { separator, header: header.cells, rows: rows.slice(first + 1) };
}

/** By which names and labels are compared: however it was spaced or capitalised. */
export function folded(text: string): string {
  return text.normalize("NFC").replace(RUNS, " ").replace(/^ | $/g, "").toLowerCase();
}

/** What Python and JavaScript both take off, named, since their own lists differ. */
export function trimmed(text: string): string {
  return text.replace(ENDS, "");
}

const SPACES = " \\t\\r\\n\\v\\f\\xa0\\u2007\\u202f\\u3000\\ufeff";
const RUNS = new RegExp(`[${SPACES}]+`, "g");
const ENDS = new RegExp(`^[${SPACES}]+|[${SPACES}]+$`, "g");
const SEPARATORS = [",", ";", "\t"];
const WORKBOOKS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
];
const ENCODINGS: readonly (readonly [readonly number[], string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];
const TOLD = /^sep=([,;\t])\r?\n/;
const QUOTED = /"([^"]*(?:""[^"]*)*)"/y;
const LINE_ENDS = /\r\n|\n|\r/y;

function decoded(data: Uint8Array): string {
  if (data.length > MOST_BYTES) throw new UnreadableError("too-large", MOST_BYTES);
  const begins = (mark: readonly number[]): boolean => mark.every((byte, at) => data[at] === byte);
  if (WORKBOOKS.some(begins)) throw new UnreadableError("workbook");
  const [mark, encoding] = ENCODINGS.find(([each]) => begins(each)) ?? [[], "utf-8"];
  const text = decodedAs(data.subarray(mark.length), encoding);
  // UTF-16 without its mark is valid UTF-8, full of these.
  if (text === undefined || text.includes("\0")) throw new UnreadableError("encoding");
  return text;
}

function decodedAs(data: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return undefined;
  }
}

/** What stands most often in the header, outside quotes; of as many the first. */
function separatorOf(text: string): string {
  const lines = text.split(/\r\n|\n|\r/);
  const header = lines.find((line) => trimmed(line) !== "" && !/^"?#/.test(line)) ?? "";
  const plain = header.replace(/"[^"]*("|$)/g, "");
  const counts = SEPARATORS.map((each) => plain.split(each).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ",";
}

function rowsOf(text: string, start: number, separator: string): Row[] {
  const plain = new RegExp(`[^${separator}\r\n]*`, "y");
  const rows: Row[] = [];
  let cells: string[] = [];
  let at = start;
  while (at < text.length) {
    const isQuoted = text[at] === '"';
    const found = matchAt(isQuoted ? QUOTED : plain, text, at);
    if (found === undefined) throw new UnreadableError("quotes", rows.length + 1);
    const cell = isQuoted ? (found[1] ?? "").replaceAll('""', '"') : found[0];
    cells.push(trimmed(cell));
    at += found[0].length;
    if (text[at] === separator) {
      at += 1;
      if (at < text.length) continue;
      cells.push("");
    }
    const end = matchAt(LINE_ENDS, text, at);
    if (end === undefined && at < text.length) throw new UnreadableError("quotes", rows.length + 1);
    rows.push({ number: rows.length + 1, cells });
    if (rows.length > MOST_ROWS + 1) throw new UnreadableError("too-large", MOST_ROWS);
    cells = [];
    at += end?.[0].length ?? 0;
  }
  return rows;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
