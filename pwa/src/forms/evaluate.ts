/** What conditions and calculations mean; `server/forms/evaluation.py` says it in words, the vectors hold both to it. */
import { numberText, rounded } from "./decimals.ts";
import type { Condition, FunctionName, Operand, Operator } from "./expressions.ts";
import type { Value } from "./form.ts";
import { daysOf, partOfDay } from "./moments.ts";

/** What names stand for. `every`: all answers to a field of a repeat. `today`: `2026-11-22`. `own`: of `.`. */
export interface Scope {
  readonly value: (name: string) => Value | undefined;
  readonly every?: (name: string) => readonly Value[];
  readonly today?: string;
  readonly own?: Value | undefined;
  readonly columns?: ReadonlyMap<string, string>;
}

export function holds(condition: Condition, scope: Scope): boolean {
  switch (condition[0]) {
    case "and":
      return holds(condition[1], scope) && holds(condition[2], scope);
    case "or":
      return holds(condition[1], scope) || holds(condition[2], scope);
    case "not":
      return !holds(condition[1], scope);
    case "selected": {
      const found = result(condition[1], scope);
      const value = condition[1][0] === "column" ? wordsOf(asText(found)) : found;
      const choice = asText(result(condition[2], scope));
      return isList(value) ? value.includes(choice) : value === choice;
    }
    case "compare":
      return compare(condition[1], result(condition[2], scope), result(condition[3], scope));
  }
}

/** NaN is a number here as in XPath: one that is not. */
export function result(operand: Operand, scope: Scope): Value | undefined {
  if (typeof operand === "string" || typeof operand === "number") return operand;
  switch (operand[0]) {
    case "field":
      return scope.value(operand[1]);
    case "own":
      return scope.own;
    case "column":
      return scope.columns?.get(operand[1]);
    case "if":
      return result(holds(operand[1], scope) ? operand[2] : operand[3], scope);
    case "call":
      return called(operand[1], operand[2], scope);
  }
}

/** What a record keeps of a calculation: a whole number as one, all else as text; undefined for nothing. */
export function asValue(found: Value | undefined): Value | undefined {
  const kept = typeof found === "number" ? rounded(found) : asText(found);
  // `+ 0` makes a plain zero of a negative one.
  if (typeof kept === "number" && Number.isSafeInteger(kept)) return kept + 0;
  const text = asText(kept);
  return text === "" ? undefined : text;
}

export function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}

export function asNumber(value: Value | undefined): number {
  if (typeof value === "number") return value;
  const text = asText(value).replace(SPACES, "");
  if (NUMBER.test(text)) return Number(text);
  return daysOf(text) ?? partOfDay(text) ?? Number.NaN;
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

function compare(sign: Operator, left: Value | undefined, right: Value | undefined): boolean {
  const asTexts = typeof left !== "number" && typeof right !== "number";
  if (asTexts && (sign === "=" || sign === "!=")) {
    return (asText(left) === asText(right)) === (sign === "=");
  }
  return COMPARE[sign](asNumber(left), asNumber(right));
}

function asText(value: Value | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return numberText(value);
  return isList(value) ? value.join(" ") : value;
}

function wordsOf(text: string): readonly string[] {
  return text.split(" ");
}

function called(name: FunctionName, operands: readonly Operand[], scope: Scope): Value | undefined {
  if (name === "sum" || name === "count" || name === "min" || name === "max") {
    return aggregate(name, operands, scope);
  }
  const given = operands.map((each) => result(each, scope));
  const [first, second] = given;
  switch (name) {
    case "today":
      return scope.today ?? "";
    case "count-selected":
      return isList(first) ? first.length : Number(first !== undefined);
    case "string-length":
      return Array.from(asText(first)).length;
    case "number":
      return asNumber(first);
    case "int":
      return Math.trunc(asNumber(first));
    case "round":
      return rounded(asNumber(first), typeof second === "number" ? second : 0);
    case "concat":
      return given.map(asText).join("");
    case "coalesce":
      return asText(first) === "" ? second : first;
    case "+":
    case "-":
    case "*":
    case "div":
    case "mod":
      return reckon(name, asNumber(first), asNumber(second));
  }
}

function reckon(sign: "+" | "-" | "*" | "div" | "mod", left: number, right: number): number {
  switch (sign) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "div":
      return right === 0 || !Number.isFinite(left) ? Number.NaN : left / right;
    case "mod":
      return right === 0 ? Number.NaN : left % right;
  }
}

function aggregate(
  name: "sum" | "count" | "min" | "max",
  operands: readonly Operand[],
  scope: Scope,
): Value | undefined {
  const found = operands.flatMap((operand): readonly (Value | undefined)[] => {
    if (typeof operand === "object" && operand[0] === "field")
      return scope.every?.(operand[1]) ?? [];
    const value = result(operand, scope);
    return asText(value) === "" ? [] : [value];
  });
  if (name === "count") return found.length;
  const numbers = found.map(asNumber).filter((number) => !Number.isNaN(number));
  if (name === "sum") return numbers.reduce((total, number) => total + number, 0);
  if (numbers.length === 0) return undefined;
  return name === "min" ? Math.min(...numbers) : Math.max(...numbers);
}
