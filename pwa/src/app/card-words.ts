/** What the cards say: short, and for somebody who may read little. Needs and consents are the form's own words. */
import { gettext, pgettext } from "../i18n/index.ts";
import type { Card } from "./cards.ts";

export interface CardWords {
  readonly heading: () => string;
  readonly lines: readonly (() => string)[];
}

export function wordsOf(card: Card): CardWords {
  switch (card) {
    case "who":
      return {
        heading: () => gettext("Who I am, and what I note"),
        lines: [
          () => gettext("I listen, and I tell you about your rights and who can help."),
          () => gettext("I note what you need and in which area we met."),
          () => gettext("I note nothing that names you: no name, no number, no address, no photo."),
          () => gettext("You need not answer. You can stop at any time."),
        ],
      };
    case "talk":
      return { heading: () => gettext("May we talk?"), lines: [] };
    case "needs":
      return { heading: () => gettext("What do you need?"), lines: [] };
    case "referral":
      return {
        heading: () => gettext("May I ask someone else to help you?"),
        lines: [
          () => gettext("You may say no. Then nobody is asked, and you still get help from me."),
        ],
      };
    case "end":
      return {
        heading: () => gettext("Thank you"),
        lines: [() => gettext("Please give the phone back now.")],
      };
  }
}

/** Whether and where to talk, by the name of its picture. */
export const TALKS: readonly (readonly [name: string, say: () => string])[] = [
  ["here", () => pgettext("talk", "Yes, here")],
  ["alone", () => pgettext("talk", "Yes, but alone")],
  ["later", () => pgettext("talk", "Later")],
  ["no", () => pgettext("talk", "No")],
];
