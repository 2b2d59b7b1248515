import { afterEach, expect, test } from "vitest";

import {
  answeredIn,
  answersOf,
  carriedOver,
  changesOf,
  check,
  decimalOf,
  firstAnswers,
} from "../../src/app/answering.ts";
import { decimalText } from "../../src/app/answer-text.ts";
import { redrawn } from "../../src/app/typing.ts";
import { decodeForm } from "../../src/forms/index.ts";
import { setMessages } from "../../src/i18n/index.ts";

const form = decodeForm({
  id: "contact",
  version: "1",
  hash: "00",
  title: "Contact",
  choices: {
    areas: [
      { name: "city", label: "City" },
      { name: "sea", label: "At sea" },
    ],
    answers: [
      { name: "yes", label: "Yes" },
      { name: "no", label: "No" },
    ],
  },
  fields: [
    { type: "text", name: "week", label: "Week", required: true, appearance: "week" },
    { type: "select_one", name: "place", label: "Area", required: true, choices: "areas" },
    { type: "select_one", name: "consent", label: "Consent", choices: "answers" },
    {
      type: "group",
      name: "more",
      label: "More",
      relevant: ["compare", "=", ["field", "consent"], "yes"],
      fields: [{ type: "integer", name: "people", label: "People" }],
    },
  ],
});
const wages = decodeForm({
  id: "wages",
  version: "1",
  hash: "01",
  title: "Wages",
  choices: {},
  fields: [{ type: "decimal", name: "wage", label: "Wage" }],
});
const TODAY = new Date(2026, 10, 21);

afterEach(() => setMessages(undefined, "en"));

test("a first contact starts with this week alone", () => {
  expect(firstAnswers(form, {}, TODAY)).toEqual({ week: "2026-W47" });
});

test("the next one starts with the area of the last, and with nothing about the person", () => {
  const last = { week: "2026-W40", place: "sea", consent: "yes", people: 2 };
  expect(firstAnswers(form, last, TODAY)).toEqual({ week: "2026-W47", place: "sea" });
});

test("an area that the form no longer has is not filled in", () => {
  expect(firstAnswers(form, { place: "moon" }, TODAY)).toEqual({ week: "2026-W47" });
});

test("a draft's answers are all taken up, fit or not", () => {
  const draft = { week: "2026-W47", people: "two", gone: "x", place: null };
  expect(answersOf(form, draft)).toEqual({ week: "2026-W47", people: "two" });
});

test("of an older form's draft, what fits is carried over", () => {
  const draft = { week: "2026-W47", place: "moon", consent: "yes", people: 3, gone: "x" };
  expect(carriedOver(form, draft)).toEqual({ week: "2026-W47", consent: "yes", people: 3 });
});

test("what is not asked any more is left out of what is saved", () => {
  const answers = { week: "2026-W47", place: "city", consent: "no", people: 3 };
  expect(check(form, answers)).toEqual({
    values: { week: "2026-W47", place: "city", consent: "no" },
  });
});

test("what is missing is named, and nothing is saved", () => {
  expect(check(form, { place: "city" })).toEqual({
    problems: [{ field: "week", code: "required", args: {} }],
  });
});

test("an edit names only what has changed, and what was taken away", () => {
  const before = { week: "2026-W47", place: "city", consent: "yes", needs: ["a", "b"] };
  const now = { week: "2026-W47", place: "sea", needs: ["a", "b"] };
  expect(changesOf(before, now)).toEqual({ place: "sea", consent: undefined });
});

test("a closed group says how much in it is answered", () => {
  const more = form.fields.find(({ name }) => name === "more");
  expect(more && answeredIn(more, { week: "2026-W47", people: 0 })).toBe(1);
});

test.each([
  ["id", "1.500.000", "1500000"],
  ["id", "1.234", "1234"],
  ["id", "1.500.000,25", "1500000.25"],
  ["vi", "2,125", "2.125"],
  ["en", "1,234.5", "1234.5"],
  ["en", "0.05", "0.05"],
])("in %s %s can be typed, key by key, and is %s", (lang, typing, value) => {
  setMessages(undefined, lang);
  for (let keys = 0; keys <= typing.length; keys += 1) {
    const typed = typing.slice(0, keys);
    expect(redrawn(typed, decimalOf(typed))).toBeUndefined();
  }
  const answer = decimalOf(typing) ?? "";
  expect(check(wages, { wage: answer })).toEqual({ values: { wage: value } });
  expect(decimalOf(decimalText(value))).toBe(value);
});

test("a number that somebody saved stays what it is, whatever groups thousands in the page's language", () => {
  setMessages(undefined, "id");
  expect(redrawn("", "2.125")).toBe("2,125");
  expect(check(wages, { wage: "2.125" })).toEqual({ values: { wage: "2.125" } });
  expect(check(wages, { wage: "2,5" })).toEqual({ values: { wage: "2.5" } });
});
