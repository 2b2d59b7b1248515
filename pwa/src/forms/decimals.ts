/** Numbers with a point, as text. Mirrors `server/forms/decimals.py`. */

const DECIMAL = /^(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{0,5}[1-9])?$/;
const PLACES = 6;
/** Up to here `toFixed` writes the digits out. */
const LARGEST = 1e21;

/** Its one form: no sign, no zeros that say nothing, at most 12 digits before the point and 6 after it. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** Halves go away from zero. */
export function rounded(number: number, places = PLACES): number {
  return isWritable(number) ? Number(number.toFixed(places)) : Number.NaN;
}

/** As people write it, with at most six decimals; "" for what is no number, or too large to be written. */
export function numberText(number: number): string {
  if (!isWritable(number)) return "";
  const text = number.toFixed(PLACES).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}

function isWritable(number: number): boolean {
  return Number.isFinite(number) && Math.abs(number) < LARGEST;
}
