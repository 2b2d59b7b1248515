import { expect, test } from "vitest";

import { waitAfter } from "../../src/app/attempts.ts";

test("a few slips cost nothing, more of them wait longer, never more than a minute", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 40].map(waitAfter)).toEqual([0, 0, 0, 5, 10, 20, 40, 60, 60]);
});
