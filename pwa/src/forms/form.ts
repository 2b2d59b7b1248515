/** A contact form as the pack brings it. Mirrors `server/forms/form.py`. */
import { isRecord, list, object, oneOf, optionalText, text } from "./decoding.ts";
import { FormError } from "./errors.ts";
import { type Condition, decodeCondition, decodeOperand, type Operand } from "./expressions.ts";

const TYPES = [
  "select_one",
  "select_multiple",
  "integer",
  "decimal",
  "date",
  "time",
  "text",
  "calculate",
  "note",
  "group",
  "repeat",
] as const;
export type FieldType = (typeof TYPES)[number];

/** A household, a journey's stages: more is another form. */
export const MOST_REPEATS = 20;
/** "A short note" is 280 characters (experience.md); nothing else in a contact needs more. */
export const LONGEST_TEXT = 280;

/**
 * Of integer a whole number, of select_multiple a list, of a calculation a whole number or text, of all others text.
 * Nothing answered is no value at all.
 */
export type Value = string | number | readonly string[];
/** Checked, or on the way to be: `validate` takes anything. */
export type Values = Readonly<Record<string, Value>>;

/** `values`: what a choice filter asks for, by column. */
export interface Choice {
  readonly name: string;
  readonly label: string;
  readonly values: ReadonlyMap<string, string>;
}

/**
 * `choices` names one of the form's lists; `fields` are a group's or a repeat's; `repeat_count` says how often a repeat
 * is asked, else people do; "" for what a field does not have.
 */
export interface Field {
  readonly type: FieldType;
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly required: boolean;
  readonly relevant: Condition | undefined;
  readonly constraint: Condition | undefined;
  readonly constraint_message: string;
  readonly appearance: string;
  readonly choices: string;
  readonly choice_filter: Condition | undefined;
  readonly calculation: Operand | undefined;
  readonly repeat_count: Operand | undefined;
  readonly fields: readonly Field[];
}

export interface Form {
  readonly id: string;
  readonly version: string;
  /** The same in every language. */
  readonly hash: string;
  readonly title: string;
  readonly fields: readonly Field[];
  readonly choices: ReadonlyMap<string, readonly Choice[]>;
  /** The texts that stand in the source language, because nobody has translated them. */
  readonly fallback: ReadonlySet<string>;
  /** The tag of the language that those stand in; English where it is not there. */
  readonly source?: string;
}

/** Throws FormError. */
export function decodeForm(value: unknown): Form {
  const keys = ["id", "version", "hash", "title", "fields", "choices", "fallback"];
  const raw = object(value, "$", keys);
  const form: Form = {
    id: text(raw["id"], "$.id"),
    version: text(raw["version"], "$.version"),
    hash: optionalText(raw["hash"], "$.hash"),
    title: text(raw["title"], "$.title"),
    fields: list(raw["fields"], "$.fields", decodeField),
    choices: decodeLists(raw["choices"]),
    fallback: new Set(list(raw["fallback"] ?? [], "$.fallback", text)),
  };
  for (const { name, choices } of walk(form.fields)) {
    if (choices !== "" && !form.choices.has(choices)) throw new FormError(name, "its choices");
  }
  return form;
}

/** Every field, note and group, in order. */
export function walk(fields: readonly Field[]): readonly Field[] {
  return fields.flatMap((field) => [field, ...walk(field.fields)]);
}

/** What has a value, in order: neither groups nor notes; of a repeat each of its fields once. */
export function answerable(fields: readonly Field[]): readonly Field[] {
  return walk(fields).filter(({ type }) => !["group", "note", "repeat"].includes(type));
}

/** A question, and what a record calls its answer: `age`, and in a repeat, counted from 1, `age/2`. */
export interface Keyed {
  readonly key: string;
  readonly field: Field;
  /** Which time of a repeat; 0 outside. */
  readonly at: number;
}

