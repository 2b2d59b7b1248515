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
    { type: "select_multiple", name: "seen", label: "Seen", choices: "areas" },
  ],
});
const [week, place, seen] = answerable(form.fields);

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

test("weeks follow each other over the new year", () => {
  expect(weekAfter("2026-W53", 1)).toBe("2027-W01");
  expect(weekAfter("2027-W01", -1)).toBe("2026-W53");
  expect(weekAfter("no week", 1)).toBe("no week");
  expect(weekName("no week")).toBe("no week");
});
