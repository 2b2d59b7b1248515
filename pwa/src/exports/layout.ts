/** How contacts become rows: of which sheets, and contact by contact, so that 100,000 are never held at once. */
import type { Form } from "../forms/index.ts";
import type { SeenContact } from "../sync/coordinator/contacts.ts";
import type { Cell, Head, Sheet } from "./cells.ts";

/** What all contacts of one file have in common. */
export interface Frame {
  /** By hash: those that are here. */
  readonly forms: ReadonlyMap<string, Form>;
  /** Every field that any of the contacts has. */
  readonly names: readonly string[];
  /** The programme is for practice: every line says so. */
  readonly isPractice: boolean;
}

export interface Layout {
  readonly sheets: readonly Head[];
  /** For each sheet, the rows of the next contact. */
  readonly rows: (contact: SeenContact) => readonly (readonly (readonly Cell[])[])[];
}

/** All of it at once. */
export function sheetsOf({ sheets, rows }: Layout, contacts: readonly SeenContact[]): Sheet[] {
  const made = contacts.map(rows);
  return sheets.map((head, at) => ({ ...head, rows: made.flatMap((each) => each[at] ?? []) }));
}

export function versionOf({ formHash }: SeenContact, { forms }: Frame): string {
  return forms.get(formHash)?.version ?? "";
}
