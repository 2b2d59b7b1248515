/** Whether two sides that keep everything hold the same heads, told from 256 sums (docs/protocol.md section 2). */
import type { Bytes } from "./bytes.ts";

/** The heads whose rev begins with this byte. sum: of their revs as big-endian numbers, modulo 2^256. */
export interface Bucket {
  readonly bucket: number;
  readonly count: number;
  readonly sum: Bytes;
}

const SUM_BYTES = 32;

/** The buckets that are not empty, in order. heads: revs, each once. */
export function bucketsOf(heads: Iterable<Bytes>): readonly Bucket[] {
  const held = new Map<number, { count: number; sum: Bytes }>();
  for (const rev of heads) {
    const bucket = rev[0] ?? 0;
    const before = held.get(bucket) ?? { count: 0, sum: new Uint8Array(SUM_BYTES) };
    add(before.sum, rev);
    held.set(bucket, { count: before.count + 1, sum: before.sum });
  }
  return [...held]
    .map(([bucket, { count, sum }]) => ({ bucket, count, sum }))
    .sort((one, other) => one.bucket - other.bucket);
}

/** What passes 2^256 is dropped. */
function add(sum: Bytes, rev: Bytes): void {
  let carried = 0;
  for (let at = SUM_BYTES - 1; at >= 0; at -= 1) {
    carried += (sum[at] ?? 0) + (rev[at] ?? 0);
    sum[at] = carried & 0xff;
    carried >>= 8;
  }
}
