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

/** In ASCII digits, first group first. */
export function recoveryGroups(key: Bytes): string[] {
  const view = new DataView(key.buffer, key.byteOffset, RECOVERY_BYTES);
  return Array.from({ length: RECOVERY_GROUPS }, (_, group) =>
    withCheck(String(view.getUint16(2 * group)).padStart(SIZE - 1, "0"), group),
  );
}

export type ParsedRecovery =
  | { readonly key: Bytes }
  /** `group`: the first with a slip in it, counted from 1; undefined when it is too short or too long. */
  | { readonly group: number | undefined };

/** Digits of any script, with or without spaces between them. */
export function parseRecovery(text: string): ParsedRecovery {
  const groups = inGroups(asciiDigits(withoutSpaces(text)), SIZE);
  const key = new Uint8Array(RECOVERY_BYTES);
  const view = new DataView(key.buffer);
  for (const [at, group] of groups.slice(0, RECOVERY_GROUPS).entries()) {
    const value = Number(group.slice(0, -1));
    const isWhole = /^\d{6}$/.test(group);
    if (!isWhole && at === groups.length - 1) return { group: undefined };
    if (!isWhole || !isChecked(group, at) || value > 0xffff) return { group: at + 1 };
    view.setUint16(2 * at, value);
  }
  return groups.length === RECOVERY_GROUPS ? { key } : { group: undefined };
}
