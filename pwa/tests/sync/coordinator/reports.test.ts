import { expect, test } from "vitest";

import { logEntries } from "../../../src/sync/coordinator/administration.ts";
import type { Filed } from "../../../src/sync/coordinator/filed.ts";
import {
  afterThresholds,
  reportFields,
  reportsIn,
  thresholdFields,
} from "../../../src/sync/coordinator/reports.ts";
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
  expect(reportsIn(records, new Map(), () => undefined).threshold).toBe(5);
});

test("of a coordinator who was put out no threshold stands, and no report before another's", () => {
  const out = new Map([["cd".repeat(16), { revoked: true }]]);
  const theirs = (filed: Filed): Filed => ({ ...filed, authors: ["cd".repeat(16)] });
  const content = (period: string, by: string): string => JSON.stringify({ period, by });
  const periodOf = (told: string): string | undefined =>
    told === "{" ? undefined : (JSON.parse(told) as { period: string }).period;
  const report = (record: string, period: string, told: string, when: number): Filed =>
    filed(record, reportFields(period, told, { who: "", when }));
  const records = [
    filed("01", thresholdFields(15, "few contacts", 7)),
    theirs(filed("02", thresholdFields(3, "none", 4_102_444_800))),
    theirs(report("03", "2026-Q1", content("2026-Q1", "out"), 0)),
    report("04", "2026-Q1", content("2026-Q1", "here"), 5),
    theirs(report("05", "2026-Q2", content("2026-Q2", "out"), 0)),
    report("06", "2026-Q3", "{", 0),
    report("07", "2026-Q3", content("2026-Q1", "other"), 1),
    report("08", "2026-Q3", content("2026-Q3", "here"), 2),
  ];
  const { kept, threshold } = reportsIn(records, out, periodOf);
  expect(threshold).toBe(15);
  expect(kept).toEqual(
    new Map([
      ["2026-Q1", content("2026-Q1", "here")],
      ["2026-Q2", content("2026-Q2", "out")],
      ["2026-Q3", content("2026-Q3", "here")],
    ]),
  );
  // A clock that ran ahead makes no number stand for ever.
  const ahead = filed("09", thresholdFields(20, "more", 4_102_444_800));
  const when = afterThresholds([...records, ahead], out, 10);
  const next = filed("00", thresholdFields(12, "fewer", when));
  expect(reportsIn([...records, ahead, next], out, periodOf).threshold).toBe(12);
});
