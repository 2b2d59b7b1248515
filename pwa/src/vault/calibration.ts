/** How much a guess at a passphrase shall cost, measured on the device that will pay it too. */
import { type Cost, SMALLEST_MEMORY_KIB, SMALLEST_PASSES } from "../sync/crypto/vault.ts";

/** What unlocking may take on the device where the vault was made. */
const AIM_MILLISECONDS = 1000;
/** Beyond it a phone of 1 GB with a browser open may refuse; passes take the rest. */
const MOST_MEMORY_KIB = 65_536;
const MOST_PASSES = 12;

/**
 * From how long the smallest cost took. Time goes with memory times passes; memory comes first, since
 * that is what a guessing machine pays for dearly.
 */
export function chooseCost(smallestMilliseconds: number): Cost {
  const smallest = SMALLEST_MEMORY_KIB * SMALLEST_PASSES;
  const work = (smallest * AIM_MILLISECONDS) / Math.max(smallestMilliseconds, 1);
  const memory_kib = within(work / SMALLEST_PASSES, SMALLEST_MEMORY_KIB, MOST_MEMORY_KIB);
  return { memory_kib, passes: within(work / memory_kib, SMALLEST_PASSES, MOST_PASSES) };
}

function within(value: number, least: number, most: number): number {
  return Math.floor(Math.min(Math.max(value, least), most));
}
