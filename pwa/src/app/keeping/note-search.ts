/** Looking for words in notes: in memory only, gone with the screen. Nothing of it is kept or indexed on disk. */
import { fold } from "../../reader/search/fold.ts";
import { DamagedError, UnknownRowError } from "../../vault/errors.ts";
import type { Id, IndexLine, Notes, NoteSummary } from "../../vault/index.ts";
import { titleOf } from "../../vault/notes.ts";

/** So many notes are opened between two breaths of the screen. */
const SLICE = 64;

interface Opened {
  readonly order: number;
  readonly summary: NoteSummary;
  readonly folded: string;
}

export class NoteSearch {
  readonly #notes: Notes;
  /** What was opened before: the next letter typed opens nothing anew. */
  readonly #opened = new Map<Id, Opened>();
  #latest = 0;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /**
   * Calls `found` with all that was found so far after each slice, newest first, until all is read or another
   * search begins; `more` while it goes on. Every word must be in the note, as a part of a word too: in Thai,
   * Khmer and Burmese there is nothing between words.
   */
  async run(
    words: string,
    found: (notes: readonly NoteSummary[], more: boolean) => void,
  ): Promise<void> {
    const mine = ++this.#latest;
    const wanted = fold(words).split(" ");
    const hits: NoteSummary[] = [];
    const lines = this.#notes.lines();
    for (let at = 0; at === 0 || at < lines.length; at += SLICE) {
      const slice = lines.slice(at, at + SLICE);
      const isNew = slice.some(({ id, order }) => this.#opened.get(id)?.order !== order);
      for (const opened of await Promise.all(slice.map(async (line) => this.#open(line)))) {
        if (opened !== undefined && wanted.every((word) => opened.folded.includes(word))) {
          hits.push(opened.summary);
        }
      }
      if (this.#latest !== mine) return;
      const isLast = at + SLICE >= lines.length;
      if (!isNew && !isLast) continue;
      found([...hits], !isLast);
      await breath();
    }
  }

  /** Forgets what was opened, and calls nobody any more. */
  end(): void {
    this.#latest += 1;
    this.#opened.clear();
  }

  /** Undefined for a note that does not open, or was deleted meanwhile: no word is found in it. */
  async #open({ id, order }: IndexLine): Promise<Opened | undefined> {
    const held = this.#opened.get(id);
    if (held?.order === order) return held;
    try {
      const { text, changed } = await this.#notes.read(id);
      const summary = { id, title: titleOf(text), changed, damaged: false };
      const opened = { order, summary, folded: fold(text) };
      this.#opened.set(id, opened);
      return opened;
    } catch (error) {
      if (error instanceof DamagedError || error instanceof UnknownRowError) return undefined;
      throw error;
    }
  }
}

/** Lets a touch or a key press be answered in between. */
async function breath(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}
