import { describe, expect, test } from "vitest";

import { fieldsOf, list, natural, oneOf, optional } from "../../src/sync/decoding.ts";
import {
  DAY_MILLISECONDS,
  LEAST_KEEP_DAYS,
  mayForget,
  type Receipt,
  type Told,
} from "../../src/sync/forgetting.ts";
import { type Case, cases, hex } from "./vectors.ts";

function receiptOf(value: unknown, path: string): Receipt {
  const field = fieldsOf(value, path);
  return {
    by: field("by", oneOf("hub", "relay", "file")),
    epoch: field("epoch", hex),
    at: field("at", natural),
    day: field("day", optional(natural)),
    sequence: field("sequence", optional(natural)),
  };
}

function toldOf(value: unknown, path: string): Told {
  const field = fieldsOf(value, path);
  return {
    epoch: field("epoch", hex),
    day: field("day", natural),
    safe: field("safe", natural),
    keep_days: field("keep_days", natural),
  };
}

function judged(each: Case): boolean {
  const receipts = each("receipts", list(optional(receiptOf)));
  return mayForget(receipts, each("told", optional(toldOf)), each("now", natural));
}

describe("a record", () => {
  test.each(cases("forgetting", "valid"))("may go: %s", (_, each) => {
    expect(judged(each)).toBe(true);
  });

  test.each(cases("forgetting", "invalid"))("stays: %s", (_, each) => {
    expect(judged(each)).toBe(false);
  });
});

describe("one clock alone, whatever it says", () => {
  const epoch = new Uint8Array(16);
  const days = [0, 1, 6, 7, 8, 29, 30, 31, 89, 90, 91, 92, 400, 3650, 20_000, 50_000];

  /** Every day of one clock beside every age that the other, right one, gives. */
  function forgotten(isOver: (age: number, wrong: number, keep: number, safe: number) => boolean) {
    return days.flatMap((age) =>
      days.flatMap((wrong) =>
        [0, 7, 30].flatMap((keep) =>
          [9, 10].flatMap((safe) => (isOver(age, wrong, keep, safe) ? [{ age, keep, safe }] : [])),
        ),
      ),
    );
  }

  function expectInTime(found: readonly { age: number; keep: number; safe: number }[]): void {
    expect(found.length).toBeGreaterThan(0);
    for (const { age, keep, safe } of found) {
      const least = Math.max(keep, LEAST_KEEP_DAYS);
      expect(age).toBeGreaterThan(safe >= 10 ? least : 3 * least);
    }
  }

  test("on the phone makes nothing go before its time", () => {
    const found = forgotten((age, wrong, keep, safe) => {
      const at = 25_000 * DAY_MILLISECONDS;
      const receipt = { by: "hub", epoch, at, day: 20_000, sequence: 10 } as const;
      const told = { epoch, day: 20_000 + age, safe, keep_days: keep };
      return mayForget([receipt], told, wrong * DAY_MILLISECONDS);
    });
    expectInTime(found);
  });

  test("at the hub makes nothing go before its time", () => {
    const found = forgotten((age, wrong, keep, safe) => {
      const at = 20_000 * DAY_MILLISECONDS;
      const receipt = { by: "hub", epoch, at, day: 25_000, sequence: 10 } as const;
      const told = { epoch, day: wrong, safe, keep_days: keep };
      return mayForget([receipt], told, at + age * DAY_MILLISECONDS);
    });
    expectInTime(found);
  });
});
