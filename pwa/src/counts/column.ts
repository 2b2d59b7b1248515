/** The answers to one question of very many contacts, a few bytes each. */
import type { Value } from "../sync/index.ts";
import { type Question, rowsOf } from "./questions.ts";

/** One column of a table of contacts. Rows are numbered as `answersOf` lists them. */
export interface Column {
  readonly question: Question;
  set(contact: number, value: Value | undefined): void;
  /** Contacts in each row. */
  count(contacts: Uint32Array): number[];
  /** Whether a contact is in any of these rows. */
  isIn(contact: number, rows: readonly number[]): boolean;
}

export function columnOf(question: Question, size: number): Column {
  return question.many ? new ManyColumn(question, size) : new OneColumn(question, size);
}

/** The number of a row for each contact. */
class OneColumn implements Column {
  readonly question: Question;
  readonly #rows: Uint16Array;
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(question: Question, size: number) {
    this.question = question;
    this.#rows = new Uint16Array(size).fill(question.choices.length);
    this.#numbers = numbersOf(question);
  }

  set(contact: number, value: Value | undefined): void {
    const known = knownIn(value, this.#numbers);
    this.#rows[contact] = known.length === 1 ? (known[0] ?? 0) : this.question.choices.length;
  }

  count(contacts: Uint32Array): number[] {
    const counts = new Array<number>(rowsOf(this.question).length).fill(0);
    for (const contact of contacts) {
      const row = this.#rows[contact] ?? 0;
      counts[row] = (counts[row] ?? 0) + 1;
    }
    return counts;
  }

  isIn(contact: number, rows: readonly number[]): boolean {
    return rows.includes(this.#rows[contact] ?? -1);
  }
}

const BITS = 32;

/** A bit for each answer of each contact. */
class ManyColumn implements Column {
  readonly question: Question;
  readonly #words: number;
  readonly #bits: Uint32Array;
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(question: Question, size: number) {
    this.question = question;
    this.#words = Math.max(1, Math.ceil(question.choices.length / BITS));
    this.#bits = new Uint32Array(size * this.#words);
    this.#numbers = numbersOf(question);
  }

  set(contact: number, value: Value | undefined): void {
    for (const row of knownIn(value, this.#numbers)) {
      const word = this.#word(contact, row);
      this.#bits[word] = (this.#bits[word] ?? 0) | (1 << (row % BITS));
    }
  }

  count(contacts: Uint32Array): number[] {
    const counts = this.question.choices.map(() => 0);
    for (const contact of contacts) {
      for (let row = 0; row < counts.length; row += 1) {
        if (this.#has(contact, row)) counts[row] = (counts[row] ?? 0) + 1;
      }
    }
    return counts;
  }

  isIn(contact: number, rows: readonly number[]): boolean {
    return rows.some((row) =>
      row === this.question.choices.length ? this.#isEmpty(contact) : this.#has(contact, row),
    );
  }

  #isEmpty(contact: number): boolean {
    const from = contact * this.#words;
    return this.#bits.subarray(from, from + this.#words).every((word) => word === 0);
  }

  #has(contact: number, row: number): boolean {
    return ((this.#bits[this.#word(contact, row)] ?? 0) & (1 << (row % BITS))) !== 0;
  }

  #word(contact: number, row: number): number {
    return contact * this.#words + Math.floor(row / BITS);
  }
}

function numbersOf({ choices }: Question): ReadonlyMap<string, number> {
  return new Map(choices.map((name, row) => [name, row]));
}

/** A form's earlier version may have asked for one answer where a later one takes many, and the other way. */
function knownIn(value: Value | undefined, numbers: ReadonlyMap<string, number>): number[] {
  const named = typeof value === "string" ? [value] : Array.isArray(value) ? value : [];
  const known = named.map((name: string) => numbers.get(name)).filter((row) => row !== undefined);
  return [...new Set(known)];
}
