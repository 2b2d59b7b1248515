/**
 * Very many contacts as columns of small numbers: how they come from the thread that opened them, and how the
 * page holds them. A value is a number in one list of all the values that there are; 0 is no answer.
 */
import { type Bytes, toHex, type Hex } from "../bytes.ts";
import { compareText, type Value } from "../revisions.ts";
import type { AuthorStanding, SeenContact } from "./contacts.ts";

const STANDINGS: readonly AuthorStanding[] = ["certified", "provisional", "revoked"];
const LATE = 4;
const DELETED_ELSEWHERE = 8;
const RECORD_BYTES = 16;

/** What changed. Every list but `gone` and `values` has an item for each row of `rows`. */
export interface SheetChange {
  /** Which lines of the sheet are written, new or again. */
  readonly rows: Uint32Array<ArrayBuffer>;
  /** Which lines hold no contact any more. */
  readonly gone: Uint32Array<ArrayBuffer>;
  readonly records: Bytes;
  readonly devices: Uint32Array<ArrayBuffer>;
  readonly counters: Float64Array<ArrayBuffer>;
  readonly forms: Uint32Array<ArrayBuffer>;
  readonly formHashes: Uint32Array<ArrayBuffer>;
  readonly marks: Bytes;
  readonly columns: readonly (readonly [name: string, numbers: Uint32Array<ArrayBuffer>])[];
  readonly undecided: readonly (readonly [row: number, name: string, values: readonly Value[]])[];
  /** Values that were not there before, in the order of their numbers. */
  readonly values: readonly Value[];
}

/** The thread's side. */
export class SheetWriter {
  readonly #numbers = new Map<string, number>();
  #fresh: Value[] = [];

  write(
    written: readonly (readonly [row: number, contact: SeenContact])[],
    gone: readonly number[],
  ): SheetChange {
    const count = written.length;
    const columns = new Map<string, Uint32Array<ArrayBuffer>>();
    const undecided: [number, string, readonly Value[]][] = [];
    const change = {
      rows: new Uint32Array(count),
      gone: Uint32Array.from(gone),
      records: new Uint8Array(count * RECORD_BYTES),
      devices: new Uint32Array(count),
      counters: new Float64Array(count),
      forms: new Uint32Array(count),
      formHashes: new Uint32Array(count),
      marks: new Uint8Array(count),
    };
    written.forEach(([row, contact], at) => {
      change.rows[at] = row;
      writeHex(change.records, at * RECORD_BYTES, contact.record);
      change.devices[at] = this.#numberOf(contact.device);
      change.counters[at] = contact.counter;
      change.forms[at] = this.#numberOf(contact.form);
      change.formHashes[at] = this.#numberOf(contact.formHash);
      change.marks[at] = marksOf(contact);
      for (const [name, value] of contact.fields) {
        let column = columns.get(name);
        if (column === undefined) columns.set(name, (column = new Uint32Array(count)));
        column[at] = this.#numberOf(value);
      }
      for (const [name, values] of contact.undecided) undecided.push([row, name, values]);
    });
    const values = this.#fresh;
    this.#fresh = [];
    return { ...change, columns: [...columns], undecided, values };
  }

  #numberOf(value: Value): number {
    const key = typeof value === "string" ? `"${value}` : JSON.stringify(value);
    const held = this.#numbers.get(key);
    if (held !== undefined) return held;
    const number = this.#numbers.size + 1;
    this.#numbers.set(key, number);
    this.#fresh.push(value);
    return number;
  }
}

/** What may be handed over instead of copied. */
export function transferOf(change: SheetChange): ArrayBuffer[] {
  const { rows, gone, records, devices, counters, forms, formHashes, marks, columns } = change;
  const parts = [rows, gone, records, devices, counters, forms, formHashes, marks];
  return [...parts, ...columns.map(([, numbers]) => numbers)].map(({ buffer }) => buffer);
}

