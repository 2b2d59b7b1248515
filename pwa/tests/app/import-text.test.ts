import { expect, test } from "vitest";

import { faultSentence } from "../../src/app/console/import-text.ts";
import { numbersOf } from "../../src/app/console/names.ts";
import type { FaultCode } from "../../src/imports/index.ts";

test.each([
  ["bad-week", {}, "\u20682026-W05\u2069"],
  ["unknown-choice", { choice: "قمر" }, "\u2068قمر\u2069"],
] as const)(
  "what a sentence about %s quotes keeps its own order",
  (code: FaultCode, args, quoted) => {
    expect(faultSentence({ row: 2, column: 1, field: "week", code, args }, undefined)).toContain(
      quoted,
    );
  },
);

test("a range of numbers stays on one line", () => {
  expect(numbersOf({ missing: [[41, 42]], twice: [7] })).toBe("41–\u206042 and 7");
});
