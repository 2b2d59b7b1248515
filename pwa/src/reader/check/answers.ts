/** What somebody answered, and what follows: values alone, nothing of the page. */

export type Answer = "yes" | "no" | "unknown" | "skipped";

export interface Question {
  readonly id: string;
  /** The answers after which there is something to be careful about. */
  readonly care: readonly string[];
}

export type Answers = ReadonlyMap<string, Answer>;

/** `data-care`: answers with spaces between. */
export function parseCare(text: string): string[] {
  return text.split(/\s+/).filter((each) => each !== "");
}

export function answering(answers: Answers, id: string, answer: Answer): Answers {
  return new Map(answers).set(id, answer);
}

/** In the questions' own order. What was skipped gives no warning, and no all-clear either. */
export function toCareAbout(questions: readonly Question[], answers: Answers): Question[] {
  return questions.filter(({ id, care }) => {
    const answer = answers.get(id);
    return answer !== undefined && care.includes(answer);
  });
}
