import { expect, test } from "vitest";

import { answerText, contactTitle } from "../../src/app/answer-text.ts";
import { weekAfter, weekName } from "../../src/app/weeks.ts";
import { answerable, decodeForm } from "../../src/forms/index.ts";

const form = decodeForm({
  id: "contact",
  version: "1",
  title: "Contact",
  choices: {
    areas: [
      { name: "city", label: "City" },
      { name: "sea", label: "At sea" },
    ],
  },
  fields: [
    { type: "text", name: "week", label: "Week", appearance: "week" },
    { type: "select_one", name: "place", label: "Area", required: true, choices: "areas" },
    { type: "select_one", name: "from", label: "From", choices: "areas" },
    { type: "select_one", name: "to", label: "To", choices: "areas" },
    { type: "select_one", name: "via", label: "Via", choices: "areas" },
    { type: "select_multiple", name: "seen", label: "Seen", choices: "areas" },
  ],
});
const [week, place] = answerable(form.fields);
const seen = answerable(form.fields).at(-1);

test("choices are read by their labels, those that nobody knows by their names", () => {
  expect(answerText("sea", place, form)).toBe("At sea");
  expect(answerText(["city", "moon"], seen, form)).toBe("City and moon");
  expect(answerText("2026-W47", week, form)).toBe("Week 47, from November 16, 2026");
  expect(answerText("kept", undefined, form)).toBe("kept");
  expect(answerText(1200, undefined, form)).toBe("1200");
});

test("a contact is told from others by what every contact has", () => {
  expect(contactTitle(new Map([["place", ["sea"]]]), form)).toBe("At sea");
  expect(contactTitle(new Map(), form)).toBeUndefined();
});

test("one that has not got that far is told by the first two answers that it has", () => {
  const draft = new Map([
    ["via", ["city"]],
    ["to", ["sea"]],
    ["from", ["city"]],
  ]);
  expect(contactTitle(draft, form)).toBe("City, At sea");
});

test("weeks follow each other over the new year", () => {
  expect(weekAfter("2026-W53", 1)).toBe("2027-W01");
  expect(weekAfter("2027-W01", -1)).toBe("2026-W53");
  expect(weekAfter("no week", 1)).toBe("no week");
  expect(weekName("no week")).toBe("no week");
});
