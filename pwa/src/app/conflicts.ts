/** What two phones answered apart, and what somebody decided of it. No page, no store. */
import { type Field, type Form, relevantValues, type Value as Answer } from "../forms/index.ts";
import type { Contact } from "../sync/index.ts";
import type { Value, Values } from "../vault/index.ts";
import { answersOf, keysIn } from "./answering.ts";

export interface Conflict {
  readonly name: string;
  /** Undefined for what the form does not know. */
  readonly field: Field | undefined;
  /** Two or more, as the heads have them. */
  readonly values: readonly Value[];
}

/** In the form's order, what the form does not know last; what it calculates follows from the others. */
export function conflictsOf(
  { fields }: Pick<Contact, "fields">,
  form: Form | undefined,
): readonly Conflict[] {
  const known = new Map(
    form && keysIn(form, firstOf(fields)).map(({ key, field }) => [key, field]),
  );
  return [...new Set([...known.keys(), ...fields.keys()])].flatMap((name) => {
    const values = fields.get(name) ?? [];
    const field = known.get(name);
    const isOpen = values.length > 1 && field?.type !== "calculate";
    return isOpen ? [{ name, field, values }] : [];
  });
}

/** What was decided, and what the form calculates from it. */
export function withCalculated(
  { fields }: Pick<Contact, "fields">,
  form: Form | undefined,
  decided: Values,
): Record<string, Value | undefined> {
  if (form === undefined) return { ...decided };
  const answers = answersOf(form, { ...firstOf(fields), ...decided });
  const kept: Readonly<Record<string, Answer | undefined>> = relevantValues(form, answers);
  const changed = keysIn(form, answers).filter(({ key, field: { type } }) => {
    const before = fields.get(key) ?? [];
    return type === "calculate" && (before.length > 1 || before[0] !== kept[key]);
  });
  return { ...decided, ...Object.fromEntries(changed.map(({ key }) => [key, kept[key]])) };
}

function firstOf(fields: Contact["fields"]): Values {
  return Object.fromEntries([...fields].map(([name, [value = null]]) => [name, value]));
}

/** What of a list only this side has; nothing for what is no list. */
export function onlyIn(value: Value, values: readonly Value[]): readonly string[] {
  const others = values.filter((each) => each !== value).map(listed);
  return listed(value).filter((name) => !others.every((other) => other.includes(name)));
}

function listed(value: Value): readonly string[] {
  return typeof value === "object" && value !== null ? value : [];
}
