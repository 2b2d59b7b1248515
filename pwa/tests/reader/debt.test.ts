import { expect, test } from "vitest";

import {
  type Costs,
  loanOf,
  monthlyRate,
  monthsUntilPaid,
  wayOut,
  worth,
} from "../../src/reader/costs/debt.ts";

const NOTHING: Costs = {
  fee: 0,
  loan: 0,
  repayment: 0,
  months: 0,
  wage: 0,
  deductions: 0,
  living: 0,
};

/** The same cases each time, so that a failing one comes again. */
function cases(count: number): Costs[] {
  let state = 11;
  const random = (most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round((state / 2 ** 32) * most);
  };
  return Array.from({ length: count }, () => ({
    fee: random(200_000),
    loan: random(200_000),
    repayment: random(20_000),
    months: random(48),
    wage: random(40_000),
    deductions: random(10_000),
    living: random(15_000),
  }));
}

const CASES = cases(2000);
const orEver = (months: number | undefined): number => months ?? Infinity;

test("a loan of known interest is recognised", () => {
  for (const rate of [0, 0.001, 0.01, 0.03, 0.1, 0.5, 2]) {
    for (const months of [1, 2, 6, 12, 24, 60]) {
      const given = 30_000;
      const repayment = rate === 0 ? given / months : (given * rate) / (1 - (1 + rate) ** -months);
      expect(monthlyRate(given, repayment, months), `${rate} ${months}`).toBeCloseTo(rate, 5);
    }
  }
});

test("what is offered is worth what is given, at the rate found", () => {
  for (const { loan, repayment, months } of CASES) {
    if (loan <= 0 || repayment <= 0 || months < 1) continue;
    const rate = monthlyRate(loan, repayment, months);
    if (rate === undefined) {
      expect(repayment * months).toBeLessThan(loan);
      continue;
    }
    expect(rate).toBeGreaterThanOrEqual(0);
    expect(worth(repayment, months, rate) / loan).toBeCloseTo(1, 6);
  }
});

test("ten a month of a hundred, for a year, is 41 % a year", () => {
  const loan = loanOf({ ...NOTHING, loan: 100, repayment: 10, months: 12 });
  expect(loan?.back).toBe(120);
  expect(loan?.yearly).toBeCloseTo(0.413, 3);
});

test("without a loan, a repayment or months there is no interest to tell", () => {
  const whole = { ...NOTHING, loan: 100, repayment: 10, months: 12 };
  for (const name of ["loan", "repayment", "months"] as const) {
    expect(loanOf({ ...whole, [name]: 0 })).toBeUndefined();
  }
  expect(loanOf({ ...whole, repayment: 8 })).toBeUndefined();
});

test("who pays what was agreed is free when it was agreed", () => {
  for (const { loan, repayment, months } of CASES) {
    const offered = loanOf({ ...NOTHING, loan, repayment, months });
    if (offered === undefined) continue;
    const rate = (1 + offered.yearly) ** (1 / 12) - 1;
    // Interest so high that the debt hardly falls in the first months is a matter of rounding.
    if (rate > 0.5) continue;
    expect(orEver(monthsUntilPaid(loan, 0, rate, repayment)), `${loan} ${repayment}`).toBe(months);
  }
});

test("more pay never makes it longer, and more debt, fees or living never shorter", () => {
  for (const costs of CASES) {
    const way = wayOut(costs);
    if (way === undefined) continue;
    const months = orEver(way.months);
    expect(orEver(wayOut({ ...costs, wage: costs.wage + 500 })?.months)).toBeLessThanOrEqual(
      months,
    );
    for (const name of ["fee", "deductions", "living"] as const) {
      const more = wayOut({ ...costs, [name]: costs[name] + 500 });
      expect(orEver(more?.months), name).toBeGreaterThanOrEqual(months);
    }
  }
});

test("without interest, months are the debt over what is left, rounded up", () => {
  for (const { fee, wage, living } of CASES) {
    const left = wage - living;
    if (left <= 0 || fee === 0 || fee / left > 600) continue;
    expect(wayOut({ ...NOTHING, fee, wage, living })?.months).toBe(Math.ceil(fee / left));
  }
});

test("what is borrowed pays for the fee, and is not counted twice", () => {
  const both = wayOut({ ...NOTHING, fee: 1000, loan: 1000, wage: 100 });
  expect(both?.months).toBe(10);
  expect(wayOut({ ...NOTHING, fee: 1500, loan: 1000, wage: 100 })?.months).toBe(15);
});

test("a debt whose interest eats what is left never ends", () => {
  const loan = { ...NOTHING, loan: 10_000, repayment: 1000, months: 24 };
  expect(wayOut({ ...loan, wage: 500 })).toMatchObject({ months: undefined, isShort: true });
  expect(wayOut({ ...loan, wage: 500, deductions: 300, living: 300 })?.months).toBeUndefined();
  expect(wayOut({ ...loan, wage: 1500 })).toMatchObject({ isShort: false });
});

test("with nothing paid or no pay known there is nothing to say", () => {
  expect(wayOut({ ...NOTHING, wage: 500 })).toBeUndefined();
  expect(wayOut({ ...NOTHING, fee: 500 })).toBeUndefined();
});
