/**
 * What in a free note looks as if it told who somebody is. A help, no proof: it knows a few signs in each
 * script, and what it does not see it does not warn of (the screen says so). Nothing leaves the phone.
 *
 * False alarms are cheap (one more tap), misses are not; yet a warning at every note would soon be read by
 * nobody. So words of everyday work (numbers below six figures, places, weekdays) pass.
 */
import {
  BORN,
  BORN_UNSPACED,
  CALLED,
  CALLED_CASELESS,
  NAMING,
  STREET,
  STREET_UNSPACED,
  TITLES,
  TITLES_CASELESS,
} from "./revealing-words.ts";

export type Revealed = "name" | "number" | "address" | "birth";

/** `text` is the part as it was typed. */
export interface Finding {
  readonly kind: Revealed;
  readonly text: string;
}

/** In the order of the text; no part twice. */
export function findRevealing(text: string): readonly Finding[] {
  // Any script's digits are as good as others; as many characters as before, so that places in the text hold.
  const typed = text.normalize("NFC");
  const plain = typed
    .replace(/\p{Nd}/gu, (digit) => "0".repeat(digit.length))
    .replace(INVISIBLE, " ");
  const found: (Finding & { at: number; end: number })[] = [];
  for (const { kind, pattern } of SIGNS) {
    for (const match of plain.matchAll(pattern)) {
      const end = match.index + match[0].length;
      const isTaken = found.some((other) => match.index < other.end && other.at < end);
      const part = typed.slice(match.index, end).trim();
      if (isTaken || isHarmless(kind, match[0], plain.slice(0, match.index))) continue;
      found.push({ kind, text: part, at: match.index, end });
    }
  }
  return found.sort((a, b) => a.at - b.at).map(({ kind, text: part }) => ({ kind, text: part }));
}

/** Invisible characters between two figures must not hide a number. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;

const NOT_IN_WORD = "(?<![\\p{L}\\p{M}])";
const WORD_ENDS = "(?![\\p{L}\\p{M}])";
const WORD = "[\\p{L}\\p{M}'’.-]+";
const SPACE = "[\\s\\u00a0]";

const OF_ITS_OWN = "\\p{Lu}[\\p{Ll}\\p{M}'’-]+";

interface Sign {
  readonly kind: Revealed;
  readonly pattern: RegExp;
}

function sign(kind: Revealed, source: string, flags = "giu"): Sign {
  return { kind, pattern: new RegExp(source.normalize("NFC"), flags) };
}

/** The first that fits a part names it. */
const SIGNS: readonly Sign[] = [
  sign("address", "[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+"),
  sign("address", "(?:https?://|www\\.)\\S+"),
  sign("name", `(?<![\\w@])@[\\w.]{3,}`),
  // 12/03/1999, 1999-03-12, 12.3.99
  sign("birth", "(?<![\\d+][./-]?)\\d{1,4}[./-]\\d{1,2}[./-]\\d{2,4}(?![./-]?\\d)"),
  // 12 March 1999, 12 มีนาคม 2542, 12 tháng 3 năm 1999
  sign(
    "birth",
    `(?<!\\d)\\d{1,2}${SPACE}*${WORD}${SPACE}*(?:\\d{1,2}${SPACE}+${WORD}${SPACE}+)?\\d{4}(?!\\d)`,
  ),
  // March 12, 1999
  sign("birth", `${NOT_IN_WORD}\\p{L}{3,}${SPACE}+\\d{1,2},?${SPACE}+\\d{4}(?!\\d)`),
  sign("birth", "\\d{4}年(?:\\d{1,2}月)?(?:\\d{1,2}[日号])?"),
  sign("birth", `${NOT_IN_WORD}(?:${BORN})${WORD_ENDS}[^\\d\\n.]{0,16}\\d{1,4}`),
  sign("birth", `(?:${BORN_UNSPACED})[^\\d\\n]{0,16}\\d{1,4}`),
  sign("address", `${NOT_IN_WORD}(?:${STREET})${WORD_ENDS}[^\\d\\n,;]{0,14}\\d{1,5}`),
  sign("address", `(?:${STREET_UNSPACED})[^\\d\\n,;]{0,14}\\d{1,5}`),
  // 12 Main Street
  sign(
    "address",
    `(?<!\\d)\\d{1,5}[a-z]?,?${SPACE}+(?:${WORD}${SPACE}+){0,3}(?:street|road|avenue|lane|alley|st\\.|rd\\.|ave\\.)${WORD_ENDS}`,
  ),
  sign("address", "[\\p{Script=Han}]{1,8}(?:路|街|巷|弄)\\d{1,5}|\\d{1,5}[号號]楼?"),
  // Six figures or more, whatever stands between them: telephones, papers, accounts, plates.
  sign("number", "[+＋]?(?<!\\d)\\p{L}{0,3}-?\\d(?:[ \\u00a0().\\/–_-]{0,3}\\d){5,}"),
  sign(
    "name",
    `${NOT_IN_WORD}(?:${TITLES})\\.?${SPACE}+${OF_ITS_OWN}(?:${SPACE}+${OF_ITS_OWN})*`,
    "gu",
  ),
  sign(
    "name",
    `${NOT_IN_WORD}(?:${capitalised(TITLES)})\\.?${SPACE}+${OF_ITS_OWN}(?:${SPACE}+${OF_ITS_OWN})*`,
    "gu",
  ),
  sign("name", `${NOT_IN_WORD}(?:${TITLES_CASELESS})${SPACE}+${WORD}`),
  sign(
    "name",
    `${NOT_IN_WORD}(?:${CALLED})${SPACE}*:?${SPACE}*${OF_ITS_OWN}(?:${SPACE}+${OF_ITS_OWN})*`,
    "gu",
  ),
  sign("name", `${NOT_IN_WORD}(?:${CALLED_CASELESS})${SPACE}*:?${SPACE}+${WORD}`),
  sign("name", `(?:${NAMING})${SPACE}*:?${SPACE}*[\\p{L}\\p{M}]{1,12}`),
  // Two words that begin large, anywhere; one, where no sentence begins.
  sign("name", `${NOT_IN_WORD}${OF_ITS_OWN}(?:${SPACE}+${OF_ITS_OWN})+`, "gu"),
  sign("name", `(?<=[\\p{Ll}\\p{M}\\d,;)]${SPACE}+)${OF_ITS_OWN}`, "gu"),
];

