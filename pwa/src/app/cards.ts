/** Cards for two people and one phone: which there are, and which fields of a contact they answer. No page. */
import { answerable, type Field, type Form } from "../forms/index.ts";

/** Who I am; may we talk; what do you need; do you agree to a referral; give the phone back. */
export type Card = "who" | "talk" | "needs" | "referral" | "end";

/** The only answers that leave the cards. Signs are never asked from a screen. */
const FIELDS: Readonly<Partial<Record<Card, string>>> = {
  needs: "needs",
  referral: "consent_referral",
};
/** An answer that takes the others away. */
const NOTHING = "none";

export function fieldOf(card: Card, form: Form): Field | undefined {
  return answerable(form.fields).find(
    ({ name, choices }) => name === FIELDS[card] && choices !== "",
  );
}

/** In their order; a card whose field a programme's form does not have is left out. */
export function cardsOf(form: Form): readonly Card[] {
  const asked = (["needs", "referral"] as const).filter((card) => fieldOf(card, form));
  return ["who", "talk", ...asked, "end"];
}

export function hasCards(form: Form): boolean {
  return cardsOf(form).length > 3;
}

/** The answer after `pressed` was pressed; undefined for none. */
export function pressedIn(
  field: Field,
  value: unknown,
  pressed: string,
): string | readonly string[] | undefined {
  if (field.type === "select_one") return value === pressed ? undefined : pressed;
  const before = Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
  const without = before.filter((each) => each !== pressed);
  if (without.length < before.length) return without.length === 0 ? undefined : without;
  return pressed === NOTHING ? [pressed] : [...before.filter((each) => each !== NOTHING), pressed];
}
