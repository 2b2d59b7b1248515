/** Which questions are asked, and what their answers stand for. Mirrors `server/forms/relevance.py`. */
import { asNumber, asValue, holds, isList, result, type Scope } from "./evaluate.ts";
import {
  answeredTimes,
  type Choice,
  choicesOf,
  type Field,
  type Form,
  keyOf,
  LONGEST_TEXT,
  MOST_REPEATS,
  named,
  type Value,
  type Values,
} from "./form.ts";
import { today as dayNow } from "./moments.ts";

/** The groups that a field stands in, and itself; the repeat among the groups. */
interface Place {
  readonly path: readonly Field[];
  readonly field: Field;
  readonly repeat: Field | undefined;
}

/**
 * Loops were refused by the build. `day`: `2026-11-22`; else by the clock. Keys are a record's: `age`, `age/2`.
 * `shown`: of repeats on a screen, how often at least.
 */
export class Relevance {
  private readonly form: Form;
  private readonly values: Values;
  private readonly day: string;
  private readonly shown: ReadonlyMap<string, number>;
  private readonly places = new Map<string, Place>();
  private readonly asked = new Map<string, boolean>();
  private readonly known = new Map<string, Value | undefined>();

  constructor(
    form: Form,
    values: Values,
    day = dayNow(),
    shown: ReadonlyMap<string, number> = new Map(),
  ) {
    this.shown = shown;
    this.form = form;
    this.values = values;
    this.day = day;
    this.collect(form.fields, [], undefined);
  }

  isRelevant(key: string): boolean {
    const known = this.asked.get(key);
    if (known !== undefined) return known;
    const { name, at } = named(key);
    const place = this.places.get(name);
    const found = place !== undefined && this.isAsked(place, at);
    this.asked.set(key, found);
    return found;
  }

  /** What `${name}` stands for: nothing for a field that is not asked. */
  value(key: string): Value | undefined {
    if (!this.known.has(key)) {
      this.known.set(key, this.isRelevant(key) ? this.find(key) : undefined);
    }
    return this.known.get(key);
  }

  /** How often a repeat is there: as often as the form says, else as somebody answered it. */
  times(repeat: Field): number {
    if (!this.isRelevant(repeat.name)) return 0;
    if (repeat.repeat_count === undefined) {
      return Math.max(answeredTimes(repeat, this.values), this.shown.get(repeat.name) ?? 0);
    }
    const wanted = asNumber(result(repeat.repeat_count, this.scope(repeat.name)));
    return Number.isNaN(wanted) ? 0 : Math.trunc(Math.min(Math.max(wanted, 0), MOST_REPEATS));
  }

  /** Of a question, those that its filter lets through. */
  choices(key: string): readonly Choice[] {
    const field = this.places.get(named(key).name)?.field;
    if (field === undefined) return [];
    const listed = choicesOf(this.form, field);
    const { choice_filter: wanted } = field;
    if (wanted === undefined) return listed;
    const scope = this.scope(key);
    return listed.filter(({ name, values }) =>
      holds(wanted, { ...scope, columns: new Map([["name", name], ...values]) }),
    );
  }

  /** What names stand for where a question is: in a repeat those of the same time. */
  scope(key: string, own?: Value): Scope {
    const { name, at } = named(key);
    const repeat = this.places.get(name)?.repeat;
    const value = (asked: string): Value | undefined => {
      const isInside = at > 0 && this.places.get(asked)?.repeat === repeat;
      return this.value(isInside ? keyOf(asked, at) : asked);
    };
    return { value, every: (each) => this.every(each), today: this.day, own };
  }

  private isAsked({ path, repeat }: Place, at: number): boolean {
    if (repeat !== undefined && at > this.times(repeat)) return false;
    const inner = repeat === undefined ? path.length : path.indexOf(repeat) + 1;
    return path.every(
      ({ name, relevant }, depth) =>
        relevant === undefined || holds(relevant, this.scope(keyOf(name, depth < inner ? 0 : at))),
    );
  }

  private find(key: string): Value | undefined {
    const field = this.places.get(named(key).name)?.field;
    if (field?.calculation !== undefined) {
      const found = asValue(result(field.calculation, this.scope(key)));
      return typeof found === "string" ? Array.from(found).slice(0, LONGEST_TEXT).join("") : found;
    }
    // A field may be called `constructor`: only what was answered counts.
    const value = Object.hasOwn(this.values, key) ? this.values[key] : undefined;
    if (value === undefined || field?.choice_filter === undefined) return value;
    return this.admitted(key, field, value);
  }

  /** Without the choices that the filter keeps out, as when what they hang on was changed. */
  private admitted(key: string, field: Field, value: Value): Value | undefined {
    const out = new Set(choicesOf(this.form, field).map(({ name }) => name));
    for (const { name } of this.choices(key)) out.delete(name);
    if (!isList(value)) return out.has(String(value)) ? undefined : value;
    const left = value.filter((each) => !out.has(each));
    return left.length === 0 ? undefined : left;
  }

  private every(name: string): readonly Value[] {
    const place = this.places.get(name);
    if (place === undefined) return [];
    const { field, repeat } = place;
    if (field.type === "repeat") return counted(this.times(field));
    const where = repeat === undefined ? [0] : counted(this.times(repeat));
    return where.map((at) => this.value(keyOf(name, at))).filter((each) => each !== undefined);
  }

  private collect(
    fields: readonly Field[],
    groups: readonly Field[],
    repeat: Field | undefined,
  ): void {
    for (const field of fields) {
      const path = [...groups, field];
      this.places.set(field.name, { path, field, repeat });
      this.collect(field.fields, path, repeat ?? (field.type === "repeat" ? field : undefined));
    }
  }
}

/** 1 to `most`. */
function counted(most: number): number[] {
  return Array.from({ length: most }, (_, at) => at + 1);
}