function capitalised(list: string): string {
  return list.replace(
    /(^|\|)(\p{Ll})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

/** Amounts of money with their thousands apart, and what begins large though it is nobody's name. */
function isHarmless(kind: Revealed, part: string, before: string): boolean {
  if (kind === "number") return /^\d{1,3}(?:[.,]\d{3})+$/.test(part.trim());
  if (kind !== "name" || !new RegExp(`^(?:${OF_ITS_OWN}\\s*)+$`, "u").test(part)) return false;
  const [first = "", ...others] = part.trim().split(/\s+/);
  // "Speaks Khmer": every first word of a sentence begins large.
  const isOpening = others.length > 0 && /(?:^|[.!?\n]\s*)$/.test(before);
  const telling = isOpening ? others : [first, ...others];
  return telling.every((word) => knownWords().has(word.toLowerCase()));
}

/** Months, weekdays, languages and countries, as the browser writes them in English and in the languages that have capitals. */
let known: ReadonlySet<string> | undefined;

function knownWords(): ReadonlySet<string> {
  known ??= new Set(["en", "vi", "id", "fil", "ms"].flatMap(wordsOf));
  return known;
}

function wordsOf(tag: string): string[] {
  const months = Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2026, month, 1)));
  const days = Array.from({ length: 7 }, (_, day) => new Date(Date.UTC(2026, 0, 4 + day)));
  const month = new Intl.DateTimeFormat(tag, { month: "long", timeZone: "UTC" });
  const weekday = new Intl.DateTimeFormat(tag, { weekday: "long", timeZone: "UTC" });
  const languages = new Intl.DisplayNames(tag, { type: "language", fallback: "none" });
  const regions = new Intl.DisplayNames(tag, { type: "region", fallback: "none" });
  const said = [
    ...months.map((each) => month.format(each)),
    ...days.map((each) => weekday.format(each)),
    ...LANGUAGES.map((each) => languages.of(each) ?? ""),
    ...REGIONS.map((each) => regions.of(each) ?? ""),
  ];
  return said.flatMap((each) => each.toLowerCase().split(/[\s()]+/)).filter((each) => each !== "");
}

const LANGUAGES =
  "en th lo km my vi id fil ms zh ne bn hi ur ar ta si fa ps am ti so fr es ru de pt".split(" ");
const REGIONS =
  "TH LA KH MM VN ID PH MY SG CN TW HK MO NP BD IN PK LK AF IR IQ SY TR LB JO SA AE QA KW OM BH IL EG LY TN MA SD ET ER SO KE JP KR GB IE FR DE IT ES PT GR PL RO UA RU US CA MX AU NZ".split(
    " ",
  );
