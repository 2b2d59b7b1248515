/** What leaves a programme: records, the tables of a report, and the codebook. Pure; no DOM. Mirrors server/exports. */
export type { Sheet } from "./cells.ts";
export { type Missing, missingIn } from "./ctdc.ts";
export type { Frame } from "./layout.ts";
export {
  type Asked,
  codebook,
  csvFile,
  isSpreadsheet,
  type Maker,
  makerOf,
  RECORD_FORMATS,
  type RecordFormat,
  spreadsheetFile,
} from "./maker.ts";
export type { Bytes } from "./parts.ts";
export { reportSheets, reportTable, type TableLabels, taggedTable } from "./tables.ts";
