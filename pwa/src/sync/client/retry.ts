/** When to try again: calmly, at random moments, for as long as the vault is open. */

const FIRST_MILLISECONDS = 5000;
const LONGEST_MILLISECONDS = 10 * 60_000;
/** When everything is on the hub: how often to ask what is new there. */
const IDLE_MILLISECONDS = 5 * 60_000;

/** As `faults`: after so many the pauses grow no more. */
export const SLOWEST = 17;

/**
 * Before the next try. `faults`: how many failed in a row; `drawn` is in [0, 1). Full jitter, so that a
 * thousand phones that lost one hub do not come back together, over a floor of half the step.
 */
export function delay(faults: number, drawn: number): number {
  const growing = FIRST_MILLISECONDS * 2 ** (Math.min(faults, SLOWEST) - 1);
  const step = faults === 0 ? IDLE_MILLISECONDS : Math.min(LONGEST_MILLISECONDS, growing);
  return Math.round(step * (0.5 + drawn / 2));
}
