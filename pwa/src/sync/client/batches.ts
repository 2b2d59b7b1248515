/** How much to send at once: what the line carried in ten seconds before, between 16 KiB and the hub's limit. */

export const FIRST_BYTES = 16 * 1024;
/** Below the hub's 4 MiB, since names and lengths in MessagePack take some room too. */
const LARGEST_BYTES = 4 * 1024 * 1024 - 256 * 1024;
const TARGET_SECONDS = 10;
const FASTEST_GROWTH = 4;

/** `sizeBytes`: of the request that took so long. Grows at most fourfold at a time; shrinks at once. */
export function nextSize(sizeBytes: number, tookSeconds: number): number {
  const factor = Math.min(FASTEST_GROWTH, TARGET_SECONDS / Math.max(tookSeconds, 0.001));
  return Math.max(FIRST_BYTES, Math.min(LARGEST_BYTES, Math.floor(sizeBytes * factor)));
}
