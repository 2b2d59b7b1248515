/** Whether values fit a form. Mirrors `server/forms/validation.py`, which says what is a problem and why. */
import { isDecimal } from "./decimals.ts";
import { holds, isList } from "./evaluate.ts";
import {
  answeredTimes,
  choicesOf,
  type Field,
  type FieldType,
  type Form,
  isEmpty,
  keyed,
  LONGEST_TEXT,
  type Value,
  type Values,
} from "./form.ts";
import { isDate, isTime } from "./moments.ts";
import { Relevance } from "./relevance.ts";
import { isWeek } from "./weeks.ts";

export const LARGEST_INTEGER = Number.MAX_SAFE_INTEGER;

export type ProblemCode =
  | "unknown-field"
  | "irrelevant"
  | "required"
  | "wrong-type"
  | "unknown-choice"
  | "repeated-choice"
  | "bad-week"
  | "bad-date"
  | "bad-time"
  | "bad-decimal"
  | "calculated"
  | "bad-number"
  | "too-long"
  | "constraint";

/** The interface makes a sentence of the code and its `args`. */
export interface Problem {
  readonly field: string;
  readonly code: ProblemCode;
  readonly args: Readonly<Record<string, string | number>>;
}

/** At most one problem a field, in the form's order, unknown fields last. `today`: `2026-11-22`, else by the clock. */
export function validate(
  form: Form,
  values: Readonly<Record<string, unknown>>,
  today?: string,
): Problem[] {
  const given = new Map(Object.entries(values).filter(([, value]) => !isEmpty(value)));
  const fit = new Map<string, Value>();
  const unfit = new Map<string, Problem>();
  for (const { key, field } of keyed(form.fields, (repeat) => answeredTimes(repeat, values))) {
    const value = given.get(key);
    if (value === undefined) continue;
    const found = fits(form, field, key, value);
    if ("problem" in found) unfit.set(key, found.problem);
    else fit.set(key, found.value);
  }
  const relevance = new Relevance(form, Object.fromEntries(fit), today);
  // A repeat that was cut short by another answer still holds what is to be pointed out.
  const there = Object.fromEntries(Object.keys(values).map((key) => [key, 1]));
  const asked = keyed(form.fields, (repeat) =>
    Math.max(relevance.times(repeat), answeredTimes(repeat, there)),
  );
  const problems = asked.map(({ key, field }) => {
    if (given.has(key) && !relevance.isRelevant(key)) return problem(key, "irrelevant");
    return unfit.get(key) ?? unmet(key, field, fit.get(key), relevance);
  });
  const known = new Set(asked.map(({ key }) => key));
  const unknown = Object.keys(values).filter((name) => !known.has(name));
  return [
    ...problems.filter((each) => each !== undefined),
    ...unknown.sort().map((name) => problem(name, "unknown-field")),
  ];
}

/**
 * What is to be kept of what was answered: in the form's order, without what is empty or not asked, and with what
 * the form calculates. What is left out can leave out more, as where it was all that a time of a repeat had: until
 * nothing changes.
 */
export function relevantValues(form: Form, values: Values, today?: string): Record<string, Value> {
  const relevance = new Relevance(form, values, today);
  const kept: Record<string, Value> = {};
  const answers: Record<string, Value> = {};
  for (const { key, field } of keyed(form.fields, (repeat) => relevance.times(repeat))) {
    const value = relevance.value(key);
    if (value === undefined || isEmpty(value)) continue;
    kept[key] = value;
    if (field.type !== "calculate") answers[key] = value;
  }
  const isSettled = JSON.stringify(answers) === JSON.stringify(values);
  return isSettled ? kept : relevantValues(form, answers, today);
}

function unmet(
  key: string,
  field: Field,
  value: Value | undefined,
  relevance: Relevance,
): Problem | undefined {
  const { required, constraint, constraint_message: message } = field;
  if (value === undefined) {
    return required && relevance.isRelevant(key) ? problem(key, "required") : undefined;
  }
  const admitted = relevance.value(key);
  if (!isSame(admitted, value)) return unadmitted(key, field, value, admitted);
  if (constraint === undefined || holds(constraint, relevance.scope(key, value))) return undefined;
  return problem(key, "constraint", message === "" ? {} : { message });
}

/** Not what the form calculates, or a choice that its filter keeps out. */
function unadmitted(key: string, field: Field, value: Value, admitted: Value | undefined): Problem {
  if (field.type === "calculate") return problem(key, "calculated");
  const left = isList(admitted) ? admitted : [];
  const chosen = isList(value) ? value : [String(value)];
  const choice = chosen.find((each) => !left.includes(each)) ?? "";
  return problem(key, "unknown-choice", { choice });
}

function isSame(a: Value | undefined, b: Value): boolean {
  if (!isList(a) || !isList(b)) return a === b;
  return a.length === b.length && a.every((each, at) => each === b[at]);
}

type Fit = { readonly value: Value } | { readonly problem: Problem };

/** A decoded value may be anything. */
function fits(form: Form, field: Field, key: string, value: unknown): Fit {
  const { type } = field;
  if (type === "integer" && Number.isInteger(value)) return fitsNumber(key, value as number);
  if (type === "calculate" && Number.isInteger(value)) return { value: value as number };
  if (IN_TEXT.has(type) && typeof value === "string") return fitsText(field, key, value);
  if (type === "select_one" && typeof value === "string") {
    return fitsChoices(form, field, key, [value], value);
  }
  if (type === "select_multiple" && isList(value)) {
    const texts = (value as readonly unknown[]).every((each) => typeof each === "string");
    if (texts) return fitsChoices(form, field, key, value, value);
  }
  return { problem: problem(key, "wrong-type") };
}

const IN_TEXT: ReadonlySet<FieldType> = new Set(["text", "date", "time", "decimal", "calculate"]);

function fitsNumber(name: string, value: number): Fit {
  if (value >= 0 && value <= LARGEST_INTEGER) return { value };
  return { problem: problem(name, "bad-number", { least: 0, most: LARGEST_INTEGER }) };
}

function fitsText({ type, appearance }: Field, key: string, value: string): Fit {
  const code = misfit(appearance === "week" ? "week" : type, value);
  if (code !== undefined) return { problem: problem(key, code) };
  // Code points, as both languages can count them.
  if (Array.from(value).length > LONGEST_TEXT) {
    return { problem: problem(key, "too-long", { most: LONGEST_TEXT }) };
  }
  return { value };
}

function misfit(kind: FieldType | "week", value: string): ProblemCode | undefined {
  if (kind === "week" && !isWeek(value)) return "bad-week";
  if (kind === "date" && !isDate(value)) return "bad-date";
  if (kind === "time" && !isTime(value)) return "bad-time";
  if (kind === "decimal" && !isDecimal(value)) return "bad-decimal";
  return undefined;
}

function fitsChoices(
  form: Form,
  field: Field,
  key: string,
  chosen: readonly string[],
  value: Value,
): Fit {
  const names = new Set(choicesOf(form, field).map(({ name }) => name));
  for (const [at, choice] of chosen.entries()) {
    if (!names.has(choice)) return { problem: problem(key, "unknown-choice", { choice }) };
    if (chosen.indexOf(choice) < at)
      return { problem: problem(key, "repeated-choice", { choice }) };
  }
  return { value };
}

function problem(field: string, code: ProblemCode, args: Problem["args"] = {}): Problem {
  return { field, code, args };
}
