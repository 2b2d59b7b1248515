/** Numbers as people type them, in whatever digits their keyboard has. */

/** Zero in each script whose digits our readers may type; each is followed by its one to nine. */
const ZEROS = [
  0x0660, // Arabic
  0x06f0, // Urdu, Persian
  0x0966, // Nepali, Hindi
  0x09e6, // Bengali
  0x0e50, // Thai
  0x0ed0, // Lao
  0x1040, // Burmese
  0x1090, // Shan
  0x17e0, // Khmer
  0xff10, // full width
];

/** The same text with each of those digits as 0–9. */
export function asciiDigits(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (character) => {
    const code = character.charCodeAt(0);
    const zero = ZEROS.find((each) => code >= each && code < each + 10);
    return zero === undefined ? character : String(code - zero);
  });
}

/**
 * The number that somebody typed, or undefined. Both the point and the comma may stand before the
 * decimals: of two different ones the last does, and the other groups thousands. `group` is the
 * mark that groups thousands in the language of the page: alone before three digits it does, so
 * that 500.000 is half a million in Indonesian.
 */
export function parseDecimal(text: string, group?: string): number | undefined {
  const plain = asciiDigits(text)
    .replace(/[\s\u00a0\u202f_'٬]/g, "")
    .replace(/٫/g, ",")
    .replace(/−/g, "-");
  const point = Math.max(plain.lastIndexOf("."), plain.lastIndexOf(","));
  const whole = plain.slice(0, Math.max(point, 0));
  // A mark that stands twice groups thousands: 1,000,000.
  const mark = plain.charAt(point);
  const inThousands =
    mark === group && /^[+-]?[1-9]\d{0,2}$/.test(whole) && plain.length - point === 4;
  const groups = point >= 0 && (inThousands || whole.includes(mark));
  const number =
    point < 0 || groups
      ? plain.replace(/[.,]/g, "")
      : `${whole.replace(/[.,]/g, "")}.${plain.slice(point + 1)}`;
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(number) ? Number(number) : undefined;
}
