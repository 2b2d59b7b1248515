import { expect, test } from "vitest";

import { chaff } from "../../src/vault/chaff.ts";
import { chooseCost } from "../../src/vault/calibration.ts";
import { titleOf } from "../../src/vault/notes.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";

test.each([
  ["a fast laptop", 40, { memory_kib: 65_536, passes: 12 }],
  ["a good phone", 150, { memory_kib: 65_536, passes: 3 }],
  ["a cheap phone", 400, { memory_kib: 48_640, passes: 2 }],
  ["a slow one", 1000, { memory_kib: 19_456, passes: 2 }],
  ["a very slow one, never less", 5000, { memory_kib: 19_456, passes: 2 }],
  ["a clock that does not move", 0, { memory_kib: 65_536, passes: 12 }],
])("the cost on %s", (_, milliseconds, cost) => {
  const chosen = chooseCost(milliseconds);
  expect(chosen.memory_kib).toBeLessThanOrEqual(cost.memory_kib);
  expect(chosen.memory_kib).toBeGreaterThan(cost.memory_kib * 0.98);
  expect(chosen.passes).toBe(cost.passes);
});

test("chaff is some dozens of rows, of the sizes that rows have", () => {
  for (let round = 0; round < 20; round += 1) {
    const rows = chaff(randomBytes);
    expect(rows.length).toBeGreaterThanOrEqual(24);
    expect(rows.length).toBeLessThan(88);
    for (const [address, row] of rows) {
      expect(address).toHaveLength(16);
      expect(row.length).toBeGreaterThanOrEqual(512 + 28);
      expect(row.length).toBeLessThan(40_000);
    }
  }
});

test.each([
  ["first\nsecond", "first"],
  ["\n \n  third  \n", "third"],
  ["", ""],
  ["😀".repeat(100), "😀".repeat(80)],
])("a title is the first line that has something in it", (text, title) => {
  expect(titleOf(text)).toBe(title);
});
