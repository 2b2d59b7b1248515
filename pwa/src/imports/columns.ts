/**
 * Which column of a table answers which question: by a field's name, by its path as ODK and Kobo write it, or by what
 * the form shows, in one of its languages. Mirrors `server/imports/columns.py`.
 */
import { type Field, type Form, keyed, keyOf, MOST_REPEATS } from "../forms/index.ts";
import { folded, trimmed } from "./cells.ts";

/** An answer; one choice of several, as 1 or 0; what tells rows apart; or left out. */
export type Use = "answer" | "choice" | "row" | "left";

/** No question is called so; the form calculates it; another column answers it; several questions are called so. */
export type Why = "" | "unknown" | "calculated" | "again" | "unclear";

export interface Column {
  readonly header: string;
  readonly use: Use;
  readonly key: string;
  readonly choice: string;
  readonly why: Why;
}

/** What tells rows apart, where a table has it: Sojourn's own exports, Kobo, ODK. The first that is there counts. */
const ROW_NAMES = ["_record", "_uuid", "meta/instanceid", "meta-instanceid", "instanceid", "key"];

/** What a form's questions and choices are called. `forms`: one form, first in its own language, then in others. */
export class Wording {
  readonly form: Form;
  /** Every question, with every time that a repeat could be there. */
  readonly fields: ReadonlyMap<string, Field>;
  readonly #names = new Map<string, string>();
  readonly #labels = new Map<string, Set<string>>();
  readonly #choices: ReadonlyMap<string, Choices>;

  constructor(forms: readonly [Form, ...Form[]]) {
    const [form] = forms;
    this.form = form;
    this.fields = new Map(
      keyed(form.fields, () => MOST_REPEATS).map(({ key, field }) => [key, field]),
    );
    const names = namesOf(form);
    // As it is written before how it is folded: two names may differ by a capital.
    const both = [...names, ...names.map(([name, key]) => [folded(name), key] as const)];
    for (const [name, key] of both) if (!this.#names.has(name)) this.#names.set(name, key);
    for (const [label, key] of forms.flatMap(labelsOf)) add(this.#labels, label, key);
    this.#choices = new Map([...form.choices.keys()].map((name) => [name, choicesOf(forms, name)]));
  }

  /** Of a question; undefined for none, "" for several. */
  key(header: string): string | undefined {
    const found = this.#names.get(header) ?? this.#names.get(folded(header));
    if (found !== undefined) return found;
    const labelled = this.#labels.get(folded(header));
    return labelled === undefined ? undefined : theOnly(labelled, "");
  }

  /** Its name, of what somebody wrote: the name itself, or a label that is of no other. */
  choice(field: Field, text: string): string | undefined {
    const choices = this.#choices.get(field.choices);
    if (choices === undefined) return undefined;
    if (choices.names.has(text)) return text;
    return theOnly(choices.labels.get(folded(text)) ?? new Set<string>(), undefined);
  }
}

/** A column for each, in order. */
export function match(wording: Wording, header: readonly string[]): readonly Column[] {
  const found = header.map((each) => columnOf(wording, each));
  const rows = new Set(found.filter(({ use }) => use === "row").map((each) => folded(each.header)));
  const told = ROW_NAMES.find((name) => rows.has(name));
  const whole = new Set(found.filter(({ use }) => use === "answer").map(({ key }) => key));
  const answered = new Set<string>();
  return found.map((each) => {
    if (each.use === "left") return each;
    const where = each.use === "row" ? folded(each.header) : `${each.key} ${each.choice}`;
    const isAgain =
      answered.has(where) ||
      (each.use === "choice" && whole.has(each.key)) ||
      (each.use === "row" && where !== told);
    answered.add(where);
    return isAgain ? column(each.header, "left", { why: "again" }) : each;
  });
}

interface Choices {
  readonly names: ReadonlySet<string>;
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
}

function column(
  header: string,
  use: Use,
  { key = "", choice = "", why = "" }: Partial<Omit<Column, "header" | "use">> = {},
): Column {
  return { header, use, key, choice, why };
}

function columnOf(wording: Wording, header: string): Column {
  const key = wording.key(header);
  if (key !== undefined && key !== "") {
    const isCalculated = wording.fields.get(key)?.type === "calculate";
    return isCalculated
      ? column(header, "left", { why: "calculated" })
      : column(header, "answer", { key });
  }
  if (ROW_NAMES.includes(folded(header))) return column(header, "row");
  for (let at = header.lastIndexOf("/"); at > 0; at = header.lastIndexOf("/", at - 1)) {
    const asked = wording.key(header.slice(0, at));
    const field = wording.fields.get(asked ?? "");
    if (asked === undefined || field?.type !== "select_multiple") continue;
    const choice = wording.choice(field, trimmed(header.slice(at + 1)));
    if (choice !== undefined) return column(header, "choice", { key: asked, choice });
  }
  return column(header, "left", { why: key === undefined ? "unknown" : "unclear" });
}

type Named = readonly [text: string, key: string];

function namesOf({ fields }: Form): readonly Named[] {
  return placed(fields).flatMap(({ field: { name }, path, at }) => [
    [keyOf(path.join("/"), at), keyOf(name, at)] as const,
    [keyOf(path.join("-"), at), keyOf(name, at)] as const,
    [keyOf(name, at), keyOf(name, at)] as const,
  ]);
}

function labelsOf({ fields }: Form): readonly Named[] {
  return placed(fields)
    .filter(({ field }) => field.label !== "")
    .map(({ field: { name, label }, at }) => [
      folded(at === 0 ? label : `${label} ${at}`),
      keyOf(name, at),
    ]);
}

interface Placed {
  readonly field: Field;
  readonly path: readonly string[];
  /** 0 outside of a repeat. */
  readonly at: number;
}

function placed(fields: readonly Field[], path: readonly string[] = [], times = 0): Placed[] {
  return fields.flatMap((field) => {
    const own = [...path, field.name];
    if (field.type === "note") return [];
    if (field.type === "group") return placed(field.fields, own, times);
    if (field.type === "repeat") return placed(field.fields, own, MOST_REPEATS);
    if (times === 0) return [{ field, path: own, at: 0 }];
    return Array.from({ length: times }, (_, at) => ({ field, path: own, at: at + 1 }));
  });
}

function choicesOf(forms: readonly [Form, ...Form[]], name: string): Choices {
  const labels = new Map<string, Set<string>>();
  for (const { choices } of forms) {
    for (const each of choices.get(name) ?? []) add(labels, folded(each.label), each.name);
  }
  const names = (forms[0].choices.get(name) ?? []).map((each) => each.name);
  for (const each of names)
    if (!labels.has(folded(each))) labels.set(folded(each), new Set([each]));
  return { names: new Set(names), labels };
}

function add(lists: Map<string, Set<string>>, name: string, item: string): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, new Set([item]));
  else list.add(item);
}

function theOnly<T>(items: ReadonlySet<string>, otherwise: T): string | T {
  const [first, ...others] = items;
  return first === undefined || others.length > 0 ? otherwise : first;
}
