/** Contacts as columns of small numbers: 100,000 of them are counted at once, in a blink. */
import type { SeenContact } from "../sync/coordinator/contacts.ts";
import { type Column, columnOf } from "./column.ts";
import { type Question, rowsOf } from "./questions.ts";

/** What a contact is counted in. Weeks are compared as text: `2026-W47`. */
export interface Filter {
  readonly from?: string;
  readonly to?: string;
  /** By question, any of these rows; of several questions, all. */
  readonly answers?: ReadonlyMap<string, readonly string[]>;
}

/** What is not counted, and is told beside the counts. A contact that is several of these is the first. */
export interface Apart {
  /** From a device for which nobody has vouched yet. */
  readonly provisional: number;
  /** From a revoked device, after the last contact that is accepted from it. */
  readonly late: number;
  /** Changed on two devices at once: somebody has to say which holds. */
  readonly undecided: number;
}

type Odd = keyof Apart;

export const WEEK = "week";
const COUNTED = 0;
const ODD: readonly Odd[] = ["provisional", "late", "undecided"];

export class ContactTable {
  readonly apart: Apart;
  /** Those that are counted. */
  readonly size: number;
  /** All but the week, which is a question too: `question("week")`. */
  readonly questions: readonly Question[];
  readonly #columns: ReadonlyMap<string, Column>;
  readonly #counted: Uint32Array;

  /** A contact's number here is its place in `contacts`. */
  constructor(contacts: readonly SeenContact[], questions: readonly Question[]) {
    const asked = questions.filter(({ name }) => name !== WEEK);
    const columns = [weekQuestion(contacts), ...asked].map((each) =>
      columnOf(each, contacts.length),
    );
    const odd = new Uint8Array(contacts.length);
    contacts.forEach((contact, number) => {
      odd[number] = oddity(contact);
      for (const column of columns) column.set(number, contact.fields.get(column.question.name));
    });
    const apart = { provisional: 0, late: 0, undecided: 0 };
    for (const each of odd) {
      const name = ODD[each - 1];
      if (name !== undefined) apart[name] += 1;
    }
    this.questions = asked;
    this.#columns = new Map(columns.map((column) => [column.question.name, column]));
    this.#counted = Uint32Array.from(odd.keys()).filter((number) => odd[number] === COUNTED);
    this.apart = apart;
    this.size = this.#counted.length;
  }

  question(name: string): Question | undefined {
    return this.#columns.get(name)?.question;
  }

  /** The numbers of the contacts that are counted, ascending. What no form asks is no condition. */
  select({ from = "", to = "~", answers = new Map() }: Filter): Uint32Array {
    const weeks = this.question(WEEK)?.choices ?? [];
    const conditions: [Column, number[]][] = [];
    const add = (name: string, isWanted: (row: string) => boolean): void => {
      const column = this.#columns.get(name);
      if (column === undefined) return;
      const rows = rowsOf(column.question).map((row, number) => (isWanted(row) ? number : -1));
      conditions.push([column, rows.filter((row) => row >= 0)]);
    };
    if (from !== "" || to !== "~") {
      const within = new Set(weeks.filter((week) => week >= from && week <= to));
      add(WEEK, (row) => within.has(row));
    }
    for (const [name, wanted] of answers) add(name, (row) => wanted.includes(row));
    return this.#counted.filter((contact) =>
      conditions.every(([column, rows]) => column.isIn(contact, rows)),
    );
  }

  /** Contacts in each row of a question, as `rowsOf` orders them; a question that nobody asks has none. */
  count(name: string, contacts: Uint32Array): number[] {
    return this.#columns.get(name)?.count(contacts) ?? [];
  }
}

/** Whether a contact is counted. */
export function isCounted(contact: SeenContact): boolean {
  return oddity(contact) === COUNTED;
}

function oddity({ standing, late, undecided, deletedElsewhere }: SeenContact): number {
  if (standing === "provisional") return 1;
  if (late) return 2;
  return undecided.size > 0 || deletedElsewhere ? 3 : COUNTED;
}

/** The weeks of the contacts, in order. What is no week is no answer. */
function weekQuestion(contacts: readonly SeenContact[]): Question {
  const weeks = new Set<string>();
  for (const { fields } of contacts) {
    const week = fields.get(WEEK);
    if (typeof week === "string" && /^20\d\d-W\d\d$/.test(week)) weeks.add(week);
  }
  return { name: WEEK, many: false, choices: [...weeks].sort() };
}
