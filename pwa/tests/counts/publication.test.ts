/** Counting, and what is published of it, as the vectors say: the same as in Python. */
import { describe, expect, test } from "vitest";

import {
  ContactTable,
  decodePublication,
  encodePublication,
  isOver,
  type Publication,
  publish,
  quarterOf,
  type Question,
  weeksOf,
} from "../../src/counts/index.ts";
import { vectors } from "../forms/vectors.ts";
import { contact, type Odd } from "./contacts.ts";

interface Case {
  readonly why: string;
  readonly questions: readonly Question[];
  readonly contacts: readonly (readonly [number, Readonly<Record<string, never>>, Odd])[];
  readonly period: string;
  readonly threshold: number;
  readonly publication: Publication;
}

const { valid, invalid } = vectors("publication.json") as { valid: Case[]; invalid: Case[] };

describe("what is published", () => {
  test.each(valid)("$why", ({ questions, contacts, period, threshold, publication }) => {
    const all = contacts.flatMap(([times, fields, odd]) =>
      Array.from({ length: times }, () => contact(fields, odd)),
    );
    expect(publish(new ContactTable(all, questions), period, threshold)).toEqual(publication);
    expect(decodePublication(encodePublication(publication))).toEqual(publication);
  });

  test.each(invalid)("nothing of $why", ({ period }) => {
    expect(weeksOf(period)).toBeUndefined();
    expect(publish(new ContactTable([], []), period)).toBeUndefined();
    expect(isOver(period, "2030-W01")).toBe(false);
  });

  test.each(["", "[]", "null", '{"period":"2026-Q3"}', '{"period":1,"tables":[]}'])(
    "%j is no report",
    (content) => {
      expect(decodePublication(content)).toBeUndefined();
    },
  );

  test("every week is of one quarter, which is over when the next begins", () => {
    const seen: string[] = [];
    for (let year = 2024; year < 2030; year += 1) {
      for (const quarter of [1, 2, 3, 4]) {
        const period = `${year}-Q${quarter}`;
        const weeks = weeksOf(period) ?? [];
        expect(new Set(weeks.map(quarterOf))).toEqual(new Set([period]));
        expect(isOver(period, weeks.at(-1) ?? "")).toBe(false);
        seen.push(...weeks);
      }
    }
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(isOver("2026-Q4", "2027-W01")).toBe(true);
  });
});
