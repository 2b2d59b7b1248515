/** Whether values fit a form. Mirrors `server/forms/validation.py`, which says what is a problem and why. */
import { holds, isList, Relevance } from "./evaluate.ts";
import { answerable, choicesOf, type Field, type Form, type Value, type Values } from "./form.ts";
import { isWeek } from "./weeks.ts";

export const LONGEST_TEXT = 280;
export const LARGEST_INTEGER = Number.MAX_SAFE_INTEGER;

export type ProblemCode =
  | "unknown-field"
  | "irrelevant"
  | "required"
  | "wrong-type"
  | "unknown-choice"
  | "repeated-choice"
  | "bad-week"
  | "bad-number"
  | "too-long"
  | "constraint";

/** The interface makes a sentence of the code and its `args`. */
export interface Problem {
  readonly field: string;
  readonly code: ProblemCode;
  readonly args: Readonly<Record<string, string | number>>;
}

/** At most one problem a field, in the form's order, unknown fields last. */
export function validate(form: Form, values: Readonly<Record<string, unknown>>): Problem[] {
  const fields = answerable(form.fields);
  const given = new Map(Object.entries(values).filter(([, value]) => !isEmpty(value)));
  const fit = new Map<string, Value>();
  const unfit = new Map<string, Problem>();
  for (const field of fields) {
    const value = given.get(field.name);
    if (value === undefined) continue;
    const found = fits(form, field, value);
    if ("problem" in found) unfit.set(field.name, found.problem);
    else fit.set(field.name, found.value);
  }
  const relevance = new Relevance(form, Object.fromEntries(fit));
  const problems = fields.map((field) => {
    if (given.has(field.name) && !relevance.isRelevant(field.name)) {
      return problem(field.name, "irrelevant");
    }
    return unfit.get(field.name) ?? unmet(field, fit.get(field.name), relevance);
  });
  const known = new Set(fields.map(({ name }) => name));
  const unknown = Object.keys(values).filter((name) => !known.has(name));
  return [
    ...problems.filter((each) => each !== undefined),
    ...unknown.sort().map((name) => problem(name, "unknown-field")),
  ];
}

/** What is to be kept of what was answered: in the form's order, without what is empty or not asked. */
export function relevantValues(form: Form, values: Values): Record<string, Value> {
  const relevance = new Relevance(form, values);
  const kept: Record<string, Value> = {};
  for (const { name } of answerable(form.fields)) {
    const value = relevance.value(name);
    if (value !== undefined && !isEmpty(value)) kept[name] = value;
  }
  return kept;
}

export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (isList(value) && !value.length);
}

function unmet(field: Field, value: Value | undefined, relevance: Relevance): Problem | undefined {
  const { name, required, constraint, constraint_message: message } = field;
  if (value === undefined) {
    return required && relevance.isRelevant(name) ? problem(name, "required") : undefined;
  }
  if (constraint === undefined || holds(constraint, (each) => relevance.value(each), value)) {
    return undefined;
  }
  return problem(name, "constraint", message === "" ? {} : { message });
}

type Fit = { readonly value: Value } | { readonly problem: Problem };

/** A decoded value may be anything. */
function fits(form: Form, field: Field, value: unknown): Fit {
  const { name, type } = field;
  if (type === "integer" && Number.isInteger(value)) return fitsNumber(name, value as number);
  if (type === "text" && typeof value === "string") return fitsText(field, value);
  if (type === "select_one" && typeof value === "string") {
    return fitsChoices(form, field, [value], value);
  }
  if (type === "select_multiple" && isList(value)) {
    const texts = (value as readonly unknown[]).every((each) => typeof each === "string");
    if (texts) return fitsChoices(form, field, value, value);
  }
  return { problem: problem(name, "wrong-type") };
}

function fitsNumber(name: string, value: number): Fit {
  if (value >= 0 && value <= LARGEST_INTEGER) return { value };
  return { problem: problem(name, "bad-number", { least: 0, most: LARGEST_INTEGER }) };
}

function fitsText({ name, appearance }: Field, value: string): Fit {
  if (appearance === "week" && !isWeek(value)) return { problem: problem(name, "bad-week") };
  // Code points, as both languages can count them.
  if (Array.from(value).length > LONGEST_TEXT) {
    return { problem: problem(name, "too-long", { most: LONGEST_TEXT }) };
  }
  return { value };
}

function fitsChoices(form: Form, field: Field, chosen: readonly string[], value: Value): Fit {
  const names = new Set(choicesOf(form, field).map(({ name }) => name));
  for (const [at, choice] of chosen.entries()) {
    if (!names.has(choice)) {
      return { problem: problem(field.name, "unknown-choice", { choice }) };
    }
    if (chosen.indexOf(choice) < at) {
      return { problem: problem(field.name, "repeated-choice", { choice }) };
    }
  }
  return { value };
}

function problem(field: string, code: ProblemCode, args: Problem["args"] = {}): Problem {
  return { field, code, args };
}
