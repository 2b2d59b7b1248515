/**
 * A book (book.ts) that is asked by messages: the questions, and what answers them. In a browser it is a thread
 * (thread.ts), so that the page goes on answering while a hundred thousand contacts are opened.
 */
import type { Bytes, Hex } from "../bytes.ts";
import type { PacketPlace } from "../crypto/packets.ts";
import type { Certificate } from "../enrolment.ts";
import { Book, type Counted, type Taken, type Told } from "./book.ts";

export type Question =
  | { readonly ask: "begin"; readonly place: PacketPlace }
  | {
      readonly ask: "trust";
      readonly certificates: readonly Certificate[];
      readonly seeds: readonly Bytes[];
    }
  | {
      readonly ask: "take";
      readonly address: Hex;
      readonly pulled: readonly Bytes[] | undefined;
      readonly opened: Bytes | undefined;
    }
  | { readonly ask: "told" }
  | { readonly ask: "counted" };

export interface Answers {
  readonly begin: undefined;
  readonly trust: undefined;
  readonly take: Taken;
  readonly told: Told;
  readonly counted: Counted;
}

export class ReadingFailedError extends Error {
  override readonly name = "ReadingFailedError";
}

/** Whoever reads contacts: a thread, or in tests the book itself. */
export interface BookReader {
  /** Rejects when the thread has failed or was ended. */
  ask<Q extends Question>(question: Q): Promise<Answers[Q["ask"]]>;
  /** All that it knew is forgotten at once. */
  end(): void;
}

/** Answers questions one after the other, whatever comes meanwhile. */
export function answering(): (question: Question) => Promise<Answers[Question["ask"]]> {
  let book: Book | undefined;
  let before: Promise<unknown> = Promise.resolve();
  const answer = async (question: Question): Promise<Answers[Question["ask"]]> => {
    if (question.ask === "begin") {
      book = new Book(question.place);
      return undefined;
    }
    if (book === undefined) throw new Error("not begun");
    switch (question.ask) {
      case "trust":
        return book.trust(question.certificates, question.seeds).then(() => undefined);
      case "take":
        return book.take(question.address, question.pulled, question.opened);
      case "told":
        return book.told();
      case "counted":
        return book.counted();
    }
  };
  return async (question) => {
    const asked = before.then(async () => answer(question));
    before = asked.catch(() => undefined);
    return asked;
  };
}
