/** Wrong passphrases slow down a little, so that someone who holds the phone does not try a hundred. */

/** So many are a slip of the finger. */
const FREE = 4;
const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 60;

/** How long to wait after so many wrong passphrases in a row. */
export function waitAfter(wrong: number): number {
  if (wrong < FREE) return 0;
  return Math.min(FIRST_WAIT_SECONDS * 2 ** (wrong - FREE), LONGEST_WAIT_SECONDS);
}
