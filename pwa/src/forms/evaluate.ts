/** What a condition means; `server/forms/evaluation.py` says it in words, the vectors hold both to it. */
import type { Condition, Operand, Operator } from "./expressions.ts";
import type { Field, Form, Value, Values } from "./form.ts";

export type Lookup = (name: string) => Value | undefined;

export function holds(condition: Condition, lookup: Lookup, own?: Value): boolean {
  switch (condition[0]) {
    case "and":
      return holds(condition[1], lookup, own) && holds(condition[2], lookup, own);
    case "or":
      return holds(condition[1], lookup, own) || holds(condition[2], lookup, own);
    case "not":
      return !holds(condition[1], lookup, own);
    case "selected": {
      const value = valueOf(condition[1], lookup, own);
      return isList(value) ? value.includes(condition[2]) : value === condition[2];
    }
    case "compare":
      return compare(
        condition[1],
        valueOf(condition[2], lookup, own),
        valueOf(condition[3], lookup, own),
      );
  }
}

/** Which fields are asked, given what was answered. Loops were refused by the build. */
export class Relevance {
  private readonly values: Values;
  private readonly conditions = new Map<string, readonly Condition[]>();
  private readonly known = new Map<string, boolean>();

  constructor(form: Form, values: Values) {
    this.values = values;
    this.collect(form.fields, []);
  }

  isRelevant(name: string): boolean {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const conditions = this.conditions.get(name) ?? [];
    const found = conditions.every((condition) => holds(condition, (each) => this.value(each)));
    this.known.set(name, found);
    return found;
  }

  /** What `${name}` stands for: nothing for a field that is not asked. */
  value(name: string): Value | undefined {
    // A field may be called `constructor`: only what was answered counts.
    const value = Object.hasOwn(this.values, name) ? this.values[name] : undefined;
    return value !== undefined && this.isRelevant(name) ? value : undefined;
  }

  private collect(fields: readonly Field[], outer: readonly Condition[]): void {
    for (const { name, relevant, fields: inner } of fields) {
      const conditions = relevant === undefined ? outer : [...outer, relevant];
      this.conditions.set(name, conditions);
      this.collect(inner, conditions);
    }
  }
}

export function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}

const COMPARE: Record<Operator, (a: number, b: number) => boolean> = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

const NUMBER = /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/;
const SPACES = /^[ \t\r\n]+|[ \t\r\n]+$/g;

function valueOf(operand: Operand, lookup: Lookup, own: Value | undefined): Value | undefined {
  if (typeof operand === "string" || typeof operand === "number") return operand;
  return operand[0] === "own" ? own : lookup(operand[1]);
}

function compare(sign: Operator, left: Value | undefined, right: Value | undefined): boolean {
  const asTexts = typeof left !== "number" && typeof right !== "number";
  if (asTexts && (sign === "=" || sign === "!=")) {
    return (asText(left) === asText(right)) === (sign === "=");
  }
  return COMPARE[sign](asNumber(left), asNumber(right));
}

function asText(value: Value | undefined): string {
  if (value === undefined) return "";
  return isList(value) ? value.join(" ") : String(value);
}

function asNumber(value: Value | undefined): number {
  if (typeof value === "number") return value;
  const text = asText(value).replace(SPACES, "");
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}
