/** Money, exactly: decimal text in what is stored, whole ten-thousandths (bigint) in what is summed. */
import { formatNumber, locale, parseDecimal } from "../../i18n/index.ts";

/** Ten-thousandths of the currency's unit: some wages an hour have four decimals. */
export type Amount = bigint;

const DECIMALS = 4;
/** With eleven figures before the point, a number holds every amount exactly while it is being read and shown. */
const AMOUNT = /^(\d{1,11})(?:\.(\d{1,4}))?$/;

/** What somebody typed, as decimal text in its one form: `1250.5`; undefined for what is no amount. */
export function readAmount(typed: string): string | undefined {
  const number = parseDecimal(typed, groupMark());
  const text = number === undefined ? "" : String(number);
  return AMOUNT.test(text) ? text : undefined;
}

/** Of decimal text that `readAmount` made; anything else counts as nothing. */
export function amountOf(text: string): Amount {
  const [, whole = "0", part = ""] = AMOUNT.exec(text) ?? [];
  return BigInt(whole + part.padEnd(DECIMALS, "0"));
}

/** As many decimals as it has, two if any. */
export function showAmount(amount: Amount): string {
  const value = Number(amount) / 10 ** DECIMALS;
  const least = amount % 10_000n === 0n ? 0 : 2;
  return formatNumber(value, { minimumFractionDigits: least, maximumFractionDigits: DECIMALS });
}

/** `parts / by`, to the nearest hundredth (half goes up): what a sum of minutes' pay is rounded to, once. */
export function divided(parts: Amount, by: bigint): Amount {
  const hundredth = 100n * by;
  return ((2n * parts + hundredth) / (2n * hundredth)) * 100n;
}

function groupMark(): string | undefined {
  const parts = new Intl.NumberFormat(locale()).formatToParts(1_000_000);
  return parts.find(({ type }) => type === "group")?.value;
}
