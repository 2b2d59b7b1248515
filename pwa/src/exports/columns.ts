/** Columns made of forms' questions: labels, choices and versions, for headers and for the codebook. */
import { answerable, choicesOf, type Field, type Form, named } from "../forms/index.ts";
import { column, type Column } from "./cells.ts";

/** HXL 1.1 hashtags of our own contact form's questions; the other ones, and a programme's own, have none. */
const HXL: Readonly<Record<string, string>> = {
  week: "#date+reported",
  team: "#group+team",
  place: "#loc+name",
  setting: "#loc+type",
  language: "#respondee+language+code",
  age_band: "#respondee+age",
  gender: "#respondee+gender",
  information_given: "#service+information",
  needs: "#need+type",
  referral_type: "#service+type",
  outcome: "#status+referral",
  barrier: "#access+barrier",
  people: "#respondee+ind+num",
  official_status: "#status+official",
  indicators_deception: "#indicator+deception",
  indicators_coercion: "#indicator+coercion",
  indicators_vulnerability: "#indicator+vulnerability",
  indicators_conditions: "#indicator+conditions",
  indicators_control: "#indicator+control",
  indicators_dependence: "#indicator+dependence",
  exploitation_form: "#impact+exploitation",
};

/** What the versions of the forms ask, newest first. */
export class Questions {
  readonly #asked = new Map<string, (readonly [Form, Field])[]>();

  constructor(forms: Iterable<Form>) {
    for (const form of newestFirst(forms)) {
      for (const field of answerable(form.fields)) {
        const asked = this.#asked.get(field.name) ?? [];
        asked.push([form, field]);
        this.#asked.set(field.name, asked);
      }
    }
  }

  /** Of a field as records call it (`age`, `age/2` in a repeat). `name`: what the column is called, else the key. */
  column(key: string, name = key): Column {
    const { name: field, at } = named(key);
    const asked = this.#asked.get(field) ?? [];
    const newest = asked[0]?.[1];
    if (newest === undefined) return column(name);
    return column(name, {
      question: at === 0 ? newest.label : `${newest.label} (${at})`,
      type: newest.appearance === "week" ? "week" : newest.type,
      choices: this.choices(field),
      hxl: HXL[field] ?? "",
      form: asked.map(([form]) => form.id),
      version: asked.map(([form]) => form.version),
    });
  }

  /** Names and labels: in the order of the newest version, then what only older ones have. */
  choices(field: string): [name: string, label: string][] {
    const labels = new Map<string, string>();
    for (const [form, each] of this.#asked.get(field) ?? []) {
      for (const { name, label } of choicesOf(form, each)) {
        if (!labels.has(name)) labels.set(name, label);
      }
    }
    return [...labels];
  }
}

export function newestFirst(forms: Iterable<Form>): Form[] {
  return [...forms].sort((a, b) => ascending(b.version, a.version) || ascending(a.hash, b.hash));
}

/** Before all others, so that every line says it. */
export function practiceColumn(isPractice: boolean): Column[] {
  return isPractice ? [column("practice", { note: "Made-up contacts, for training." })] : [];
}

/** Those that `order` names first, then the others by name. */
export function ordered(names: Iterable<string>, order: readonly string[]): string[] {
  const left = new Set(names);
  const first = order.filter((name) => left.delete(name));
  return [...first, ...[...left].sort()];
}

function ascending(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
