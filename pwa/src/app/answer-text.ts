/** An answer as people read it: labels for names, the locale's digits, a week by its Monday. */
import { answerable, choicesOf, type Field, type Form } from "../forms/index.ts";
import { formatList, formatNumber } from "../i18n/index.ts";
import type { Value } from "../vault/index.ts";
import { weekName } from "./weeks.ts";

/** `field` and `form` are absent for what the form does not know: then the names stand as they are. */
export function answerText(value: Value, field?: Field, form?: Form): string {
  if (typeof value === "number") return formatNumber(value, { useGrouping: false });
  if (value === null || typeof value === "boolean") return String(value);
  if (field?.appearance === "week" && typeof value === "string") return weekName(value);
  const chosen = typeof value === "string" ? [value] : value;
  if (field === undefined || form === undefined || field.choices === "") return formatList(chosen);
  const labels = new Map(choicesOf(form, field).map(({ name, label }) => [name, label]));
  return formatList(chosen.map((name) => labels.get(name) ?? name));
}

/** What tells one contact from another in a list: the answers that every contact has. */
export function contactTitle(
  fields: ReadonlyMap<string, readonly Value[]>,
  form: Form,
): string | undefined {
  const said = answerable(form.fields)
    .filter(({ type, required }) => type === "select_one" && required)
    .flatMap((field) => {
      const [value] = fields.get(field.name) ?? [];
      return value === undefined ? [] : [answerText(value, field, form)];
    });
  return said.length === 0 ? undefined : formatList(said, { type: "unit" });
}
