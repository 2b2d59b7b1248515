/** When to try again: calmly, at random moments, for as long as the vault is open. */

const FIRST_MILLISECONDS = 5000;
const LONGEST_MILLISECONDS = 10 * 60_000;
/** A hub that answers nothing but faults at once is not asked in a circle. */
const SHORTEST_MILLISECONDS = 1000;
/** When everything is on the hub: how often to ask what is new there. */
const IDLE_MILLISECONDS = 5 * 60_000;
/** What a hub may ask for with Retry-After: one that says "next year" must not silence a phone for so long. */
export const LONGEST_ASKED_MILLISECONDS = 60 * 60_000;

/**
 * Before the next try. `faults`: how many failed in a row; `drawn` is in [0, 1). Full jitter: anywhere between now
 * and the step, which doubles, so that a thousand phones that lost one hub do not come back together.
 */
export function delay(faults: number, drawn: number): number {
  if (faults === 0) return aroundHalf(IDLE_MILLISECONDS, drawn);
  // 2 ** 7 is beyond the longest step: a higher power says nothing, and one day is no number any more.
  const step = Math.min(LONGEST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** Math.min(faults - 1, 7));
  return Math.round(SHORTEST_MILLISECONDS + drawn * (step - SHORTEST_MILLISECONDS));
}

/** As seldom as it gets: of a hub that says that this phone's access has ended. */
export function slowest(drawn: number): number {
  return aroundHalf(LONGEST_MILLISECONDS, drawn);
}

/** After a Retry-After: never sooner than asked, and not all at that one moment. */
export function delayAsked(seconds: number, drawn: number): number {
  const asked = Math.min(seconds * 1000, LONGEST_ASKED_MILLISECONDS);
  return Math.round(asked + drawn * Math.min(asked / 2, LONGEST_MILLISECONDS));
}

/**
 * Seconds, from the header's value: a number of them or a date (RFC 9110, section 10.2.3). `undefined` where
 * it says neither. `now` in milliseconds.
 */
export function readRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

function aroundHalf(step: number, drawn: number): number {
  return Math.round(step * (0.5 + drawn / 2));
}
