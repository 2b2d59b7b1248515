/** The fields of a private record, as its form asks for them; and between what is typed and what is kept. */
import { asciiDigits, gettext } from "../../i18n/index.ts";
import type { Value, Values } from "../../vault/index.ts";
import { readAmount } from "./amounts.ts";
import { isDay, readTime, writeTime } from "./days.ts";

/** `count` is a whole number, `time` minutes since midnight; all others are kept as text. */
export type Input = "line" | "long" | "day" | "month" | "time" | "count" | "amount" | "choice";

export interface Field {
  readonly name: string;
  readonly input: Input;
  readonly label: () => string;
  readonly hint?: () => string;
  readonly needed?: boolean;
  /** Of `choice`: what is kept, and how it is called. */
  readonly choices?: () => readonly (readonly [value: string, label: string])[];
}

/** What stands in the form, by name. */
export type Typed = Readonly<Record<string, string>>;

export type Problems = ReadonlyMap<string, () => string>;

/** What is kept of it, or what is wrong with it. A field left empty is not kept. */
export function readTyped(fields: readonly Field[], typed: Typed): Values | Problems {
  const values: Record<string, Value> = {};
  const problems = new Map<string, () => string>();
  for (const field of fields) {
    const text = (typed[field.name] ?? "").trim();
    const read = text === "" ? undefined : readOne(field.input, text);
    if (read !== undefined) values[field.name] = read;
    else if (text !== "" || field.needed === true) {
      problems.set(field.name, () => problemOf(field.input, text));
    }
  }
  return problems.size > 0 ? problems : values;
}

export function isProblems(read: Values | Problems): read is Problems {
  return read instanceof Map;
}

/** As the form shows what was kept. */
export function typedOf(fields: readonly Field[], values: Values): Typed {
  return Object.fromEntries(
    fields.map(({ name, input }) => {
      const value = values[name];
      if (typeof value === "number") {
        return [name, input === "time" ? writeTime(value) : String(value)];
      }
      return [name, textOf(values, name)];
    }),
  );
}

/** "" where there is none. */
export function textOf(values: Values, name: string): string {
  const value = values[name];
  return typeof value === "string" ? value : "";
}

/** 0 where there is none. */
export function numberOf(values: Values, name: string): number {
  const value = values[name];
  return typeof value === "number" ? value : 0;
}

function readOne(input: Input, text: string): Value | undefined {
  switch (input) {
    case "day":
      return isDay(text) ? text : undefined;
    case "month":
      return isDay(`${text}-01`) ? text : undefined;
    case "time":
      return readTime(text);
    case "count":
      return /^\d{1,4}$/.test(asciiDigits(text)) ? Number(asciiDigits(text)) : undefined;
    case "amount":
      return readAmount(text);
    case "line":
    case "long":
    case "choice":
      return text;
  }
}

function problemOf(input: Input, text: string): string {
  if (text === "") return gettext("Write an answer here.");
  if (input === "amount") return gettext("Write amounts with figures only: 1500, or 1500.50.");
  if (input === "count") return gettext("Write a whole number, 0 or more.");
  return gettext("This answer does not fit. Choose again.");
}
