/**
 * How hard a passphrase is to guess, by zxcvbn's estimate. Loaded only where somebody chooses one: with the
 * 3,000 commonest passwords it is larger than the screen that it stands on (docs/decisions/).
 */
import { ZxcvbnFactory } from "@zxcvbn-ts/core";

// The first of @zxcvbn-ts/language-common's list (MIT), in its order; a test compares.
import common from "./common-passwords.json" with { type: "json" };
import type { Strength } from "./strength.ts";

/** Beyond it every passphrase is strong, and the estimate takes long on a cheap phone. */
const LONGEST = 64;

const estimator = new ZxcvbnFactory({ dictionary: { passwords: common.split(" ") } });

/**
 * By powers of ten of guesses. Argon2id lets a graphics card try some thousand in a second: 10^10 take it four
 * months, 10^13 three centuries.
 */
const LEAST: readonly (readonly [powerOfTen: number, strength: Strength])[] = [
  [13, "strong"],
  [10, "good"],
  [7, "weak"],
];

export function strengthOf(passphrase: string): Strength {
  const { guessesLog10 } = estimator.check(passphrase.slice(0, LONGEST));
  return LEAST.find(([least]) => guessesLog10 >= least)?.[1] ?? "none";
}
