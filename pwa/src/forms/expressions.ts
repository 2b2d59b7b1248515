/**
 * Conditions as the build parsed them: arrays that begin with a name; a literal stands for itself.
 * Mirrors `server/forms/expressions.py`.
 */
import { list, oneOf, text } from "./decoding.ts";
import { FormError } from "./errors.ts";

const OPERATORS = ["=", "!=", "<", "<=", ">", ">="] as const;
export type Operator = (typeof OPERATORS)[number];

/** `["field", name]`: a field's value. `["own"]`: the value whose constraint this is. */
export type Reference = readonly ["field", string] | readonly ["own"];
export type Operand = Reference | string | number;

export type Condition =
  | readonly ["and" | "or", Condition, Condition]
  | readonly ["not", Condition]
  | readonly ["compare", Operator, Operand, Operand]
  | readonly ["selected", Reference, string];

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
        operand(second, `${path}[2]`),
        operand(third, `${path}[3]`),
      ];
    case "selected":
      expect(parts, 3, path);
      return [name, reference(first, `${path}[1]`), text(second, `${path}[2]`)];
    default:
      throw new FormError(path, "a condition");
  }
}

function operand(value: unknown, path: string): Operand {
  if (typeof value === "string" || Number.isSafeInteger(value)) return value as string | number;
  return reference(value, path);
}

function reference(value: unknown, path: string): Reference {
  const parts = list(value, path, (part) => part);
  if (parts[0] === "own") {
    expect(parts, 1, path);
    return ["own"];
  }
  if (parts[0] !== "field") throw new FormError(path, "a field");
  expect(parts, 2, path);
  return ["field", text(parts[1], `${path}[1]`)];
}

function expect(parts: readonly unknown[], length: number, path: string): void {
  if (parts.length !== length) throw new FormError(path, `${length} parts`);
}
