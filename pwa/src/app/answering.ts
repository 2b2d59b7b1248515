/** A contact being written: what it starts with, what it may be saved as. No page, no store. */
import {
  answerable,
  choicesOf,
  type Field,
  type Form,
  isEmpty,
  type Problem,
  Relevance,
  relevantValues,
  validate,
  type Value,
  walk,
  weekOf,
} from "../forms/index.ts";
import type { Value as AnyValue, Values } from "../vault/index.ts";
import { type Finding, findRevealing } from "./revealing.ts";

export type Answers = Readonly<Record<string, Value>>;

/** A worker's own circumstances, which seldom change from one contact to the next. */
const REMEMBERED: ReadonlySet<string> = new Set(["team", "place", "area", "setting", "language"]);

/** What a new contact starts with: this week, and what the last one had that is likely again. */
export function firstAnswers(form: Form, last: Values, today: Date): Answers {
  const answers: Record<string, Value> = {};
  for (const field of answerable(form.fields)) {
    const { name, appearance } = field;
    const value = last[name];
    if (appearance === "week") answers[name] = weekOf(today);
    else if (REMEMBERED.has(name) && fits(form, field, value)) answers[name] = value;
  }
  return answers;
}

/** Those that a worker's own circumstances answer, and the week: they are shown as one line. */
export function isLikelyRight({ name, appearance }: Field): boolean {
  return appearance === "week" || REMEMBERED.has(name);
}

/** What a draft holds, as far as the form knows its fields; what does not fit is kept for its author to see. */
export function answersOf(form: Form, values: Values): Answers {
  const answers: Record<string, Value> = {};
  for (const { name } of answerable(form.fields)) {
    const value = values[name];
    if (value !== undefined && value !== null && typeof value !== "boolean") answers[name] = value;
  }
  return answers;
}

/** What of an older version's answers can stand in this one. */
export function carriedOver(form: Form, values: Values): Answers {
  const answers = answersOf(form, values);
  const misfits = new Set(
    validate(form, answers)
      .filter(({ code }) => code !== "irrelevant" && code !== "required")
      .map(({ field }) => field),
  );
  return Object.fromEntries(Object.entries(answers).filter(([name]) => !misfits.has(name)));
}

export type Checked =
  | { readonly values: Answers; readonly problems?: undefined }
  | { readonly problems: readonly Problem[] };

/** What is asked and answered, or what stands in its way. */
export function check(form: Form, answers: Answers): Checked {
  const values = relevantValues(form, answers);
  const problems = validate(form, values);
  return problems.length === 0 ? { values } : { problems };
}

/** What is asked after the meeting: the questions that the form calls `later`, once the first of them is asked. */
export function laterQuestions(form: Form, answers: Answers): readonly Field[] {
  const asked = new Relevance(form, answers);
  const later = answerable(form.fields).filter(({ appearance }) => appearance === "later");
  const [first] = later;
  if (first === undefined || !asked.isRelevant(first.name)) return [];
  return later.filter(({ name }) => asked.isRelevant(name));
}

/** What of the free text, as far as it is not what it was, seems to tell who somebody is. */
export function revealedIn(form: Form, before: Values, now: Answers): readonly Finding[] {
  const free = answerable(form.fields).filter(
    ({ type, appearance }) => type === "text" && appearance !== "week",
  );
  return free.flatMap(({ name }) => {
    const text = now[name];
    return typeof text === "string" && text !== before[name] ? findRevealing(text) : [];
  });
}

export interface Rebased {
  readonly answers: Answers;
  /** Answered otherwise here and there: somebody has to look. */
  readonly clashes: readonly string[];
}

/** Answers begun over `before`, when another device has saved `now` meanwhile: what was not touched here is theirs. */
export function rebased(form: Form, before: Values, now: Values, answers: Answers): Rebased {
  const mine = changesOf(before, answers);
  const theirs = changesOf(before, answersOf(form, now));
  const merged: Record<string, Value | undefined> = { ...answers };
  const clashes: string[] = [];
  for (const { name } of answerable(form.fields)) {
    if (!(name in theirs)) continue;
    if (!(name in mine)) merged[name] = answersOf(form, now)[name];
    else if (!same(mine[name], theirs[name])) clashes.push(name);
  }
  const kept = Object.entries(merged).filter(
    (each): each is [string, Value] => each[1] !== undefined,
  );
  return { answers: Object.fromEntries(kept), clashes };
}

/** For an edit: the fields that are another now; `undefined` for one that is taken away. */
export function changesOf(before: Values, now: Answers): Record<string, AnyValue | undefined> {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  const changes: Record<string, AnyValue | undefined> = {};
  for (const name of names) {
    if (!same(before[name], now[name])) changes[name] = now[name];
  }
  return changes;
}

/** How many of a group's questions are answered. */
export function answeredIn(group: Field, answers: Answers): number {
  return walk(group.fields).filter(({ name }) => !isEmpty(answers[name])).length;
}

function fits(form: Form, field: Field, value: AnyValue | undefined): value is string {
  if (typeof value !== "string") return false;
  return field.choices === "" || choicesOf(form, field).some(({ name }) => name === value);
}

function same(a: AnyValue | undefined, b: AnyValue | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
