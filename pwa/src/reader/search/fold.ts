/**
 * One spelling for what people write in many: without case, marks, and variants of a letter. What is
 * looked for and what is looked through both go through here, so it may fold more than a reader would.
 */
import { asciiDigits } from "../../i18n/index.ts";

/** Each found whole, in this order. */
const RULES: readonly (readonly [RegExp, string])[] = [
  // What steers joining and direction; a zero-width space stands between words, so it becomes one.
  [/[\u00ad\u200c-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g, ""],
  [/\u200b/g, " "],
  // Latin, Vietnamese with it: marks above and below, and letters that do not come apart.
  [/[\u0300-\u036f]/g, ""],
  [/đ/g, "d"],
  [/ı/g, "i"],
  [/ł/g, "l"],
  [/ø/g, "o"],
  [/ß/g, "ss"],
  [/æ/g, "ae"],
  [/œ/g, "oe"],
  // Arabic letters, Urdu and Persian with them: vowel marks, the stretcher, and one letter's many keys.
  [/[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]/g, ""],
  [/[\u0671\u0672\u0673]/g, "\u0627"],
  [/[\u0649\u064a]/g, "\u06cc"],
  [/\u0643/g, "\u06a9"],
  [/[\u0629\u0647\u06be\u06c3\u06d5]/g, "\u06c1"],
  [/\u06ba/g, "\u0646"],
  // Thai and Lao: the compatibility form takes "am" apart, which no dictionary knows; two short
  // vowels typed for the long one.
  [/\u0e4d\u0e32/g, "\u0e33"],
  [/\u0ecd\u0eb2/g, "\u0eb3"],
  [/\u0e40\u0e40/g, "\u0e41"],
  [/\u0ec0\u0ec0/g, "\u0ec1"],
  // Khmer: subscript da and ta look the same.
  [/\u17d2\u178a/g, "\u17d2\u178f"],
];

export function fold(text: string): string {
  const apart = asciiDigits(text.normalize("NFKC")).toLowerCase().normalize("NFKD");
  const folded = RULES.reduce((whole, [found, by]) => whole.replace(found, by), apart);
  return folded.normalize("NFC").replace(/\s+/g, " ").trim();
}
