/**
 * Hours and pay: what was worked, owed, paid and taken out, by month and currency. Values in, values out.
 * Amounts are exact; an hour's pay is summed first and rounded once, to the hundredth.
 */
import { type Amount, amountOf, divided } from "./amounts.ts";
import { DAY_MINUTES, monthOf } from "./days.ts";

/** Minutes since midnight; an end at or before the start is on the next day. */
export interface Shift {
  readonly date: string;
  readonly start: number;
  readonly end: number;
  readonly pause: number;
}

export type Per = "hour" | "day" | "month";

export interface Wage {
  readonly amount: string;
  readonly per: Per;
  readonly currency: string;
  /** The day from which it holds; "" from the beginning. */
  readonly from: string;
}

/** Money received, or taken out of the pay; `month` is the month whose pay it belongs to. */
export interface Money {
  readonly month: string;
  readonly amount: string;
  readonly currency: string;
}

export interface Work {
  readonly shifts: readonly Shift[];
  readonly wages: readonly Wage[];
  readonly payments: readonly Money[];
  readonly deductions: readonly Money[];
}

export interface Sum {
  /** As it was typed first. */
  readonly currency: string;
  readonly owed: Amount;
  readonly paid: Amount;
  readonly taken: Amount;
  /** Owed and not paid, what was taken out included; below nothing when more was paid. */
  readonly missing: Amount;
}

export interface MonthTotals {
  readonly month: string;
  readonly days: number;
  readonly minutes: number;
  readonly sums: readonly Sum[];
}

/** From the same time to the same time is a whole day. */
export function minutesOf({ start, end, pause }: Shift): number {
  const length = end > start ? end - start : end - start + DAY_MINUTES;
  return Math.max(0, length - pause);
}

/** The rule of a day: the last that began by then, or else the first there is. */
export function wageOn(day: string, wages: readonly Wage[]): Wage | undefined {
  const inOrder = [...wages].sort((a, b) => compare(a.from, b.from));
  return inOrder.filter(({ from }) => from <= day).pop() ?? inOrder[0];
}

/** Newest month first; a month in which something was written. */
export function totalsOf(work: Work): MonthTotals[] {
  const months = new Set([
    ...work.shifts.map(({ date }) => monthOf(date)),
    ...work.payments.map(({ month }) => month),
    ...work.deductions.map(({ month }) => month),
  ]);
  return [...months].sort((a, b) => compare(b, a)).map((month) => monthTotals(month, work));
}

function monthTotals(month: string, { shifts, wages, payments, deductions }: Work): MonthTotals {
  const worked = shifts.filter(({ date }) => monthOf(date) === month);
  const dates = new Set(worked.map(({ date }) => date));
  const sums = new Sums();
  const hourly = new Map<Wage, bigint>();
  for (const shift of worked) {
    const wage = wageOn(shift.date, wages);
    if (wage?.per !== "hour") continue;
    hourly.set(wage, (hourly.get(wage) ?? 0n) + BigInt(minutesOf(shift)));
  }
  for (const [wage, minutes] of hourly) {
    sums.add("owed", wage.currency, divided(amountOf(wage.amount) * minutes, 60n));
  }
  let monthly: Wage | undefined;
  for (const date of [...dates].sort(compare)) {
    const wage = wageOn(date, wages);
    if (wage?.per === "day") sums.add("owed", wage.currency, amountOf(wage.amount));
    if (wage?.per === "month") monthly = wage;
  }
  // A month's pay counts whole, whatever of the month was written down; the last rule of the month.
  if (monthly !== undefined) sums.add("owed", monthly.currency, amountOf(monthly.amount));
  for (const each of payments) {
    if (each.month === month) sums.add("paid", each.currency, amountOf(each.amount));
  }
  for (const each of deductions) {
    if (each.month === month) sums.add("taken", each.currency, amountOf(each.amount));
  }
  const minutes = worked.reduce((sum, shift) => sum + minutesOf(shift), 0);
  return { month, days: dates.size, minutes, sums: sums.all() };
}

interface Tally {
  readonly currency: string;
  owed: Amount;
  paid: Amount;
  taken: Amount;
}

/** By currency: `THB`, `thb` and ` Thb ` are one. */
class Sums {
  readonly #tallies = new Map<string, Tally>();

  add(what: "owed" | "paid" | "taken", currency: string, amount: Amount): void {
    const name = currency.normalize("NFKC").trim();
    const key = name.toLowerCase();
    const tally = this.#tallies.get(key) ?? { currency: name, owed: 0n, paid: 0n, taken: 0n };
    tally[what] += amount;
    this.#tallies.set(key, tally);
  }

  all(): Sum[] {
    const inOrder = [...this.#tallies].sort(([a], [b]) => compare(a, b));
    return inOrder.map(([, tally]) => ({ ...tally, missing: tally.owed - tally.paid }));
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
