/** Hours and pay as the vault keeps them: rows to values, and back for the day that is written again. */
import type { IndexLine, Keepsake, Keepsakes, Values } from "../../vault/index.ts";
import { amountOf, showAmount } from "./amounts.ts";
import { dayOrder, monthsAfter } from "./days.ts";
import { numberOf, textOf } from "./fields.ts";
import type { Money, Per, Shift, Wage, Work } from "./pay.ts";

export type Kept<T> = T & { readonly keepsake: Keepsake };

export interface KeptWork extends Work {
  readonly shifts: readonly Kept<Shift>[];
  readonly wages: readonly Kept<Wage>[];
  readonly payments: readonly Kept<Money>[];
  readonly deductions: readonly Kept<Money>[];
  /** Rows that do not open. */
  readonly damaged: number;
}

/** Of one month, or of all; opens no row of another month. Rules of pay are always all there. */
export async function readWork(keepsakes: Keepsakes, month?: string): Promise<KeptWork> {
  const [days, wages, payments, deductions] = await Promise.all([
    keepsakes.open(within(keepsakes.lines("day"), month)),
    keepsakes.list("wage"),
    keepsakes.open(within(keepsakes.lines("payment"), month)),
    keepsakes.open(within(keepsakes.lines("deduction"), month)),
  ]);
  return {
    shifts: days.kept.map((keepsake) => ({ ...shiftOf(keepsake.values), keepsake })),
    wages: wages.kept.map((keepsake) => ({ ...wageOf(keepsake.values), keepsake })),
    payments: payments.kept.map((keepsake) => ({ ...moneyOf(keepsake.values), keepsake })),
    deductions: deductions.kept.map((keepsake) => ({ ...moneyOf(keepsake.values), keepsake })),
    damaged: days.damaged + wages.damaged + payments.damaged + deductions.damaged,
  };
}

/** The day that was worked last, by its date; undefined before the first one. */
export async function lastDay(keepsakes: Keepsakes): Promise<Keepsake | undefined> {
  const [last] = keepsakes.lines("day");
  return last === undefined ? undefined : (await keepsakes.open([last.id])).kept[0];
}

export function shiftOf(values: Values): Shift {
  return {
    date: textOf(values, "date"),
    start: numberOf(values, "start"),
    end: numberOf(values, "end"),
    pause: numberOf(values, "pause"),
  };
}

/** An amount with its currency, both isolated from the text around them by whoever shows them. */
export function showMoney({ amount, currency }: Pick<Money, "amount" | "currency">): string {
  return `${showAmount(amountOf(amount))} ${currency}`.trim();
}

function wageOf(values: Values): Wage {
  return { ...moneyOf(values), per: perOf(textOf(values, "per")), from: textOf(values, "from") };
}

function moneyOf(values: Values): Money {
  return {
    month: textOf(values, "month"),
    amount: textOf(values, "amount"),
    currency: textOf(values, "currency"),
  };
}

function perOf(text: string): Per {
  return text === "hour" || text === "day" ? text : "month";
}

function within(lines: readonly IndexLine[], month: string | undefined): string[] {
  if (month === undefined) return lines.map(({ id }) => id);
  const [from, to] = [dayOrder(`${month}-01`), dayOrder(`${monthsAfter(month, 1)}-01`)];
  return lines.filter(({ order }) => order >= from && order < to).map(({ id }) => id);
}
