/** The programme's own contacts, as its coordinators published them, and finding one. */
import { fold } from "../reader/search/fold.ts";
import type { Published } from "../sync/index.ts";

/** Texts; "" for what is not said. `kind` is best a choice of the form's question about referrals. */
export interface Referral {
  readonly service: string;
  readonly kind: string;
  readonly area: string;
  readonly phone: string;
  readonly hours: string;
  readonly note: string;
}

/** Of the newest list that stands. */
export function referralsIn(published: readonly Published[]): readonly Referral[] {
  const newest = published.find(({ type, isStanding }) => type === "referrals" && isStanding);
  const contacts = newest?.values.get("contacts");
  if (typeof contacts !== "string") return [];
  let found: unknown;
  try {
    found = JSON.parse(contacts);
  } catch {
    return [];
  }
  return Array.isArray(found) ? found.map(referralOf).filter(({ service }) => service !== "") : [];
}

/** `kind`: "" for all. Every word must be somewhere in it; `label` gives a kind as people read it. */
export function matching(
  referrals: readonly Referral[],
  kind: string,
  words: string,
  label: (kind: string) => string,
): readonly Referral[] {
  const wanted = fold(words).split(" ");
  return referrals.filter((each) => {
    if (kind !== "" && each.kind !== kind) return false;
    const { service, area, phone, hours, note } = each;
    const text = fold([service, label(each.kind), area, phone, hours, note].join(" "));
    return wanted.every((word) => text.includes(word));
  });
}

/** What a telephone dials. */
export function callable(phone: string): string {
  return `tel:${phone.replaceAll(/[^+\d]/g, "")}`;
}

/** What is not there, or no text, is "". */
export function referralOf(found: unknown): Referral {
  const text = (name: string): string => {
    const value: unknown =
      typeof found === "object" && found !== null ? Reflect.get(found, name) : undefined;
    return typeof value === "string" ? value : "";
  };
  return {
    service: text("service"),
    kind: text("kind"),
    area: text("area"),
    phone: text("phone"),
    hours: text("hours"),
    note: text("note"),
  };
}