/** The page's side. */
export class ContactSheet {
  readonly #values: Value[] = [null];
  readonly #columns = new Map<string, Uint32Array<ArrayBuffer>>();
  readonly #undecided = new Map<number, Map<string, readonly Value[]>>();
  /** 0 where there is no contact. */
  #filled = new Uint8Array(0);
  #records = new Uint8Array(0);
  #devices = new Uint32Array(0);
  #counters = new Float64Array(0);
  #forms = new Uint32Array(0);
  #formHashes = new Uint32Array(0);
  #marks = new Uint8Array(0);
  #names: readonly string[] | undefined;
  #size = 0;

  /** How many contacts there are. */
  get size(): number {
    return this.#size;
  }

  apply(change: SheetChange): void {
    for (const value of change.values) this.#values.push(value);
    const top = change.rows.reduce((most, row) => Math.max(most, row + 1), 0);
    if (top > this.#filled.length) this.#grow(Math.max(top, 2 * this.#filled.length, 1024));
    for (const row of change.gone) this.#empty(row);
    for (const row of change.rows) {
      this.#empty(row);
      this.#filled[row] = 1;
    }
    this.#size += change.rows.length;
    change.rows.forEach((row, at) => {
      const record = change.records.subarray(at * RECORD_BYTES, (at + 1) * RECORD_BYTES);
      this.#records.set(record, row * RECORD_BYTES);
      this.#counters[row] = change.counters[at] ?? 0;
      this.#marks[row] = change.marks[at] ?? 0;
    });
    spread(change.rows, change.devices, this.#devices);
    spread(change.rows, change.forms, this.#forms);
    spread(change.rows, change.formHashes, this.#formHashes);
    for (const [name, numbers] of change.columns) {
      let column = this.#columns.get(name);
      if (column === undefined) {
        column = new Uint32Array(this.#filled.length);
        this.#columns.set(name, column);
        this.#names = undefined;
      }
      spread(change.rows, numbers, column);
    }
    for (const [row, name, values] of change.undecided) {
      const held = this.#undecided.get(row) ?? new Map<string, readonly Value[]>();
      this.#undecided.set(row, held.set(name, values));
    }
  }

  /** All of them, in no order; each reads the sheet when it is asked, and is good until the next change. */
  contacts(): readonly SeenContact[] {
    const found: SeenContact[] = [];
    this.#filled.forEach((filled, row) => {
      if (filled === 1) found.push(new SheetContact(this, row));
    });
    return found;
  }

  /** Of all of them. */
  records(): ReadonlySet<Hex> {
    const found = new Set<Hex>();
    this.#filled.forEach((filled, row) => {
      if (filled === 1) found.add(this.record(row));
    });
    return found;
  }

  /** The names of all fields, ascending. */
  get names(): readonly string[] {
    this.#names ??= [...this.#columns.keys()].sort(compareText);
    return this.#names;
  }

  value(row: number, name: string): Value | undefined {
    const number = this.#columns.get(name)?.[row] ?? 0;
    return number === 0 ? undefined : this.#values[number];
  }

  undecided(row: number): ReadonlyMap<string, readonly Value[]> {
    return this.#undecided.get(row) ?? NONE;
  }

  record(row: number): Hex {
    return toHex(this.#records.subarray(row * RECORD_BYTES, (row + 1) * RECORD_BYTES));
  }

  device(row: number): Hex {
    return this.#text(this.#devices[row]);
  }

  counter(row: number): number {
    return this.#counters[row] ?? 0;
  }

  form(row: number): string {
    return this.#text(this.#forms[row]);
  }

  formHash(row: number): string {
    return this.#text(this.#formHashes[row]);
  }

  marks(row: number): number {
    return this.#marks[row] ?? 0;
  }

  #text(number = 0): string {
    const value = this.#values[number];
    return typeof value === "string" ? value : "";
  }

  #empty(row: number): void {
    if (this.#filled[row] !== 1) return;
    this.#filled[row] = 0;
    this.#size -= 1;
    this.#undecided.delete(row);
    for (const column of this.#columns.values()) column[row] = 0;
  }

  #grow(size: number): void {
    this.#filled = grown(this.#filled, new Uint8Array(size));
    this.#records = grown(this.#records, new Uint8Array(size * RECORD_BYTES));
    this.#counters = grown(this.#counters, new Float64Array(size));
    this.#marks = grown(this.#marks, new Uint8Array(size));
    this.#devices = grown(this.#devices, new Uint32Array(size));
    this.#forms = grown(this.#forms, new Uint32Array(size));
    this.#formHashes = grown(this.#formHashes, new Uint32Array(size));
    for (const [name, column] of this.#columns) {
      this.#columns.set(name, grown(column, new Uint32Array(size)));
    }
  }
}

const NONE: ReadonlyMap<string, readonly Value[]> = new Map();

class SheetContact implements SeenContact {
  readonly #sheet: ContactSheet;
  readonly #row: number;

