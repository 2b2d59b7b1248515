/**
 * A text's words, also where no spaces stand between them.
 *
 * Thai, Lao, Khmer, Burmese, Chinese and Japanese are cut by the browser where it has the dictionary:
 * Chromium has all of them, Firefox before 125 none. Where it has not, overlapping pairs of letters
 * stand for words.
 */
import { fold } from "./fold.ts";

/** A run of a script without spaces into words; undefined where the browser cannot. */
export type Cut = (run: string) => string[] | undefined;

interface Script {
  readonly found: RegExp;
  readonly lang: string;
  /** Two words and more: whoever gives them back whole, or letter by letter, knows no words. */
  readonly sample: string;
}

const SCRIPTS: readonly Script[] = [
  { found: /\p{Script=Thai}/u, lang: "th", sample: "แรงงานข้ามชาติ" },
  { found: /\p{Script=Lao}/u, lang: "lo", sample: "ສິດຂອງຄົນງານ" },
  { found: /\p{Script=Khmer}/u, lang: "km", sample: "សិទ្ធិរបស់កម្មករ" },
  { found: /\p{Script=Myanmar}/u, lang: "my", sample: "ရွှေ့ပြောင်းအလုပ်သမားများ" },
  {
    found: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
    lang: "zh",
    sample: "工人权利",
  },
];
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const SPACELESS =
  /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/u;

/** Folded, in the text's order, with repetitions. */
export function wordsOf(text: string, cut: Cut): string[] {
  return runsOf(text).flatMap((run) => (SPACELESS.test(run) ? (cut(run) ?? pairsOf(run)) : [run]));
}

/**
 * Overlapping pairs of letters, without the marks on them, of what is written without spaces: a word
 * with a wrong vowel or tone still shares most of its pairs with the right one.
 */
export function gramsOf(text: string): string[] {
  return runsOf(text)
    .filter((run) => SPACELESS.test(run))
    .flatMap((run) => pairsOf(run.replace(/\p{M}/gu, "")));
}

/** The browser's dictionaries, each tried once before it is trusted. */
export function browserCut(): Cut {
  const known = new Map<string, Intl.Segmenter | undefined>();
  return (run) => {
    const script = SCRIPTS.find(({ found }) => found.test(run));
    if (script === undefined) return undefined;
    if (!known.has(script.lang)) known.set(script.lang, segmenterFor(script));
    const segmenter = known.get(script.lang);
    return segmenter && segmentsOf(segmenter, run);
  };
}

function segmenterFor({ lang, sample }: Script): Intl.Segmenter | undefined {
  if (!("Segmenter" in Intl)) return undefined;
  // eslint-disable-next-line compat/compat -- asked for just above
  const segmenter = new Intl.Segmenter(lang, { granularity: "word" });
  const words = segmentsOf(segmenter, sample).length;
  const letters = Array.from(sample.replace(/\p{M}/gu, "")).length;
  return words > 1 && words < letters ? segmenter : undefined;
}

function segmentsOf(segmenter: Intl.Segmenter, run: string): string[] {
  return Array.from(segmenter.segment(run), ({ segment }) => segment);
}

/** Runs of letters, each of one kind: with spaces between words, or without. */
function runsOf(text: string): string[] {
  const runs = fold(text).match(WORD) ?? [];
  return runs.flatMap((run) =>
    run.split(new RegExp(`(${SPACELESS.source})`, "u")).filter((part) => part !== ""),
  );
}

function pairsOf(run: string): string[] {
  const letters = Array.from(run);
  if (letters.length < 2) return letters;
  return letters.slice(1).map((letter, at) => `${letters[at] ?? ""}${letter}`);
}
