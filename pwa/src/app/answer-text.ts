/** An answer as people read it: labels for names, the locale's digits, a week by its Monday. */
import {
  answerable,
  choicesOf,
  type Field,
  type Form,
  isDate,
  isDecimal,
  keyed,
  named,
} from "../forms/index.ts";
import { formatDay, formatDigits, formatList, formatNumber, gettext } from "../i18n/index.ts";
import type { Value, Values } from "../vault/index.ts";
import { weekName } from "./weeks.ts";

/** `field` and `form` are absent for what the form does not know: then the names stand as they are. */
export function answerText(value: Value, field?: Field, form?: Form): string {
  if (typeof value === "number") return formatNumber(value, { useGrouping: false });
  if (value === null || typeof value === "boolean") return String(value);
  if (field?.appearance === "week" && typeof value === "string") return weekName(value);
  if (typeof value === "string" && isDate(value) && field?.type === "date") return formatDay(value);
  if (typeof value === "string" && field?.type === "time") return formatDigits(value);
  if (typeof value === "string" && field?.type === "decimal") return decimalText(value);
  const chosen = typeof value === "string" ? [value] : value;
  if (field === undefined || form === undefined || field.choices === "") return formatList(chosen);
  const labels = new Map(choicesOf(form, field).map(({ name, label }) => [name, label]));
  return formatList(chosen.map((name) => labels.get(name) ?? name));
}

/** The answers of these names, by name; `names` may be of a repeat, `age/2`. */
export function answerTexts(
  values: Values,
  names: readonly string[],
  form: Form,
): ReadonlyMap<string, string> {
  const fields = answerable(form.fields);
  return new Map(
    names.map((name) => {
      const value = values[name];
      const field = fields.find((each) => each.name === named(name).name);
      const text = value === undefined ? gettext("No answer") : answerText(value, field, form);
      return [name, text];
    }),
  );
}

/** With the point, or comma, and the figures of the language; what is no number stays as it was typed. */
export function decimalText(value: string): string {
  if (!isDecimal(value)) return value;
  return formatNumber(Number(value), { useGrouping: false, maximumFractionDigits: 6 });
}

/** So many answers tell one contact from another. */
const TELLING = 2;

/** What tells one contact from another in a list: the answers that every contact has, else the first that it has. */
export function contactTitle(
  fields: ReadonlyMap<string, readonly Value[]>,
  form: Form,
): string | undefined {
  const answered = keyed(form.fields, () => 0)
    .map(({ field }) => field)
    .filter(({ type, name }) => type === "select_one" && fields.get(name)?.[0] !== undefined);
  const required = answered.filter((field) => field.required);
  const telling = [...required, ...answered.filter((field) => !field.required)];
  const said = telling
    .slice(0, Math.max(TELLING, required.length))
    .map((field) => answerText(fields.get(field.name)?.[0] ?? null, field, form));
  return said.length === 0 ? undefined : formatList(said, { type: "unit" });
}
