/** From `unknown` to values; throws FormError with the path of what is wrong. Unknown keys are refused. */
import { FormError } from "./errors.ts";

export function object(
  value: unknown,
  path: string,
  keys: readonly string[],
): Record<string, unknown> {
  if (!isRecord(value)) throw new FormError(path, "an object");
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new FormError(`${path}.${unknown}`, "nothing of that name");
  return value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function text(value: unknown, path: string): string {
  if (typeof value !== "string") throw new FormError(path, "text");
  return value;
}

/** Left out means empty. */
export function optionalText(value: unknown, path: string): string {
  return value === undefined ? "" : text(value, path);
}

export function list<T>(
  value: unknown,
  path: string,
  item: (value: unknown, path: string) => T,
): readonly T[] {
  if (!Array.isArray(value)) throw new FormError(path, "a list");
  return value.map((each: unknown, at) => item(each, `${path}[${at}]`));
}

export function oneOf<T extends string>(value: unknown, path: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new FormError(path, `one of ${allowed.join(", ")}`);
  return found;
}
