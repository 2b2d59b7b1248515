/** A passphrase that chance makes: four groups of five digits, the last digit of each a check digit. */
import { asciiDigits } from "../i18n/digits.ts";
import type { RandomBytes } from "../sync/identifiers.ts";
import { inGroups, isChecked, withCheck, withoutSpaces } from "./check-digits.ts";

const GROUPS = 4;
const SIZE = 5;

/** 16 random digits are 53 bits; with Argon2id, more than any guessing machine gets through. */
export function suggestPassphrase(randomBytes: RandomBytes): string {
  const groups = Array.from({ length: GROUPS }, (_, group) => {
    const digits = Array.from({ length: SIZE - 1 }, () => randomDigit(randomBytes)).join("");
    return withCheck(digits, group);
  });
  return groups.join(" ");
}

/**
 * A suggested passphrase as it was made, in whatever digits and with whatever spaces it was typed; any other
 * as it is.
 */
export function canonicalPassphrase(text: string): string {
  const groups = groupsIn(text);
  return groups?.every(isChecked) === true ? groups.join(" ") : text;
}

/** The first group with a slip in it, counted from 1, of what looks like a suggested passphrase. */
export function wrongGroup(text: string): number | undefined {
  const groups = groupsIn(text);
  if (groups === undefined) return undefined;
  const wrong = groups.findIndex((each, at) => !isChecked(each, at));
  return wrong < 0 ? undefined : wrong + 1;
}

function groupsIn(text: string): string[] | undefined {
  const digits = asciiDigits(withoutSpaces(text));
  return /^\d{20}$/.test(digits) ? inGroups(digits, SIZE) : undefined;
}

/** Bytes from 250 on are thrown away, so that no digit comes more often than another. */
function randomDigit(randomBytes: RandomBytes): string {
  for (;;) {
    const byte = randomBytes(1)[0] ?? 255;
    if (byte < 250) return String(byte % 10);
  }
}
