/**
 * What a loan costs, and how long somebody works for it. Amounts are of one currency; undefined is
 * what was not written, and counts as nothing where that can be meant.
 */

export interface Costs {
  /** All that is paid before the work begins. */
  readonly fee: number;
  /** What is borrowed: what one really gets in the hand. It pays for the fee first. */
  readonly loan: number;
  /** What is agreed to be paid back each month, and for how many months. */
  readonly repayment: number;
  readonly months: number;
  readonly wage: number;
  readonly deductions: number;
  readonly living: number;
}

export interface Loan {
  readonly given: number;
  readonly back: number;
  /** The true interest a year, 0.5 for 50 %: effective, each month's interest bearing interest. */
  readonly yearly: number;
}

export interface Way {
  /** What remains of the wage each month. */
  readonly left: number;
  /** Whole months until all is paid; undefined when that never happens. */
  readonly months: number | undefined;
  /** What the lender wants each month is more than what remains. */
  readonly isShort: boolean;
}

/** Longer than a life of work is never. */
const NEVER_AFTER_MONTHS = 600;
const STEPS = 200;

/** The loan as it was offered; undefined without all three numbers. */
export function loanOf({ loan, repayment, months }: Costs): Loan | undefined {
  if (loan <= 0 || repayment <= 0 || months < 1) return undefined;
  const monthly = monthlyRate(loan, repayment, Math.floor(months));
  if (monthly === undefined) return undefined;
  return { given: loan, back: repayment * Math.floor(months), yearly: (1 + monthly) ** 12 - 1 };
}

/**
 * The rate at which so many repayments are worth what was given; undefined when less is paid back
 * than was given, which no lender means. Worth falls as the rate rises, and the rate is below
 * `repayment / given`, at which the interest alone would eat each repayment: so it is found by halving.
 */
export function monthlyRate(given: number, repayment: number, months: number): number | undefined {
  if (repayment * months < given) return undefined;
  let [low, high] = [0, repayment / given];
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (worth(repayment, months, middle) > given) low = middle;
    else high = middle;
  }
  return high < 1e-9 ? 0 : (low + high) / 2;
}

/** What `months` repayments, the first after a month, are worth today. */
export function worth(repayment: number, months: number, rate: number): number {
  return rate < 1e-12 ? repayment * months : (repayment * (1 - (1 + rate) ** -months)) / rate;
}

/**
 * All that remains of the wage goes to the lender first, and then to what was paid out of one's own
 * pocket. Undefined when nothing was paid or borrowed, or no wage is known.
 */
export function wayOut(costs: Costs): Way | undefined {
  const own = Math.max(0, costs.fee - costs.loan);
  if (costs.wage <= 0 || own + costs.loan <= 0) return undefined;
  const left = costs.wage - costs.deductions - costs.living;
  const known = loanOf(costs);
  const rate = known === undefined ? 0 : (1 + known.yearly) ** (1 / 12) - 1;
  return {
    left,
    months: monthsUntilPaid(costs.loan, own, rate, left),
    isShort: costs.loan > 0 && left < costs.repayment,
  };
}

/** Undefined is never. */
export function monthsUntilPaid(
  debt: number,
  own: number,
  rate: number,
  left: number,
): number | undefined {
  if (left <= 0) return debt + own > 0 ? undefined : 0;
  let [owed, spent] = [debt, own];
  for (let month = 0; month <= NEVER_AFTER_MONTHS; month += 1) {
    // A hundredth of the smallest coin that anybody counts is rounding, not debt.
    if (owed + spent < 1e-6 * (debt + own)) return month;
    if (owed > 0) {
      owed = owed * (1 + rate) - left;
      if (owed < 0) [owed, spent] = [0, Math.max(0, spent + owed)];
    } else spent = Math.max(0, spent - left);
    if (owed >= debt && debt > 0) return undefined; // It does not get less, so it never will.
  }
  return undefined;
}
