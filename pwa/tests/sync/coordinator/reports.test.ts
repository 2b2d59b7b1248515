import { expect, test } from "vitest";

import { logEntries } from "../../../src/sync/coordinator/administration.ts";
import type { Filed } from "../../../src/sync/coordinator/filed.ts";
import { reportFields, reportsIn, thresholdFields } from "../../../src/sync/coordinator/reports.ts";
import { MalformedError } from "../../../src/sync/errors.ts";
import type { Value } from "../../../src/sync/revisions.ts";

/** As it was signed by one coordinator, and never changed. */
function filed(record: string, fields: Readonly<Record<string, Value>>): Filed {
  const stamp = { device: new Uint8Array(16), counter: 1 };
  const values = Object.entries(fields).map(
    ([name, value]) => [name, [{ value, ...stamp }]] as const,
  );
  const merged = { deleted: false, deleted_elsewhere: false, fields: new Map(values) };
  const head = { supersedes: [], tombstone: false } as unknown as Filed["heads"][number];
  return { record, heads: [head], keys: [], authors: ["ab".repeat(16)], merged };
}

test("a threshold is a number that hides enough, with a reason", () => {
  expect(thresholdFields(15, " asked for ", 7)).toEqual({
    type: "threshold",
    threshold: 15,
    why: "asked for",
    when: 7,
  });
  for (const number of [2, 1001, 3.5, NaN]) {
    expect(() => thresholdFields(number, "asked for", 7)).toThrow(MalformedError);
  }
  expect(() => thresholdFields(15, " ", 7)).toThrow(MalformedError);
});

test("reports and thresholds are their own entries in the log, the newest first", () => {
  const records = [
    filed("01", { type: "log", what: "rotate", when: 1, why: "" }),
    filed("02", thresholdFields(5, "few contacts", 2)),
    filed("03", reportFields("2026-Q3", "{}", { who: "", when: 3 })),
    filed("04", { type: "invite" }),
  ];
  const told = logEntries(records).map(({ deed, period, threshold, why }) => [
    deed,
    period,
    threshold,
    why,
  ]);
  expect(told).toEqual([
    ["report", "2026-Q3", undefined, ""],
    ["threshold", "", 5, "few contacts"],
    ["rotate", "", undefined, ""],
  ]);
  expect(reportsIn(records).threshold).toBe(5);
});
