/** Contacts made elsewhere: a table read and matched to a form. Mirrors the Python package `server/imports`. */
export {
  type Cells,
  MOST_BYTES,
  readCells,
  type Row,
  type UnreadableCode,
  UnreadableError,
} from "./cells.ts";
export type { Column, Why } from "./columns.ts";
export { type Fault, type FaultCode, Reading, type ReadContact } from "./table.ts";
