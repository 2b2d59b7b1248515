/** What a card shows beside its words: drawn by hand, one line wide, as the pages' pictograms are. */
import { html, type TemplateResult } from "lit";

import { PATHS } from "../reader/pictograms.ts";

/** Cards, what may be pressed on them, and the choices of the fields that they answer, by name. */
const PICTURES: Readonly<Record<string, string>> = {
  ...PATHS,
  who: "M12 3a4 4 0 1 0 .01 0zM4 21v-2a8 8 0 0 1 16 0v2",
  talk: "M4 4h16v12H9l-5 4zM8 8h8M8 12h5",
  needs:
    "M12 20s-8-4.500-8-10.500A4.500 4.500 0 0 1 12 7a4.500 4.500 0 0 1 8 2.500C20 15.500 12 20 12 20z",
  referral: "M4 12h14M13 6l6 6-6 6",
  end: "M8 2h9v20H8zM11 19h3M1 12h4M3 10l-2 2 2 2",
  here: "M12 21s-6-6-6-11a6 6 0 0 1 12 0c0 5-6 11-6 11zM12 8a2 2 0 1 0 .01 0z",
  alone: "M8 6a3 3 0 1 0 .01 0zM16 6a3 3 0 1 0 .01 0zM3 20v-3a5 5 0 0 1 9-2 5 5 0 0 1 9 2v3",
  later: "M12 3a9 9 0 1 0 .01 0zM12 7v5l4 2",
  medical: "M9 3h6v6h6v6h-6v6H9v-6H3V9h6z",
  shelter: "M3 19V6M3 16h18v3M21 16v-3a3 3 0 0 0-3-3h-8v6M6.500 10a1.500 1.500 0 1 0 .01 0z",
  legal: "M12 4v16M8 20h8M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z",
  papers: "M6 3h12v18H6zM9 8h6M9 12h6M9 16h3",
  psychological: "M3 3h13v9H9l-3 3v-3H3zM19 9h2v9h-2v3l-3-3h-6v-3",
  interpreter: "M3 4h11v8H9l-3 3v-3H3zM13 21l4-9 4 9M14.500 18h5",
  food: "M4 11h16a8 8 0 0 1-16 0zM9 7c0-2 2-2 2-4M14 7c0-2 2-2 2-4",
  other: "M5 12h.01M12 12h.01M19 12h.01",
  none: "M4 13l5 5L20 7",
};

/** Points on to what comes next: the other way where one reads from right to left. */
const FORWARD = "referral";

/** Nothing where there is no picture of that name. */
export function picture(name: string): TemplateResult | undefined {
  const path = PICTURES[name];
  if (path === undefined) return undefined;
  return html`<svg
    class=${name === FORWARD ? "pictogram pictogram--forward" : "pictogram"}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="2"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d=${path} />
  </svg>`;
}
