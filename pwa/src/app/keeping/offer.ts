/** An offer as it is kept: what was said, and each question with its answer, in the words it was asked in. */
import { type Answers, type Answer, toCareAbout } from "../../reader/check/answers.ts";
import type { Value, Values } from "../../vault/index.ts";
import type { OfferCheck, OfferQuestion } from "./pack-pages.ts";
import { textOf } from "./fields.ts";

export const OFFER_TEXTS = ["who", "what", "asked"] as const;
export type OfferText = (typeof OFFER_TEXTS)[number];

export interface Asked {
  readonly id: string;
  readonly text: string;
  readonly answer: Answer | undefined;
}

export interface Offer {
  readonly texts: Readonly<Record<OfferText, string>>;
  readonly asked: readonly Asked[];
}

export const NO_OFFER: Offer = { texts: { who: "", what: "", asked: "" }, asked: [] };

/** Questions as three lists of one length: what was asked stays readable when the pack asks otherwise. */
export function offerValues({ texts, asked }: Offer): Values {
  const answered = asked.filter(({ answer }) => answer !== undefined);
  return {
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== "")),
    ids: answered.map(({ id }) => id),
    questions: answered.map(({ text }) => text),
    answers: answered.map(({ answer }) => answer ?? ""),
  };
}

export function offerOf(values: Values): Offer {
  const [ids, questions, answers] = [values["ids"], values["questions"], values["answers"]].map(
    listOf,
  );
  return {
    texts: {
      who: textOf(values, "who"),
      what: textOf(values, "what"),
      asked: textOf(values, "asked"),
    },
    asked: (ids ?? []).map((id, at) => ({
      id,
      text: questions?.[at] ?? "",
      answer: answerOf(answers?.[at]),
    })),
  };
}

/** The pack's questions, with what was answered; then those that it does not ask any more. */
export function withQuestions(offer: Offer, questions: readonly OfferQuestion[]): Offer {
  const answers = new Map(offer.asked.map(({ id, answer }) => [id, answer]));
  const known = new Set(questions.map(({ id }) => id));
  const asked = questions.map(({ id, text }) => ({ id, text, answer: answers.get(id) }));
  return { ...offer, asked: [...asked, ...offer.asked.filter(({ id }) => !known.has(id))] };
}

/** What to be careful about, in the order of the questions. */
export function warnings(offer: Offer, { questions }: OfferCheck): OfferQuestion[] {
  const answers: Answers = new Map(
    offer.asked.flatMap(({ id, answer }) => (answer === undefined ? [] : [[id, answer]])),
  );
  const ids = new Set(toCareAbout(questions, answers).map(({ id }) => id));
  return questions.filter(({ id }) => ids.has(id));
}

function listOf(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

function answerOf(text: string | undefined): Answer | undefined {
  return text === "yes" || text === "no" || text === "unknown" ? text : undefined;
}
