/**
 * A whole table read as contacts of one form: what every row says, what is wrong with it, and what tells it apart.
 * Mirrors `server/imports/table.py`.
 */
import { type Form, type Problem, relevantValues, validate, type Value } from "../forms/index.ts";
import { isChosen, valueOf } from "./answers.ts";
import type { Row } from "./cells.ts";
import { type Column, match, Wording } from "./columns.ts";

/** `no-column`: the row has more cells than the header; `bad-flag`: neither 1 nor 0; `same-row`: its id stands above. */
export type FaultCode = Problem["code"] | "no-column" | "bad-flag" | "same-row";

/** `column`: counted from 1; 0 where no column answers the question. */
export interface Fault {
  readonly row: number;
  readonly column: number;
  readonly field: string;
  readonly code: FaultCode;
  readonly args: Problem["args"];
}

/** `values`: to be kept. `told`: the table's own id of the row. `identity`: the same whenever the same row is read. */
export interface ReadContact {
  readonly row: number;
  readonly values: Readonly<Record<string, Value>>;
  readonly told: string;
  readonly identity: string;
}

/** Row after row, as much at a time as somebody has time for. */
export class Reading {
  readonly columns: readonly Column[];
  /** The rows that have no fault. */
  readonly contacts: ReadContact[] = [];
  readonly faults: Fault[] = [];
  readonly #wording: Wording;
  readonly #today: string | undefined;
  /** Where a question is answered first. */
  readonly #where = new Map<string, number>();
  readonly #times = new Map<string, number>();
  readonly #told = new Set<string>();

  /** `forms`: one form, in its own language, then in others. `today`: `2026-11-22`, else by the clock. */
  constructor(forms: readonly [Form, ...Form[]], header: readonly string[], today?: string) {
    this.#wording = new Wording(forms);
    this.#today = today;
    this.columns = match(this.#wording, header);
    for (const [at, { key }] of this.columns.entries()) {
      if (!this.#where.has(key)) this.#where.set(key, at + 1);
    }
  }

  /** Adds a contact, or faults. */
  read({ number: row, cells }: Row): void {
    const values: Record<string, Value> = {};
    const faults: Fault[] = [];
    let told = "";
    for (const [at, text] of cells.entries()) {
      const column = this.columns[at];
      let code: FaultCode | undefined;
      if (text === "" || column?.use === "left") continue;
      if (column === undefined) code = "no-column";
      else if (column.use === "row") {
        told = namedAs(text);
        if (this.#told.has(told)) code = "same-row";
        this.#told.add(told);
      } else code = this.#answer(column, text, values);
      if (code !== undefined) {
        faults.push({ row, column: at + 1, field: column?.key ?? "", code, args: {} });
      }
    }
    const { form } = this.#wording;
    for (const { field, code, args } of validate(form, values, this.#today)) {
      faults.push({ row, column: this.#where.get(field) ?? 0, field, code, args });
    }
    if (faults.length > 0) {
      this.faults.push(...faults.sort((a, b) => a.column - b.column));
      return;
    }
    const kept = relevantValues(form, values, this.#today);
    this.contacts.push({ row, values: kept, told, identity: this.#identity(told, values) });
  }

  /** What is wrong with the cell by itself. */
  #answer(
    { use, key, choice }: Column,
    text: string,
    values: Record<string, Value>,
  ): FaultCode | undefined {
    if (use === "answer") {
      const field = this.#wording.fields.get(key);
      if (field !== undefined) values[key] = valueOf(this.#wording, field, text);
      return undefined;
    }
    const chosen = isChosen(text);
    const before = values[key];
    if (chosen === true) values[key] = [...(typeof before === "object" ? before : []), choice];
    return chosen === undefined ? "bad-flag" : undefined;
  }

  /**
   * The table's own name for the row; else what it says, and how many times above it in the table. Without what is
   * calculated and without the form's version: another version, or another day, makes no second contact of it.
   */
  #identity(told: string, values: Readonly<Record<string, Value>>): string {
    const { id } = this.#wording.form;
    if (told !== "") return JSON.stringify([id, told]);
    const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
    const said = JSON.stringify([id, sorted]);
    const times = (this.#times.get(said) ?? 0) + 1;
    this.#times.set(said, times);
    return `${said} ${times}`;
  }
}

/** As Sojourn writes it where it may be a record of its own, else as it stands, but for what ODK puts before it. */
function namedAs(text: string): string {
  const bare = text.replace(/^uuid:/, "");
  const record = bare.replaceAll("-", "").toLowerCase();
  return /^[0-9a-f]{32}$/.test(record) ? record : bare;
}
