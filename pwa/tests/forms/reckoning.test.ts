import { expect, test } from "vitest";

import { asValue, holds, result, type Scope } from "../../src/forms/evaluate.ts";
import { decodeCondition, decodeOperand } from "../../src/forms/expressions.ts";
import type { Value, Values } from "../../src/forms/form.ts";
import {
  decodeForm,
  type Problem,
  relevantValues,
  today,
  validate,
} from "../../src/forms/index.ts";
import { vectors } from "./vectors.ts";

interface Reckoning {
  readonly valid: readonly {
    readonly values: Values;
    readonly every: readonly Value[];
    readonly condition?: unknown;
    readonly holds?: boolean;
    readonly operand?: unknown;
    readonly value?: Value | null;
  }[];
}

interface Wide {
  readonly today: string;
  readonly form: unknown;
  readonly cases: readonly {
    readonly why: string;
    readonly values: Values;
    readonly problems: readonly Problem[];
    readonly kept: Values;
  }[];
}

const { valid } = vectors("form_reckoning.json") as Reckoning;
const wide = vectors("form_repeats.json") as Wide;
const form = decodeForm(wide.form);

test.each(valid)("what Python says of $condition$operand", (each) => {
  const scope: Scope = {
    value: (name) => each.values[name],
    every: (name) => {
      const value = each.values[name];
      if (name === "r") return each.every;
      return value === undefined ? [] : [value];
    },
    today: wide.today,
  };
  if (each.condition === undefined) {
    const operand = decodeOperand(each.operand, "$");
    expect(operand).toEqual(each.operand);
    expect(asValue(result(operand, scope)) ?? null).toEqual(each.value);
  } else {
    expect(holds(decodeCondition(each.condition, "$"), scope)).toBe(each.holds);
  }
});

test.each(wide.cases)("days, numbers and repeats: $why", ({ values, problems, kept }) => {
  expect(validate(form, values, wide.today)).toEqual(problems);
  expect(relevantValues(form, values, wide.today)).toEqual(kept);
  expect(Object.keys(relevantValues(form, values, wide.today))).toEqual(Object.keys(kept));
});

test("today is the day of the device's own calendar", () => {
  expect(today(new Date(2026, 0, 3, 23, 59))).toBe("2026-01-03");
});
