/** What two phones answered apart, and what somebody decided of it. No page, no store. */
import { answerable, type Field, type Form } from "../forms/index.ts";
import type { Contact } from "../sync/index.ts";
import type { Value } from "../vault/index.ts";

export interface Conflict {
  readonly name: string;
  /** Undefined for what the form does not know. */
  readonly field: Field | undefined;
  /** Two or more, as the heads have them. */
  readonly values: readonly Value[];
}

/** In the form's order, what the form does not know last. */
export function conflictsOf(
  { fields }: Pick<Contact, "fields">,
  form: Form | undefined,
): readonly Conflict[] {
  const known = answerable(form?.fields ?? []);
  const order = [...known.map(({ name }) => name), ...fields.keys()];
  return [...new Set(order)].flatMap((name) => {
    const values = fields.get(name) ?? [];
    const field = known.find((each) => each.name === name);
    return values.length > 1 ? [{ name, field, values }] : [];
  });
}

/** What of a list only this side has; nothing for what is no list. */
export function onlyIn(value: Value, values: readonly Value[]): readonly string[] {
  const others = values.filter((each) => each !== value).map(listed);
  return listed(value).filter((name) => !others.every((other) => other.includes(name)));
}

function listed(value: Value): readonly string[] {
  return typeof value === "object" && value !== null ? value : [];
}
