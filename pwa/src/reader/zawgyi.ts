/**
 * A phone with a Zawgyi font shows Burmese in Unicode as if letters had fallen about. It is noticed by
 * how wide two texts are drawn, and told what to do, in Burmese and in English, since whoever sees the
 * warning may not be able to read the first.
 */
import { gettext } from "../i18n/index.ts";
import { make, saying } from "./elements.ts";
import type { Page } from "./page.ts";

/** As wide as it is drawn, in pixels of any size. */
export type Measure = (text: string) => number;

/**
 * A Unicode font stacks the second letter below the first, so that two are as wide as one; to Zawgyi
 * the sign that stacks (U+1039) is a visible mark beside it, and the two stand next to each other.
 */
const LETTER = "\u1000";
const STACKED = "\u1000\u1039\u1000";
const WIDER = 1.3;
/** Three letters wide are three empty boxes: no Burmese font at all, and another trouble. */
const WIDEST = 2.6;

export function isZawgyi(measure: Measure): boolean {
  const one = measure(LETTER);
  const stacked = measure(STACKED);
  return stacked > WIDER * one && stacked < WIDEST * one;
}

export async function warnOfZawgyi({ spoken }: Page): Promise<void> {
  const measure = canvasMeasure();
  if (measure === undefined || !isZawgyi(measure)) return;
  await spoken();
  const english = make(
    "p",
    "",
    "This phone shows Burmese with a Zawgyi font. To read these pages, change the phone's font to Unicode: Settings, then Display or Language, then Font, then a Unicode font such as Pyidaungsu or Noto Sans Myanmar.",
  );
  english.lang = "en";
  const notice = make(
    "aside",
    "notice",
    saying("p", () =>
      gettext(
        "This phone shows Burmese with a Zawgyi font. To read these pages, change the phone's font to Unicode in the settings.",
      ),
    ),
    english,
  );
  document.querySelector("main")?.prepend(notice);
}

/** In the font that the page is drawn in. */
function canvasMeasure(): Measure | undefined {
  const context = document.createElement("canvas").getContext("2d");
  if (context === null) return undefined;
  context.font = `40px ${getComputedStyle(document.body).fontFamily}`;
  return (text) => context.measureText(text).width;
}
