/** How much to carry at once: what the line carried in ten seconds before, between 16 KiB and a largest. */

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

/** One direction of a line, as it was measured last; it outlives the runs, not the vault. */
export class Line {
  #size = FIRST_BYTES;

  /** What the next request may carry, in bytes. */
  get size(): number {
    return this.#size;
  }

  /** A request came through. A small one says nothing against what a large one showed, unless it was slow. */
  carried(sizeBytes: number, tookSeconds: number): void {
    const next = nextSize(sizeBytes, tookSeconds);
    const isTelling = sizeBytes >= this.#size / 2 || tookSeconds > TARGET_SECONDS;
    this.#size = isTelling ? next : Math.max(this.#size, next);
  }

  /** It was cut, or too slow: from the smallest again, which comes through where anything does. */
  broke(): void {
    this.#size = FIRST_BYTES;
  }
}