  constructor(sheet: ContactSheet, row: number) {
    this.#sheet = sheet;
    this.#row = row;
  }

  get record(): Hex {
    return this.#sheet.record(this.#row);
  }

  get device(): Hex {
    return this.#sheet.device(this.#row);
  }

  get counter(): number {
    return this.#sheet.counter(this.#row);
  }

  get form(): string {
    return this.#sheet.form(this.#row);
  }

  get formHash(): string {
    return this.#sheet.formHash(this.#row);
  }

  get fields(): ReadonlyMap<string, Value> {
    return new SheetFields(this.#sheet, this.#row);
  }

  get undecided(): ReadonlyMap<string, readonly Value[]> {
    return this.#sheet.undecided(this.#row);
  }

  get deletedElsewhere(): boolean {
    return (this.#sheet.marks(this.#row) & DELETED_ELSEWHERE) !== 0;
  }

  get standing(): AuthorStanding {
    return STANDINGS[this.#sheet.marks(this.#row) & 3] ?? "provisional";
  }

  get late(): boolean {
    return (this.#sheet.marks(this.#row) & LATE) !== 0;
  }
}

/** One field is read where it stands; whoever goes through all of them gets a map of its own. */
class SheetFields implements ReadonlyMap<string, Value> {
  readonly #sheet: ContactSheet;
  readonly #row: number;

  constructor(sheet: ContactSheet, row: number) {
    this.#sheet = sheet;
    this.#row = row;
  }

  get size(): number {
    return this.#all().size;
  }

  get(name: string): Value | undefined {
    return this.#sheet.value(this.#row, name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  forEach(call: (value: Value, name: string, map: ReadonlyMap<string, Value>) => void): void {
    for (const [name, value] of this.#all()) call(value, name, this);
  }

  entries(): MapIterator<[string, Value]> {
    return this.#all().entries();
  }

  keys(): MapIterator<string> {
    return this.#all().keys();
  }

  values(): MapIterator<Value> {
    return this.#all().values();
  }

  [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.entries();
  }

  #all(): Map<string, Value> {
    const found = new Map<string, Value>();
    for (const name of this.#sheet.names) {
      const value = this.get(name);
      if (value !== undefined) found.set(name, value);
    }
    return found;
  }
}

function marksOf({ standing, late, deletedElsewhere }: SeenContact): number {
  const marks = STANDINGS.indexOf(standing);
  return marks + (late ? LATE : 0) + (deletedElsewhere ? DELETED_ELSEWHERE : 0);
}

function spread(rows: Uint32Array, from: Uint32Array, to: Uint32Array): void {
  rows.forEach((row, at) => {
    to[row] = from[at] ?? 0;
  });
}

function grown<A extends Uint8Array | Uint32Array | Float64Array>(held: A, larger: A): A {
  larger.set(held);
  return larger;
}

function writeHex(to: Bytes, at: number, hex: Hex): void {
  for (let byte = 0; byte < RECORD_BYTES; byte += 1) {
    to[at + byte] = Number.parseInt(hex.slice(2 * byte, 2 * byte + 2), 16);
  }
}
