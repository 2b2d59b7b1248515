/** When a device forgets what is safe with the programme (docs/protocol.md section 2, "Forgetting"). */
import { type Bytes, equal } from "./bytes.ts";

/** Nobody signs what a hub says of it, so no device believes less. */
export const LEAST_KEEP_DAYS = 7;
export const DAY_MILLISECONDS = 86_400_000;
/** Times as long where no coordinator has confirmed it. */
const WITHOUT_SAFE = 3;

/** `file`: of a bundle's receipt, which nothing proves; worth no more than a relay's. */
export interface Receipt {
  readonly by: "hub" | "relay" | "file";
  readonly epoch: Bytes;
  /** When it was got, by this device's clock, in milliseconds since 1970. */
  readonly at: number;
  /** At or above the revision's own; `undefined` where nobody said. */
  readonly sequence: number | undefined;
  /** By the clock of whoever gave it, in days since 1970; `undefined` where nobody said. */
  readonly day: number | undefined;
}

/** What the hub itself, not a relay, last said: its day (days since 1970), `safe`, and the days of keeping. */
export interface Told {
  readonly epoch: Bytes;
  readonly day: number;
  readonly safe: number;
  readonly keep_days: number;
}

/** How long a contact stays on this device once it is safe, whatever less a hub says. */
export function keptDays({ keep_days: days }: Pick<Told, "keep_days">): number {
  return Math.max(days, LEAST_KEEP_DAYS);
}

/**
 * Whether a record may go, by the receipts of all its heads; `now` in milliseconds. Both clocks must say that
 * the time is over, so that one alone, however wrong, never makes it so.
 */
export function mayForget(
  receipts: readonly (Receipt | undefined)[],
  told: Told | undefined,
  now: number,
): boolean {
  if (told === undefined || receipts.length === 0) return false;
  return receipts.every((receipt) => isOver(receipt, told, now));
}

function isOver(receipt: Receipt | undefined, told: Told, now: number): boolean {
  if (receipt?.by !== "hub" || !equal(receipt.epoch, told.epoch)) return false;
  if (receipt.day === undefined) return false;
  const isSafe = receipt.sequence !== undefined && receipt.sequence <= told.safe;
  const days = keptDays(told) * (isSafe ? 1 : WITHOUT_SAFE);
  return now - receipt.at > days * DAY_MILLISECONDS && told.day - receipt.day > days;
}
