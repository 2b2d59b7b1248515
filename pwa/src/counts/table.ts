/** Contacts as columns of small numbers: 100,000 of them are counted at once, in a blink. */
import type { SeenContact } from "../sync/coordinator/contacts.ts";
import { type Column, columnOf } from "./column.ts";
import { answersOf, type Question } from "./questions.ts";

/** What a contact is counted in. Weeks are compared as text: `2026-W47`. */
export interface Filter {
  readonly from?: string;
  readonly to?: string;
  /** By question, any of these rows; of several questions, all. */
  readonly answers?: ReadonlyMap<string, readonly string[]>;
}

/** The numbers of what is not counted, but told beside the counts. A contact that is several of these is the first. */
export interface Apart {
  /** From a device for which nobody has vouched yet. */
  readonly provisional: Uint32Array;
  /** From a revoked device, after the last contact that is accepted from it. */
  readonly late: Uint32Array;
  /** Changed on two devices at once: somebody has to say which holds. */
  readonly undecided: Uint32Array;
}

export const WEEK = "week";
const COUNTED = 0;

export class ContactTable {
  readonly apart: Apart;
  /** Those that are counted. */
  readonly size: number;
  /** All but the week, which is a question too: `question("week")`. */
  readonly questions: readonly Question[];
  readonly #columns: ReadonlyMap<string, Column>;
  readonly #counted: Uint32Array;
  readonly #all: Uint32Array;

  /** A contact's number here is its place in `contacts`. */
  constructor(
    contacts: readonly SeenContact[],
    questions: readonly Question[],
    { asked, columns, odd }: Filled = atOnce(contacts, questions),
  ) {
    this.questions = asked;
    this.#columns = new Map(columns.map((column) => [column.question.name, column]));
    const these = (wanted: number): Uint32Array =>
      Uint32Array.from(odd.keys()).filter((number) => odd[number] === wanted);
    const [provisional, late, undecided] = [these(1), these(2), these(3)];
    this.apart = { provisional, late, undecided };
    this.#counted = these(COUNTED);
    this.#all = Uint32Array.from(odd.keys());
    this.size = this.#counted.length;
  }

  /** The same, slice by slice: between two of them `pause` lets the page answer whoever uses it. */
  static async inSlices(
    contacts: readonly SeenContact[],
    questions: readonly Question[],
    pause: () => Promise<void>,
  ): Promise<ContactTable> {
    const filling = fill(contacts, questions);
    for (;;) {
      const { done, value } = filling.next();
      if (done === true) return new ContactTable(contacts, questions, value);
      await pause();
    }
  }

  question(name: string): Question | undefined {
    return this.#columns.get(name)?.question;
  }

  /** The numbers of the contacts that are counted, ascending. What no form asks is no condition. */
  select(filter: Filter): Uint32Array {
    return this.#through(filter, this.#counted);
  }

  /** As `select`, with those that are set apart. */
  selectAll(filter: Filter): Uint32Array {
    return this.#through(filter, this.#all);
  }

  /** Those of these contacts that are in a row of a question. */
  inRow(name: string, row: string, contacts: Uint32Array): Uint32Array {
    const column = this.#columns.get(name);
    if (column === undefined) return new Uint32Array();
    const rows = [answersOf(column.question).indexOf(row)];
    return contacts.filter((contact) => column.isIn(contact, rows));
  }

  /** Contacts in each row of a question, as `rowsOf` orders them; a question that nobody asks has none. */
  count(name: string, contacts: Uint32Array): number[] {
    return this.#columns.get(name)?.count(contacts) ?? [];
  }

  #through(
    { from = "", to = "~", answers = new Map() }: Filter,
    contacts: Uint32Array,
  ): Uint32Array {
    const weeks = this.question(WEEK)?.choices ?? [];
    const conditions: [Column, number[]][] = [];
    const add = (name: string, isWanted: (row: string) => boolean): void => {
      const column = this.#columns.get(name);
      if (column === undefined) return;
      const rows = answersOf(column.question).map((row, number) => (isWanted(row) ? number : -1));
      conditions.push([column, rows.filter((row) => row >= 0)]);
    };
    if (from !== "" || to !== "~") {
      const within = new Set(weeks.filter((week) => week >= from && week <= to));
      add(WEEK, (row) => within.has(row));
    }
    for (const [name, wanted] of answers) add(name, (row) => wanted.includes(row));
    return contacts.filter((contact) =>
      conditions.every(([column, rows]) => column.isIn(contact, rows)),
    );
  }
}

interface Filled {
  readonly asked: readonly Question[];
  readonly columns: readonly Column[];
  readonly odd: Uint8Array;
}

/** Contacts in a slice: some ten milliseconds on a phone. */
const SLICE = 2000;

function* fill(
  contacts: readonly SeenContact[],
  questions: readonly Question[],
): Generator<undefined, Filled> {
  const asked = questions.filter(({ name }) => name !== WEEK);
  const columns = [weekQuestion(contacts), ...asked].map((each) => columnOf(each, contacts.length));
  const odd = new Uint8Array(contacts.length);
  for (const [number, contact] of contacts.entries()) {
    if (number % SLICE === 0) yield;
    odd[number] = oddity(contact);
    const { fields } = contact;
    for (const column of columns) column.set(number, fields.get(column.question.name));
  }
  return { asked, columns, odd };
}

function atOnce(contacts: readonly SeenContact[], questions: readonly Question[]): Filled {
  const filling = fill(contacts, questions);
  for (;;) {
    const { done, value } = filling.next();
    if (done === true) return value;
  }
}

/** COUNTED, or where in the order of `Apart` it stands, from 1. */
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
