/** The lines of a vault's sealed index: enough to list and count without opening a row. */
import type { Id } from "./face.ts";

export type EntryType = "note" | "draft" | "enrolment" | "revision" | "key" | "packet";

/** One line: which row, what it is, and the little that lists need. */
export interface Entry {
  readonly address: Id;
  readonly type: EntryType;
  /** What the type says of it; a revision's place on its way to the hub. */
  readonly state: string;
  /** The collection of a revision or key; "" for what stays on the device. */
  readonly collection: Id;
  /** What lists sort by: a time in milliseconds, or a counter. */
  readonly order: number;
  /** Small fields of the type's own; a decoder reads them. */
  readonly small: unknown;
}
