/** Private notes: one row each. Titles are made in memory. */
import type { Hex } from "../sync/bytes.ts";
import type { Part } from "../sync/canonical.ts";
import { labelled, natural, text } from "../sync/decoding.ts";
import { MalformedError } from "../sync/errors.ts";
import { once } from "../sync/once.ts";
import type { Entry, Store } from "../sync/store.ts";
import type { Environment } from "./environment.ts";
import { DamagedError, UnknownRowError } from "./errors.ts";
import type { IndexLine, Note, Notes, NoteSummary } from "./face.ts";
import { latestFirst, lineOf } from "./lines.ts";

const TITLE_LENGTH = 80;

export class VaultNotes implements Notes {
  readonly #store: Store;
  readonly #environment: Pick<Environment, "now">;

  constructor(store: Store, environment: Pick<Environment, "now">) {
    this.#store = store;
    this.#environment = environment;
  }

  lines(): readonly IndexLine[] {
    return linesOf(this.#store.entries("note"));
  }

  async list(start = 0, end?: number): Promise<NoteSummary[]> {
    const wanted = this.#entries().slice(start, end);
    const found = await Promise.all(wanted.map(async (entry) => this.#summary(entry)));
    return found.filter((summary) => summary !== undefined);
  }

  async read(id: Hex): Promise<Note> {
    return decodeNote(id, await this.#store.readRow(id));
  }

  async create(text: string, draft?: Hex): Promise<Hex> {
    const now = this.#environment.now();
    return this.#store.change((change) => {
      const id = change.newAddress();
      const note = { id, text, created: now, changed: now };
      change.put(entryOf(note), noteParts(note));
      if (draft !== undefined) change.delete(draft);
      return id;
    });
  }

  async edit(id: Hex, text: string, draft?: Hex, before?: string): Promise<Hex> {
    const changed = this.#environment.now();
    return this.#store.change(async (change) => {
      const reading = async (): Promise<Note> => decodeNote(id, await change.read(id));
      const held = await (before === undefined ? reading() : orGone(reading));
      const isOther = held === undefined || ![before ?? held.text, text].includes(held.text);
      const note = isOther
        ? { id: change.newAddress(), text, created: changed, changed }
        : { id, text, created: held.created, changed };
      change.put(entryOf(note), noteParts(note));
      if (draft !== undefined) change.delete(draft);
      return note.id;
    });
  }

  async delete(id: Hex): Promise<void> {
    await this.#store.change((change) => change.delete(id));
  }

  #entries(): readonly Entry[] {
    return latestFirst(this.#store.entries("note"));
  }

  /** `undefined` for a note that another tab deleted while the list was being read. */
  async #summary({ address, order }: Entry): Promise<NoteSummary | undefined> {
    try {
      const { text } = await this.read(address);
      return { id: address, title: titleOf(text), changed: order, damaged: false };
    } catch (error) {
      if (error instanceof UnknownRowError) return undefined;
      if (!(error instanceof DamagedError)) throw error;
      return { id: address, title: "", changed: order, damaged: true };
    }
  }
}

/** `undefined` for what was deleted, or does not open any more: nothing of it is written over. */
export async function orGone<T>(reading: () => Promise<T>): Promise<T | undefined> {
  try {
    return await reading();
  } catch (error) {
    if (error instanceof UnknownRowError || error instanceof DamagedError) return undefined;
    throw error;
  }
}

const linesOf = once((entries: readonly Entry[]) => latestFirst(entries).map(lineOf));

/** The first line that has something in it, at most 80 characters. */
export function titleOf(text: string): string {
  const line = text
    .split("\n")
    .map((each) => each.trim())
    .find((each) => each !== "");
  return Array.from(line ?? "")
    .slice(0, TITLE_LENGTH)
    .join("");
}

export function entryOf({ id, changed }: Note): Entry {
  return { address: id, type: "note", state: "", collection: "", order: changed, small: null };
}

export function noteParts({ text, created, changed }: Note): readonly Part[] {
  return ["note", 1, text, created, changed];
}

export function decodeNote(id: Hex, row: unknown): Note {
  try {
    const [version, body, created, changed] = labelled(row, "note", 4);
    if (version !== 1) throw new MalformedError("$[1]");
    return {
      id,
      text: text(body, "$[2]"),
      created: natural(created, "$[3]"),
      changed: natural(changed, "$[4]"),
    };
  } catch (cause) {
    throw new DamagedError({ cause });
  }
}
