import { expect, test } from "vitest";

import { asciiDigits, parseDecimal } from "../src/i18n/index.ts";
import { convert, QUANTITIES } from "../src/units/quantities.ts";

test.each([
  [1, "mile", "kilometer", 1.609344],
  [100, "celsius", "fahrenheit", 212],
  [-40, "fahrenheit", "celsius", -40],
  [1, "gallon", "liter", 3.785411784],
  [16, "ounce", "pound", 1],
])("%d %s in %s is %d", (value, from, to, expected) => {
  expect(convert(value, from, to)).toBeCloseTo(expected, 9);
});

test("a length is no weight", () => expect(convert(1, "meter", "gram")).toBeUndefined());

test("browsers know every unit's name", () => {
  for (const unit of QUANTITIES.flatMap(({ units }) => Object.keys(units))) {
    expect(() => new Intl.NumberFormat("km", { style: "unit", unit })).not.toThrow();
  }
});

test("digits of every script are digits", () => {
  expect(asciiDigits("၁၂ ៣៤ ๕๖ ۷۸ ٩٠")).toBe("12 34 56 78 90");
});

test.each([
  ["12", 12],
  ["၁၂.၅", 12.5],
  ["1,5", 1.5],
  ["1,000.5", 1000.5],
  ["1.000,5", 1000.5],
  ["1,000,000", 1_000_000],
  ["-40", -40],
  ["", undefined],
  ["abc", undefined],
  ["1-2", undefined],
])("%s is read as %d", (typed, expected) => expect(parseDecimal(typed)).toBe(expected));

test.each([
  ["500.000", ".", 500_000],
  ["១.៥០០", ".", 1500],
  ["1,500", ",", 1500],
  ["1.500", ",", 1.5],
  ["0.500", ".", 0.5],
  ["12.50", ".", 12.5],
])("%s with %s between thousands is read as %d", (typed, group, expected) =>
  expect(parseDecimal(typed, group)).toBe(expected),
);
