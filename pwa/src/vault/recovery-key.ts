/**
 * The recovery key: 20 random bytes, written as ten groups of six digits. Each group is two bytes as a
 * number, big-endian, in five digits, and a check digit (docs/protocol.md, section 3).
 */
import { asciiDigits } from "../i18n/digits.ts";
import type { Bytes } from "../sync/bytes.ts";
import { inGroups, isChecked, withCheck, withoutSpaces } from "./check-digits.ts";

export const RECOVERY_BYTES = 20;
export const RECOVERY_GROUPS = RECOVERY_BYTES / 2;
const SIZE = 6;

/** In ASCII digits, first group first; of a recovery key, or of any even number of bytes. */
export function recoveryGroups(key: Bytes): string[] {
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  return Array.from({ length: key.length / 2 }, (_, group) =>
    withCheck(String(view.getUint16(2 * group)).padStart(SIZE - 1, "0"), group),
  );
}

export type ParsedRecovery =
  | { readonly key: Bytes }
  /** `group`: the first with a slip in it, counted from 1; undefined when it is too short or too long. */
  | { readonly group: number | undefined };

/** Digits of any script, with or without spaces between them; of so many bytes. */
export function parseRecovery(text: string, size = RECOVERY_BYTES): ParsedRecovery {
  const groups = inGroups(asciiDigits(withoutSpaces(text)), SIZE);
  const key = new Uint8Array(size);
  const view = new DataView(key.buffer);
  for (const [at, group] of groups.slice(0, size / 2).entries()) {
    const value = Number(group.slice(0, -1));
    const isWhole = /^\d{6}$/.test(group);
    if (!isWhole && at === groups.length - 1) return { group: undefined };
    if (!isWhole || !isChecked(group, at) || value > 0xffff) return { group: at + 1 };
    view.setUint16(2 * at, value);
  }
  return groups.length === size / 2 ? { key } : { group: undefined };
}
