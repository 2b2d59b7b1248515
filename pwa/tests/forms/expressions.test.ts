import { expect, test } from "vitest";

import { holds } from "../../src/forms/evaluate.ts";
import { FormError } from "../../src/forms/errors.ts";
import { decodeCondition } from "../../src/forms/expressions.ts";
import type { Values } from "../../src/forms/form.ts";
import { vectors } from "./vectors.ts";

interface Vectors {
  readonly parsed: readonly { readonly text: string; readonly condition: unknown }[];
  readonly holds: readonly {
    readonly condition: unknown;
    readonly values: Values;
    readonly own?: string | number | readonly string[];
    readonly holds: boolean;
  }[];
  readonly malformed: readonly unknown[];
}

const found = vectors("form_expressions.json") as Vectors;

test.each(found.parsed)("the tree of $text is read", ({ condition }) => {
  expect(decodeCondition(condition, "$")).toEqual(condition);
});

test.each(found.holds)("$condition holds where the vectors say", (each) => {
  const condition = decodeCondition(each.condition, "$");
  expect(holds(condition, { value: (name) => each.values[name], own: each.own })).toBe(each.holds);
});

test.each(found.malformed.map((tree) => ({ tree })))("$tree is refused", ({ tree }) => {
  expect(() => decodeCondition(tree, "$")).toThrow(FormError);
});
