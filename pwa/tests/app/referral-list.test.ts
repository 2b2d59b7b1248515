import { expect, test } from "vitest";

import { listWith, referralsFields, slipsIn, tidied } from "../../src/app/console/referral-list.ts";
import type { Referral } from "../../src/app/referrals.ts";
import { vectors } from "../forms/vectors.ts";

interface Case {
  readonly row: Partial<Referral>;
  readonly told: Partial<Referral>;
  readonly cell: string;
}

const { valid, invalid } = vectors("referrals.json") as { valid: Case[]; invalid: Case[] };

function referral(row: Partial<Referral>): Referral {
  return { service: "", kind: "", area: "", phone: "", hours: "", note: "", ...row };
}

test.each(valid)("publishes $row.service as the command does", ({ row, told }) => {
  const written = tidied(referral(row));
  expect(slipsIn(written).size).toBe(0);
  expect(JSON.parse(referralsFields([written])["contacts"] ?? "")).toEqual([told]);
});

test.each(invalid)("refuses the $cell that the command refuses", ({ row, cell }) => {
  expect([...slipsIn(tidied(referral(row))).keys()]).toEqual([cell]);
});

test("a number may be written in the figures of one's own language", () => {
  expect(tidied(referral({ phone: "\u0660\u0661\u0662 \u06f3\u06f4" })).phone).toBe("012 34");
});

test("a list changes by one contact, wherever that stands by now", () => {
  const [one, two, three] = ["one", "two", "three"].map((service) =>
    referral({ service, kind: "legal" }),
  ) as [Referral, Referral, Referral];
  expect(listWith([one], undefined, two)).toEqual([one, two]);
  expect(listWith([one, two], { ...one }, three)).toEqual([three, two]);
  expect(listWith([one, two, one], one, undefined)).toEqual([two, one]);
  // Somebody else took it out meanwhile: what was written is not lost, what was to go is gone.
  expect(listWith([two], one, three)).toEqual([two, three]);
  expect(listWith([two], one, undefined)).toEqual([two]);
});
