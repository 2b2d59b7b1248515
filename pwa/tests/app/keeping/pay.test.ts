import { expect, test } from "vitest";

import { amountOf, divided, readAmount, showAmount } from "../../../src/app/keeping/amounts.ts";
import {
  daysAfter,
  daysBetween,
  isDay,
  localDay,
  monthsAfter,
  readTime,
  writeTime,
} from "../../../src/app/keeping/days.ts";
import {
  minutesOf,
  type Money,
  type Shift,
  totalsOf,
  type Wage,
  wageOn,
  type Work,
} from "../../../src/app/keeping/pay.ts";

const NOTHING: Work = { shifts: [], wages: [], payments: [], deductions: [] };
const shift = (date: string, start = 480, end = 1020, pause = 60): Shift => ({
  date,
  start,
  end,
  pause,
});
const wage = (amount: string, per: Wage["per"], from = "", currency = "THB"): Wage => ({
  amount,
  per,
  from,
  currency,
});
const money = (month: string, amount: string, currency = "THB"): Money => ({
  month,
  amount,
  currency,
});

/** Mulberry32: the same numbers in every run; a failure names its seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function someWork(seed: number): Work {
  const below = numbers(seed);
  const day = (): string => daysAfter("2026-01-01", below(120));
  const amount = (): string => readAmount(`${below(5000)}.${below(100)}`) ?? "0";
  const currency = (): string => ["THB", "thb ", "USD", ""][below(4)] ?? "";
  const many = <T>(most: number, make: () => T): T[] => Array.from({ length: below(most) }, make);
  const per = (): Wage["per"] => (["hour", "day", "month"] as const)[below(3)] ?? "hour";
  return {
    shifts: many(60, () => shift(day(), below(1440), below(1440), below(90))),
    wages: many(4, () => wage(amount(), per(), below(2) === 0 ? "" : day(), currency())),
    payments: many(8, () => money(monthsAfter("2026-01", below(4)), amount(), currency())),
    deductions: many(8, () => money(monthsAfter("2026-01", below(4)), amount(), currency())),
  };
}

const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);

test("what is missing is what is owed less what was paid, and no payment is lost or counted twice", () => {
  for (const seed of SEEDS) {
    const work = someWork(seed);
    const sums = totalsOf(work).flatMap((month) => month.sums);
    for (const sum of sums) expect(sum.missing, `seed ${seed}`).toBe(sum.owed - sum.paid);
    const all = (list: readonly Money[]): bigint =>
      list.reduce((sum, each) => sum + amountOf(each.amount), 0n);
    const total = (of: "paid" | "taken"): bigint => sums.reduce((sum, each) => sum + each[of], 0n);
    expect(total("paid"), `seed ${seed}`).toBe(all(work.payments));
    expect(total("taken"), `seed ${seed}`).toBe(all(work.deductions));
    const minutes = work.shifts.reduce((sum, each) => sum + minutesOf(each), 0);
    expect(
      totalsOf(work).reduce((sum, month) => sum + month.minutes, 0),
      `seed ${seed}`,
    ).toBe(minutes);
  }
});

test("the order in which things were written changes no total", () => {
  for (const seed of SEEDS) {
    const { shifts, wages, payments, deductions } = someWork(seed);
    const plain = (work: Work): unknown =>
      totalsOf(work).map(({ sums, ...rest }) => ({
        ...rest,
        sums: sums.map(({ owed, paid, taken }) => [owed, paid, taken]),
      }));
    // Two rules from one day are a person's own contradiction: the later written one holds.
    const distinct = wages.filter(
      (one, at) => wages.findIndex(({ from }) => from === one.from) === at,
    );
    const forth = { shifts, wages: distinct, payments, deductions };
    const back = {
      shifts: [...shifts].reverse(),
      wages: [...distinct].reverse(),
      payments: [...payments].reverse(),
      deductions: [...deductions].reverse(),
    };
    expect(plain(back), `seed ${seed}`).toEqual(plain(forth));
  }
});

test("a day worked in two parts is owed as one", () => {
  for (const seed of SEEDS) {
    const below = numbers(seed);
    const [start, length] = [below(600), 2 + below(600)];
    const cut = start + 1 + below(length - 1);
    const wages = [wage(readAmount(`${below(300)}.${below(10_000)}`) ?? "1", "hour")];
    const one = [shift("2026-03-01", start, start + length, 0)];
    const two = [shift("2026-03-01", start, cut, 0), shift("2026-03-01", cut, start + length, 0)];
    const owed = (shifts: Shift[]): unknown =>
      totalsOf({ ...NOTHING, shifts, wages })[0]?.sums[0]?.owed;
    expect(owed(two), `seed ${seed}`).toBe(owed(one));
  }
});

test("hours past midnight belong to the day on which they began; the same time twice is a whole day", () => {
  expect(minutesOf(shift("2026-03-01", 22 * 60, 6 * 60, 30))).toBe(450);
  expect(minutesOf(shift("2026-03-01", 360, 360, 0))).toBe(1440);
  expect(minutesOf(shift("2026-03-01", 480, 490, 60))).toBe(0);
});

test("pay for an hour, a day and a month", () => {
  const shifts = [shift("2026-03-01"), shift("2026-03-02"), shift("2026-03-02", 1100, 1160, 0)];
  const owed = (wages: Wage[]): string => {
    const sum = totalsOf({ ...NOTHING, shifts, wages })[0]?.sums[0]?.owed ?? 0n;
    return showAmount(sum);
  };
  expect(owed([wage("50", "hour")])).toBe("850");
  expect(owed([wage("333.3", "day")])).toBe("666.60");
  expect(owed([wage("9000", "month")])).toBe("9,000");
  // A third of ten an hour for twenty minutes: rounded once, half up.
  expect(showAmount(divided(amountOf("10") * 20n, 60n))).toBe("3.33");
});

test("a new rule holds from its day, and the first one also before it", () => {
  const wages = [wage("60", "hour", "2026-03-10"), wage("50", "hour", "2026-03-05")];
  expect(wageOn("2026-03-01", wages)?.amount).toBe("50");
  expect(wageOn("2026-03-09", wages)?.amount).toBe("50");
  expect(wageOn("2026-03-10", wages)?.amount).toBe("60");
  expect(wageOn("2026-03-10", [])).toBeUndefined();
});

test("money without a rule is told, by currency, and without one too", () => {
  const payments = [
    money("2026-03", "100"),
    money("2026-03", "5.5", " thb"),
    money("2026-02", "1", ""),
  ];
  const totals = totalsOf({ ...NOTHING, payments });
  expect(totals.map(({ month }) => month)).toEqual(["2026-03", "2026-02"]);
  expect(totals[0]?.sums).toMatchObject([{ currency: "THB", owed: 0n, paid: amountOf("105.5") }]);
});

test("amounts are read in any figures, and only as far as they are exact", () => {
  const typed = { "1250.50": "1250.5", "1,250": "1250", "๑๒": "12", "۱۲٫۵": "12.5", "0": "0" };
  for (const [text, amount] of Object.entries(typed)) expect(readAmount(text), text).toBe(amount);
  for (const text of ["", "-3", "ten", "0.00001", "123456789012"]) {
    expect(readAmount(text), text).toBeUndefined();
  }
  for (const seed of SEEDS) {
    const below = numbers(seed);
    const text = readAmount(`${below(10 ** 9)}.${below(10_000)}`) ?? "";
    expect(readAmount(text), text).toBe(text);
    expect(readAmount(showAmount(amountOf(text))), text).toBe(text);
  }
});

test("days and times are those of the phone's own clock, and of no other", () => {
  expect(localDay(new Date(2026, 0, 1, 0, 5).getTime())).toBe("2026-01-01");
  expect(localDay(new Date(2026, 11, 31, 23, 55).getTime())).toBe("2026-12-31");
  expect(isDay("2026-02-29")).toBe(false);
  expect(isDay("2028-02-29")).toBe(true);
  expect(isDay("1969-12-31")).toBe(false);
  expect(daysAfter("2026-12-31", 1)).toBe("2027-01-01");
  expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2);
  expect(monthsAfter("2026-01", -1)).toBe("2025-12");
  expect(readTime("24:00")).toBeUndefined();
  for (let minutes = 0; minutes < 1440; minutes += 7) {
    expect(readTime(writeTime(minutes))).toBe(minutes);
  }
});
