/** The programme's own referral contacts, as a coordinator writes them down. Mirrors `server/command/referral_file.py`. */
import { asciiDigits } from "../../i18n/index.ts";
import type { Referral } from "../referrals.ts";

export type Cell = keyof Referral;
export const CELLS: readonly Cell[] = ["service", "kind", "area", "phone", "hours", "note"];
export const NEEDED: readonly Cell[] = ["service", "kind"];
/** Characters of each. */
export const LONGEST = 300;
export type Slip = "empty" | "too-long" | "no-number";

const PHONE = /^\+?[0-9][0-9 ()/.-]{1,38}$/;

/** Every run of white space one space, none at either end; a number in figures that a telephone dials. */
export function tidied(referral: Referral): Referral {
  const tidy = (text: string): string => text.replaceAll(/\s+/g, " ").trim();
  const { service, kind, area, phone, hours, note } = referral;
  return {
    service: tidy(service),
    kind: tidy(kind),
    area: tidy(area),
    phone: tidy(asciiDigits(phone)),
    hours: tidy(hours),
    note: tidy(note),
  };
}

/** What keeps a contact, tidied, from being published, by cell. */
export function slipsIn(referral: Referral): ReadonlyMap<Cell, Slip> {
  const found = new Map<Cell, Slip>();
  for (const cell of CELLS) {
    const text = referral[cell];
    if (text === "" && NEEDED.includes(cell)) found.set(cell, "empty");
    else if (Array.from(text).length > LONGEST) found.set(cell, "too-long");
  }
  const { phone } = referral;
  if (phone !== "" && !found.has("phone") && !PHONE.test(phone)) found.set("phone", "no-number");
  return found;
}

/** One more, one less, or one in place of another. One that is not there any more is added anew. */
export function listWith(
  list: readonly Referral[],
  before: Referral | undefined,
  after: Referral | undefined,
): readonly Referral[] {
  const at = before === undefined ? -1 : list.findIndex((each) => isSame(each, before));
  const made = after === undefined ? [] : [after];
  if (at < 0) return [...list, ...made];
  return [...list.slice(0, at), ...made, ...list.slice(at + 1)];
}

/** As `referrals_fields` and `encode_referrals`: what is not said is left out. */
export function referralsFields(list: readonly Referral[]): Readonly<Record<string, string>> {
  const told = list.map((each) =>
    Object.fromEntries(CELLS.filter((cell) => each[cell] !== "").map((cell) => [cell, each[cell]])),
  );
  return { type: "referrals", contacts: JSON.stringify(told) };
}

export function isSame(a: Referral, b: Referral): boolean {
  return CELLS.every((cell) => a[cell] === b[cell]);
}
