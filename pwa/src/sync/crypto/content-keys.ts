/** Content keys: the symmetric keys that encrypt revisions. */
import type { Bytes } from "../bytes.ts";
import { randomBytes } from "../identifiers.ts";
import { derive } from "./derivation.ts";

/** After so many a device makes a new key; also when it first writes in an ISO week. */
export const REVISIONS_PER_KEY = 10_000;

export function newContentKey(): Bytes {
  return randomBytes(32);
}

/** 16 bytes; whoever opens a packet compares it with the packet's `key`. */
export async function keyId(contentKey: Bytes): Promise<Bytes> {
  return derive(contentKey, "sojourn/1/key-id", 16);
}

/** The ISO 8601 week of a time in milliseconds, in UTC, as `2026-W09`. */
export function isoWeek(time: number): string {
  const day = new Date(time);
  // A week belongs to the year of its Thursday; Sunday is the seventh day.
  const weekday = (day.getUTCDay() + 6) % 7;
  const thursday = Date.UTC(
    day.getUTCFullYear(),
    day.getUTCMonth(),
    day.getUTCDate() - weekday + 3,
  );
  const year = new Date(thursday).getUTCFullYear();
  const week = 1 + Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * 86_400_000));
  return `${year}-W${String(week).padStart(2, "0")}`;
}
