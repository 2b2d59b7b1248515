/** A contact being written: what it starts with, what it may be saved as. No page, no store. */
import {
  answeredTimes,
  answerable,
  choicesOf,
  type Field,
  type Form,
  isDecimal,
  isEmpty,
  type Keyed,
  keyed,
  keyOf,
  named,
  numberText,
  type Problem,
  Relevance,
  relevantValues,
  validate,
  type Value,
  walk,
  weekOf,
} from "../forms/index.ts";
import { locale, parseDecimal } from "../i18n/index.ts";
import type { Value as AnyValue, Values } from "../vault/index.ts";
import { type Finding, findRevealing } from "./revealing.ts";

export type Answers = Readonly<Record<string, Value>>;

/** A worker's own circumstances, which seldom change from one contact to the next. */
const REMEMBERED: ReadonlySet<string> = new Set(["team", "place", "area", "setting", "language"]);

/** What a new contact starts with: this week, and what the last one had that is likely again. */
export function firstAnswers(form: Form, last: Values, today: Date): Answers {
  const answers: Record<string, Value> = {};
  for (const { field } of outside(form)) {
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
  for (const { key } of keysIn(form, values)) {
    const value = values[key];
    if (value !== undefined && value !== null && typeof value !== "boolean") answers[key] = value;
  }
  return answers;
}

/** The questions of a form, in a repeat as often as it was answered. */
export function keysIn(form: Form, values: Values): readonly Keyed[] {
  return keyed(form.fields, (repeat) => answeredTimes(repeat, values));
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
  const values = relevantValues(form, settled(form, answers));
  const problems = validate(form, values);
  return problems.length === 0 ? { values } : { problems };
}

/** What a draft holds as it was typed, as a record holds it: what is in that form already means what it says. */
function settled(form: Form, answers: Answers): Answers {
  const kept: Record<string, Value> = { ...answers };
  for (const { key, field } of keysIn(form, answers)) {
    const typed = kept[key];
    if (field.type !== "decimal" || typeof typed !== "string" || isDecimal(typed)) continue;
    const value = decimalOf(typed);
    if (value !== undefined) kept[key] = value;
  }
  return kept;
}

/** In whatever digits it was typed, with a point or a comma; what is no number is kept as typed, and is a problem. */
export function decimalOf(typed: string): Value | undefined {
  if (typed.trim() === "") return undefined;
  const text = numberText(parseDecimal(typed, groupMark()) ?? Number.NaN);
  return isDecimal(text) ? text : typed;
}

/** What groups thousands in the page's language. */
function groupMark(): string | undefined {
  const parts = new Intl.NumberFormat(locale()).formatToParts(1_234_567);
  return parts.find(({ type }) => type === "group")?.value;
}

/** Without one time of a repeat: those after it move up. */
export function withoutTime(repeat: Field, answers: Answers, at: number): Answers {
  const inside = new Set(answerable(repeat.fields).map(({ name }) => name));
  const moved = Object.entries(answers).flatMap(([key, value]): [string, Value][] => {
    const { name, at: time } = named(key);
    if (time < at || !inside.has(name)) return [[key, value]];
    return time === at ? [] : [[keyOf(name, time - 1), value]];
  });
  return Object.fromEntries(moved);
}

/** What is asked after the meeting: the questions that the form calls `later`, once the first of them is asked. */
export function laterQuestions(form: Form, answers: Answers): readonly Field[] {
  const asked = new Relevance(form, answers);
  const later = outside(form)
    .map(({ field }) => field)
    .filter(({ appearance }) => appearance === "later");
  const [first] = later;
  if (first === undefined || !asked.isRelevant(first.name)) return [];
  return later.filter(({ name }) => asked.isRelevant(name));
}

/** What of the free text, as far as it is not what it was, seems to tell who somebody is. */
export function revealedIn(form: Form, before: Values, now: Answers): readonly Finding[] {
  const free = keysIn(form, now).filter(
    ({ field: { type, appearance } }) => type === "text" && appearance !== "week",
  );
  return free.flatMap(({ key }) => {
    const text = now[key];
    return typeof text === "string" && text !== before[key] ? findRevealing(text) : [];
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
  for (const { key, field } of keysIn(form, { ...before, ...now, ...answers })) {
    // What is calculated follows from the others.
    if (!(key in theirs) || field.type === "calculate") continue;
    if (!(key in mine)) merged[key] = answersOf(form, now)[key];
    else if (!same(mine[key], theirs[key])) clashes.push(key);
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
  const inside = walk(group.fields).filter(({ type }) => type !== "calculate");
  const names = new Set(inside.map(({ name }) => name));
  return Object.entries(answers).filter(
    ([key, value]) => names.has(named(key).name) && !isEmpty(value),
  ).length;
}

/** The questions that stand in no repeat. */
function outside(form: Form): readonly Keyed[] {
  return keyed(form.fields, () => 0);
}

function fits(form: Form, field: Field, value: AnyValue | undefined): value is string {
  if (typeof value !== "string") return false;
  return field.choices === "" || choicesOf(form, field).some(({ name }) => name === value);
}

function same(a: AnyValue | undefined, b: AnyValue | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