/** All that has a value, in order; a repeat's fields time by time. `times`: how often a repeat is there. */
export function keyed(
  fields: readonly Field[],
  times: (repeat: Field) => number,
  at = 0,
): readonly Keyed[] {
  return fields.flatMap((field) => {
    if (field.type === "note") return [];
    if (field.type === "group") return keyed(field.fields, times, at);
    if (field.type !== "repeat") return [{ key: keyOf(field.name, at), field, at }];
    return Array.from({ length: times(field) }, (_, each) =>
      keyed(field.fields, times, each + 1),
    ).flat();
  });
}

export function keyOf(name: string, at: number): string {
  return at === 0 ? name : `${name}/${at}`;
}

/** The field's name, and its place in the repeat, 0 outside; the whole as a name for what is no such key. */
export function named(key: string): { readonly name: string; readonly at: number } {
  const [, name = "", number = ""] = KEY.exec(key) ?? [];
  const at = Number(number);
  return at >= 1 && at <= MOST_REPEATS ? { name, at } : { name: key, at: 0 };
}

const KEY = /^([^/]*)\/([1-9][0-9]?)$/;

/** The last time of a repeat that has an answer; what is calculated does not count. */
export function answeredTimes(repeat: Field, values: Readonly<Record<string, unknown>>): number {
  const inside = answerable(repeat.fields).filter(({ type }) => type !== "calculate");
  const names = new Set(inside.map(({ name }) => name));
  const times = Object.entries(values)
    .filter(([, value]) => !isEmpty(value))
    .map(([key]) => named(key))
    .filter(({ name }) => names.has(name));
  return Math.max(0, ...times.map(({ at }) => at));
}

export function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    (Array.isArray(value) && value.length === 0)
  );
}

export function choicesOf(form: Form, field: Field): readonly Choice[] {
  return form.choices.get(field.choices) ?? [];
}

function decodeField(value: unknown, path: string): Field {
  const raw = object(value, path, FIELD_KEYS);
  const condition = (key: "relevant" | "constraint" | "choice_filter"): Condition | undefined =>
    raw[key] === undefined ? undefined : decodeCondition(raw[key], `${path}.${key}`);
  const operand = (key: "calculation" | "repeat_count"): Operand | undefined =>
    raw[key] === undefined ? undefined : decodeOperand(raw[key], `${path}.${key}`);
  return {
    type: oneOf(raw["type"], `${path}.type`, TYPES),
    name: text(raw["name"], `${path}.name`),
    label: text(raw["label"], `${path}.label`),
    hint: optionalText(raw["hint"], `${path}.hint`),
    required: raw["required"] === true,
    relevant: condition("relevant"),
    constraint: condition("constraint"),
    constraint_message: optionalText(raw["constraint_message"], `${path}.constraint_message`),
    appearance: optionalText(raw["appearance"], `${path}.appearance`),
    choices: optionalText(raw["choices"], `${path}.choices`),
    choice_filter: condition("choice_filter"),
    calculation: operand("calculation"),
    repeat_count: operand("repeat_count"),
    fields: list(raw["fields"] ?? [], `${path}.fields`, decodeField),
  };
}

const FIELD_KEYS = [
  "type",
  "name",
  "label",
  "hint",
  "required",
  "relevant",
  "constraint",
  "constraint_message",
  "appearance",
  "choices",
  "choice_filter",
  "calculation",
  "repeat_count",
  "fields",
];

function decodeLists(value: unknown): Form["choices"] {
  if (!isRecord(value)) throw new FormError("$.choices", "an object");
  return new Map(
    Object.entries(value).map(([name, choices]) => [
      name,
      list(choices, `$.choices.${name}`, decodeChoice),
    ]),
  );
}

function decodeChoice(value: unknown, path: string): Choice {
  const raw = object(value, path, ["name", "label", "values"]);
  const values = raw["values"] ?? {};
  if (!isRecord(values)) throw new FormError(`${path}.values`, "an object");
  return {
    name: text(raw["name"], `${path}.name`),
    label: text(raw["label"], `${path}.label`),
    values: new Map(
      Object.entries(values).map(([name, each]) => [name, text(each, `${path}.values.${name}`)]),
    ),
  };
}
