/**
 * Wrong tries slow down, so that someone who holds the phone does not try a hundred. The count lies
 * outside the vault, since it has to stand before anything is opened; it tells only that somebody tried.
 */
import type { Database, Tries } from "./database.ts";
import type { Environment } from "./environment.ts";
import { StorageFullError, TooSoonError, WrongPassphraseError } from "./errors.ts";

/** So many are a slip of the finger. */
const FREE = 4;
const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 60;

/** How long to wait after so many wrong tries in a row. */
export function waitAfter(wrong: number): number {
  if (wrong < FREE) return 0;
  return Math.min(FIRST_WAIT_SECONDS * 2 ** (wrong - FREE), LONGEST_WAIT_SECONDS);
}

/** Seconds, rounded up. A clock that was set back makes it the whole wait again, never a shorter one. */
export function restOf(tries: Tries | undefined, now: number): number {
  if (tries === undefined) return 0;
  const wait = waitAfter(tries.wrong);
  const passed = Math.max((now - tries.last) / 1000, 0);
  return Math.ceil(Math.max(wait - passed, 0));
}

/**
 * One try: it counts as a wrong one before it is made, so that closing the page saves nobody the wait.
 * Throws TooSoonError, and what `attempt` throws; only WrongPassphraseError leaves the count.
 */
export async function counted<T>(
  environment: Pick<Environment, "now">,
  database: Database,
  attempt: () => Promise<T>,
): Promise<T> {
  const before = await begin(database, environment.now());
  try {
    const result = await attempt();
    await database.setTries(undefined);
    return result;
  } catch (error) {
    // Too little memory, a script that did not load: nobody guessed anything.
    if (!(error instanceof WrongPassphraseError)) await database.setTries(before);
    throw error;
  }
}

async function begin(database: Database, now: number): Promise<Tries | undefined> {
  let before: Tries | undefined;
  let rest = 0;
  const next = (tries: Tries | undefined): Tries => {
    before = tries;
    rest = restOf(tries, now);
    if (tries === undefined || rest === 0) return { wrong: (tries?.wrong ?? 0) + 1, last: now };
    // From here on the clock as it is counts, or the wait would last until it is where it was.
    return { wrong: tries.wrong, last: Math.min(tries.last, now) };
  };
  try {
    await database.countTry(next);
  } catch (error) {
    // A full disk keeps nobody out of what is theirs.
    if (!(error instanceof StorageFullError)) throw error;
  }
  if (rest > 0) throw new TooSoonError(rest);
  return before;
}
