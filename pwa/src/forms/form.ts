/** A contact form as the pack brings it. Mirrors `server/forms/form.py`. */
import { isRecord, list, object, oneOf, optionalText, text } from "./decoding.ts";
import { FormError } from "./errors.ts";
import { type Condition, decodeCondition } from "./expressions.ts";

const TYPES = ["select_one", "select_multiple", "integer", "text", "note", "group"] as const;
export type FieldType = (typeof TYPES)[number];

/** Of text and select_one, of integer, of select_multiple. Nothing answered is no value at all. */
export type Value = string | number | readonly string[];
/** Checked, or on the way to be: `validate` takes anything. */
export type Values = Readonly<Record<string, Value>>;

export interface Choice {
  readonly name: string;
  readonly label: string;
}

/** `choices` names one of the form's lists; `fields` are a group's; "" for what a field does not have. */
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

/** What can be answered, in order: neither groups nor notes. */
export function answerable(fields: readonly Field[]): readonly Field[] {
  return walk(fields).filter(({ type }) => type !== "group" && type !== "note");
}

export function choicesOf(form: Form, field: Field): readonly Choice[] {
  return form.choices.get(field.choices) ?? [];
}

function decodeField(value: unknown, path: string): Field {
  const raw = object(value, path, FIELD_KEYS);
  const condition = (key: "relevant" | "constraint"): Condition | undefined =>
    raw[key] === undefined ? undefined : decodeCondition(raw[key], `${path}.${key}`);
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
  const raw = object(value, path, ["name", "label"]);
  return { name: text(raw["name"], `${path}.name`), label: text(raw["label"], `${path}.label`) };
}
