import { expect, test } from "vitest";

import {
  decodeForm,
  FormError,
  isWeek,
  type Problem,
  relevantValues,
  validate,
  type Values,
  weekOf,
} from "../../src/forms/index.ts";
import { vectors } from "./vectors.ts";

interface Vectors {
  readonly form: Readonly<Record<string, unknown>>;
  readonly cases: readonly {
    readonly why: string;
    readonly values: Values;
    readonly problems: readonly Problem[];
    readonly kept?: Values;
  }[];
}

const found = vectors("form_validation.json") as Vectors;
const form = decodeForm(found.form);

test.each(found.cases)("the problems are those of the vectors: $why", ({ values, problems }) => {
  expect(validate(form, values)).toEqual(problems);
});

test.each(found.cases.filter(({ kept }) => kept !== undefined))(
  "what is kept is what is asked and answered: $why",
  ({ values, kept }) => {
    expect(relevantValues(form, values)).toEqual(kept);
  },
);

test("a form with anything that we do not know is refused", () => {
  expect(() => decodeForm({ ...found.form, repeats: [] })).toThrow(FormError);
  expect(() => decodeForm({ ...found.form, choices: {} })).toThrow(FormError);
  expect(() => decodeForm(null)).toThrow(FormError);
});

test("a day's week is that of its Thursday", () => {
  expect(weekOf(new Date(2026, 10, 21))).toBe("2026-W47");
  expect(weekOf(new Date(2027, 0, 3))).toBe("2026-W53");
  expect(weekOf(new Date(2024, 11, 30))).toBe("2025-W01");
  for (let day = 0; day < 3000; day += 1) expect(isWeek(weekOf(new Date(2020, 0, day)))).toBe(true);
});
