import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import {
  type Answer,
  answering,
  type Answers,
  parseCare,
  toCareAbout,
} from "../../src/reader/check/answers.ts";
import { givenIn, withGiven } from "../../src/reader/clear.ts";
import { type Voice, voiceFor } from "../../src/reader/listen/voices.ts";
import { PATHS } from "../../src/reader/pictograms.ts";
import { fragmentOf, queryOf } from "../../src/reader/search/start.ts";
import { numbersIn } from "../../src/reader/share/numbers.ts";
import { pathOf } from "../../src/reader/share/qr.ts";
import { isZawgyi } from "../../src/reader/zawgyi.ts";

const QUESTIONS = [
  { id: "q-employer", care: parseCare("no unknown") },
  { id: "q-money", care: parseCare("yes") },
  { id: "q-papers", care: parseCare(" yes  unknown ") },
];

function answered(...answers: Answer[]): Answers {
  return answers.reduce<Answers>((all, answer, at) => {
    const id = QUESTIONS[at]?.id ?? "";
    return answering(all, id, answer);
  }, new Map());
}

test("what to be careful about comes in the questions' order, whatever was answered first", () => {
  const backwards = answering(answering(new Map(), "q-papers", "yes"), "q-employer", "no");
  expect(toCareAbout(QUESTIONS, backwards).map(({ id }) => id)).toEqual(["q-employer", "q-papers"]);
});

test("an answer taken back counts no more, and a skipped one never did", () => {
  const all = answered("no", "yes", "unknown");
  expect(toCareAbout(QUESTIONS, all)).toHaveLength(3);
  expect(toCareAbout(QUESTIONS, answering(all, "q-employer", "yes"))).toHaveLength(2);
  expect(toCareAbout(QUESTIONS, answered("skipped", "skipped", "skipped"))).toEqual([]);
  expect(toCareAbout(QUESTIONS, new Map())).toEqual([]);
});

test("a choice is kept for its page alone, and what is spoilt counts as nothing", () => {
  const one = withGiven(undefined, "km/papers", { answer: "clear", sent: false });
  const two = withGiven(one, "km/pay", { answer: "too-long", sent: true });
  expect(givenIn(two, "km/papers")).toEqual({ answer: "clear", sent: false });
  expect(givenIn(two, "km/pay")).toEqual({ answer: "too-long", sent: true });
  expect(givenIn(two, "th/pay")).toBeUndefined();
  for (const spoilt of ["", "null", "[1]", '{"km/papers": 1}', "{"]) {
    expect(givenIn(spoilt, "km/papers")).toBeUndefined();
    expect(givenIn(withGiven(spoilt, "a", { answer: "clear", sent: true }), "a")?.sent).toBe(true);
  }
});

function voice(lang: string, localService = true, isDefault = false): Voice {
  return { lang, localService, default: isDefault };
}

test.each([
  ["km", [voice("en-US"), voice("km_KH")], "km_KH"],
  ["th", [voice("th-TH", false)], undefined],
  ["ur", [voice("hi-IN"), voice("ur-PK", true), voice("ur-IN", true, true)], "ur-IN"],
  ["zh-Hans", [voice("zh-TW"), voice("zh-CN")], "zh-CN"],
  ["my", [voice("Burmese voice 1"), voice("")], undefined],
  ["en", [voice("en_US_POSIX@x"), voice("en-US")], "en-US"],
])("for %s, a voice of the language that lives on the phone", (lang, voices, expected) => {
  expect(voiceFor(voices, lang)?.lang).toBe(expected);
});

test("the pictograms that scripts draw are those of the templates", async () => {
  const file = new URL("../../../server/site/templates/pictograms.html", import.meta.url);
  const template = await readFile(file, "utf-8");
  for (const [name, path] of Object.entries(PATHS)) {
    expect(template).toContain(`name == "${name}" -%}\n<path d="${path}"/>`);
  }
});

test("what is searched for comes back out of the address, and a spoilt one is nothing", () => {
  for (const query of ["pay", "หนังสือ เดินทาง", "a&b=c#d%", "پاسپورٹ"]) {
    expect(queryOf(fragmentOf(query))).toBe(query);
  }
  expect(fragmentOf("  ")).toBe("");
  expect([queryOf(""), queryOf("#sources"), queryOf("#q=%E0%A4")]).toEqual(["", "", ""]);
});

test("whom to call is read out of a country's page", () => {
  const main =
    '<h1>Get help</h1><article class="entry" id="a"><h3>Police &amp; more</h3>' +
    '<p class="numbers"><a class="call" href="tel:191"><bdi dir="ltr">191</bdi></a>' +
    '<a class="call" href="tel:191"></a><a class="call" href="tel:+6612"></a></p></article>' +
    '<article class="entry" id="b"><h3>Nobody</h3></article>';
  expect(numbersIn(main)).toEqual([{ who: "Police & more", numbers: ["191", "+6612"] }]);
});

test("a code is drawn square by square, dark ones that touch as one", () => {
  expect(pathOf([[true, true, false, true]])).toBe("M0 0h2v1h-2zM3 0h1v1h-1z");
  expect(pathOf([[false], [true]])).toBe("M0 1h1v1h-1z");
});

test("a Zawgyi font draws the stacked letter beside the first", () => {
  const drawn = (widths: Readonly<Record<string, number>>) => (text: string) =>
    Array.from(text).reduce((sum, letter) => sum + (widths[letter] ?? 0), 0);
  const zawgyi = drawn({ "\u1000": 20, "\u1039": 0 });
  const unicode = (text: string): number => (text.includes("\u1039") ? 21 : 20);
  const boxes = drawn({ "\u1000": 20, "\u1039": 20 });
  const nothing = drawn({});
  expect([zawgyi, unicode, boxes, nothing].map(isZawgyi)).toEqual([true, false, false, false]);
});
