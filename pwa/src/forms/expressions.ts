/**
 * Conditions and calculations as the build parsed them: arrays that begin with a name; a literal stands for itself.
 * Mirrors `server/forms/expressions.py`.
 */
import { list, oneOf, text } from "./decoding.ts";
import { FormError } from "./errors.ts";

const OPERATORS = ["=", "!=", "<", "<=", ">", ">="] as const;
export type Operator = (typeof OPERATORS)[number];

const FUNCTIONS = [
  "+",
  "-",
  "*",
  "div",
  "mod",
  "today",
  "count-selected",
  "string-length",
  "number",
  "int",
  "round",
  "concat",
  "coalesce",
  "sum",
  "count",
  "min",
  "max",
] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** `["field", name]`: a field's value. `["own"]`: the value whose constraint this is. `["column", name]`: a choice's. */
export type Reference = readonly ["field", string] | readonly ["own"] | readonly ["column", string];
export type Operand =
  | Reference
  | readonly ["call", FunctionName, readonly Operand[]]
  | readonly ["if", Condition, Operand, Operand]
  | string
  | number;

export type Condition =
  | readonly ["and" | "or", Condition, Condition]
  | readonly ["not", Condition]
  | readonly ["compare", Operator, Operand, Operand]
  | readonly ["selected", Reference, Reference | string];

export function decodeCondition(value: unknown, path: string): Condition {
  const parts = list(value, path, (part) => part);
  const [name, first, second, third] = parts;
  switch (name) {
    case "and":
    case "or":
      expect(parts, 3, path);
      return [name, decodeCondition(first, `${path}[1]`), decodeCondition(second, `${path}[2]`)];
    case "not":
      expect(parts, 2, path);
      return [name, decodeCondition(first, `${path}[1]`)];
    case "compare":
      expect(parts, 4, path);
      return [
        name,
        oneOf(first, `${path}[1]`, OPERATORS),
        decodeOperand(second, `${path}[2]`),
        decodeOperand(third, `${path}[3]`),
      ];
    case "selected":
      expect(parts, 3, path);
      return [name, reference(first, `${path}[1]`), choice(second, `${path}[2]`)];
    default:
      throw new FormError(path, "a condition");
  }
}

export function decodeOperand(value: unknown, path: string): Operand {
  if (typeof value === "string" || Number.isSafeInteger(value)) return value as string | number;
  const parts = list(value, path, (part) => part);
  const [name, first, second, third] = parts;
  switch (name) {
    case "call":
      expect(parts, 3, path);
      return [
        name,
        oneOf(first, `${path}[1]`, FUNCTIONS),
        list(second, `${path}[2]`, decodeOperand),
      ];
    case "if":
      expect(parts, 4, path);
      return [
        name,
        decodeCondition(first, `${path}[1]`),
        decodeOperand(second, `${path}[2]`),
        decodeOperand(third, `${path}[3]`),
      ];
    default:
      return reference(value, path);
  }
}

function choice(value: unknown, path: string): Reference | string {
  if (typeof value === "string") return value;
  const found = reference(value, path);
  if (found[0] === "own") throw new FormError(path, "a choice");
  return found;
}

function reference(value: unknown, path: string): Reference {
  const parts = list(value, path, (part) => part);
  if (parts[0] === "own") {
    expect(parts, 1, path);
    return ["own"];
  }
  if (parts[0] !== "field" && parts[0] !== "column") throw new FormError(path, "a field");
  expect(parts, 2, path);
  return [parts[0], text(parts[1], `${path}[1]`)];
}

function expect(parts: readonly unknown[], length: number, path: string): void {
  if (parts.length !== length) throw new FormError(path, `${length} parts`);
}
