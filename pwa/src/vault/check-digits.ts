/** Groups of digits, each with a check digit of its own, so that a slip shows where it is. */

/**
 * ISO/IEC 7064 MOD 11,10: it finds every wrong digit and nearly every pair that changed places. The
 * group's own number is counted in before its digits, so that groups in the wrong order show too.
 */
export function checkDigit(digits: string, group: number): string {
  let product = 10;
  for (const digit of `${group % 10}${digits}`) {
    const sum = (product + Number(digit)) % 10;
    product = (2 * (sum === 0 ? 10 : sum)) % 11;
  }
  return String((11 - product) % 10);
}

/** `digits` with its check digit, as group `group`, counted from 0. */
export function withCheck(digits: string, group: number): string {
  return digits + checkDigit(digits, group);
}

export function isChecked(text: string, group: number): boolean {
  return text.slice(-1) === checkDigit(text.slice(0, -1), group);
}

/** ASCII digits alone, in pieces of `size`; the last one may be short. */
export function inGroups(digits: string, size: number): string[] {
  return digits.match(new RegExp(`.{1,${size}}`, "g")) ?? [];
}

/** What may stand between the groups of what somebody typed or pasted. */
export function withoutSpaces(text: string): string {
  return text.replace(/[\s\p{Default_Ignorable_Code_Point}.\-–]/gu, "");
}
