import { expect, test } from "vitest";

import { laterQuestions, rebased } from "../../src/app/answering.ts";
import { cardsOf, fieldOf, hasCards, pressedIn } from "../../src/app/cards.ts";
import { conflictsOf, onlyIn } from "../../src/app/conflicts.ts";
import { guideBlocks, guideOrder } from "../../src/app/guide-text.ts";
import { baseOf, withBase } from "../../src/app/draft-base.ts";
import { decodeForm } from "../../src/forms/index.ts";
import { Catalog, gettext, locale, within } from "../../src/i18n/index.ts";
import type { Value } from "../../src/vault/index.ts";

const form = decodeForm({
  id: "contact",
  version: "1",
  hash: "00",
  title: "Contact",
  choices: {
    answers: [
      { name: "yes", label: "Yes" },
      { name: "no", label: "No" },
    ],
    needs: [
      { name: "food", label: "Food" },
      { name: "legal", label: "Lawyer" },
      { name: "none", label: "Nothing now" },
    ],
  },
  fields: [
    { type: "select_multiple", name: "needs", label: "Needs", choices: "needs" },
    { type: "select_one", name: "consent_referral", label: "Consent", choices: "answers" },
    {
      type: "select_one",
      name: "outcome",
      label: "Outcome",
      choices: "answers",
      appearance: "later",
      relevant: ["compare", "=", ["field", "consent_referral"], "yes"],
    },
    {
      type: "select_multiple",
      name: "barrier",
      label: "Barrier",
      choices: "answers",
      appearance: "later",
    },
  ],
});

test("what is asked later is asked alone once there was a referral", () => {
  const names = (answers: Record<string, string>): string[] =>
    laterQuestions(form, answers).map(({ name }) => name);
  expect(names({ consent_referral: "yes" })).toEqual(["outcome", "barrier"]);
  expect(names({ consent_referral: "no" })).toEqual([]);
});

test("what another phone changed and this one did not is taken in; what both changed is shown", () => {
  const before = { needs: ["food"], consent_referral: "no" };
  const answers = { needs: ["food", "legal"], consent_referral: "no" };
  expect(rebased(form, before, { needs: ["food"], consent_referral: "yes" }, answers)).toEqual({
    answers: { needs: ["food", "legal"], consent_referral: "yes" },
    clashes: [],
  });
  expect(rebased(form, before, { needs: ["none"] }, answers)).toEqual({
    answers: { needs: ["food", "legal"] },
    clashes: ["needs"],
  });
  expect(rebased(form, before, { ...before, needs: ["food", "legal"] }, answers).clashes).toEqual(
    [],
  );
});

test("a draft of an edit remembers what it was begun over", () => {
  const kept = withBase({ needs: ["food"] }, { consent_referral: "no" });
  expect(baseOf(kept)).toEqual({ consent_referral: "no" });
  expect(baseOf(withBase({ needs: ["food"] }, undefined))).toBeUndefined();
});

test("only what is undecided is a conflict, in the form's order, with what only one side has", () => {
  const fields = new Map<string, readonly Value[]>([
    ["gone", ["a", "b"]],
    ["consent_referral", ["yes"]],
    ["needs", [["food"], ["food", "legal"]]],
  ]);
  const found = conflictsOf({ fields }, form);
  expect(found.map(({ name, field }) => [name, field?.label])).toEqual([
    ["needs", "Needs"],
    ["gone", undefined],
  ]);
  const [food, both] = found[0]?.values ?? [];
  expect(onlyIn(both ?? null, [food ?? null, both ?? null])).toEqual(["legal"]);
  expect(onlyIn("yes", ["yes", "no"])).toEqual([]);
});

test("cards ask what the form has fields for, and never for signs", () => {
  expect(cardsOf(form)).toEqual(["who", "talk", "needs", "referral", "end"]);
  expect(hasCards({ ...form, fields: [] })).toBe(false);
  expect(fieldOf("talk", form)).toBeUndefined();
});

test("nothing now takes the other needs away, and the other way round", () => {
  const needs = fieldOf("needs", form);
  const consent = fieldOf("referral", form);
  if (needs === undefined || consent === undefined) throw new Error("no such field");
  expect(pressedIn(needs, undefined, "food")).toEqual(["food"]);
  expect(pressedIn(needs, ["food"], "none")).toEqual(["none"]);
  expect(pressedIn(needs, ["none"], "legal")).toEqual(["legal"]);
  expect(pressedIn(needs, ["food"], "food")).toBeUndefined();
  expect(pressedIn(consent, "no", "yes")).toBe("yes");
  expect(pressedIn(consent, "yes", "yes")).toBeUndefined();
});

test("one part of the page speaks another language, and nothing after it does", () => {
  const messages = Catalog.decode({
    "": { lang: "km", plural_forms: "nplurals=1; plural=0;" },
    Back: ["ថយ"],
  });
  expect(within(messages, "km", () => [gettext("Back"), locale()])).toEqual(["ថយ", "km"]);
  expect(() =>
    within(messages, "km", () => {
      throw new Error("in the middle");
    }),
  ).toThrow("in the middle");
  expect([gettext("Back"), locale()]).toEqual(["Back", "en"]);
});

test("a page of guidance is read block by block, English parts with their language", () => {
  const main =
    '<h1>Care</h1><p class="lead">Do <strong>no</strong> harm &amp; listen.</p><section><h2>With them</h2>' +
    '<ul><li id="A">Go slowly. <a href="/en/guide/notes">Notes</a></li>' +
    '<li><span class="fallback" lang="en" dir="ltr">Help is a choice. <small class="mark">EN</small></span></li></ul>' +
    '</section><section class="related"><h2>Read on</h2><p>More</p></section>';
  expect(guideBlocks(main)).toEqual([
    { kind: "p", text: "Do no harm & listen.", lang: undefined },
    { kind: "h2", text: "With them", lang: undefined },
    { kind: "li", text: "Go slowly. Notes", lang: undefined },
    { kind: "li", text: "Help is a choice.", lang: "en" },
  ]);
  expect(guideOrder('<a href="/ur/guide/care">…</a><a href="../guide/asem-2015.html">')).toEqual([
    "care",
    "asem-2015",
  ]);
});
