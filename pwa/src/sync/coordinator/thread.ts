/** The thread in which a coordinator's contacts are opened; ended with the vault, and what it knew with it. */
import { type Answers, answering, type Question } from "./reader.ts";
import { transferOf } from "./sheet.ts";

export interface Asked {
  readonly number: number;
  readonly question: Question;
}

/** Without an answer it failed: what is damaged is told apart by nobody here. */
export interface Answered {
  readonly number: number;
  readonly answer?: Answers[Question["ask"]];
  readonly failed: boolean;
}

const answer = answering();

self.onmessage = ({ data: { number, question } }: MessageEvent<Asked>) => {
  answer(question).then(
    (found) => {
      const told: Answered = { number, answer: found, failed: false };
      const transfer = found !== undefined && "change" in found ? transferOf(found.change) : [];
      self.postMessage(told, { transfer });
    },
    () => self.postMessage({ number, failed: true } satisfies Answered),
  );
};
