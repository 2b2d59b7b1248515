import { expect, test } from "vitest";

import {
  answeredIn,
  answersOf,
  check,
  decimalOf,
  rebased,
  revealedIn,
  withoutTime,
} from "../../src/app/answering.ts";
import { answerText } from "../../src/app/answer-text.ts";
import { conflictsOf, withCalculated } from "../../src/app/conflicts.ts";
import { answerable, decodeForm } from "../../src/forms/index.ts";

const form = decodeForm({
  id: "wide",
  version: "1",
  title: "Wide",
  choices: {},
  fields: [
    { type: "decimal", name: "fee", label: "Fee" },
    {
      type: "repeat",
      name: "child",
      label: "Children",
      fields: [
        { type: "integer", name: "age", label: "Age", required: true },
        { type: "text", name: "note", label: "Note" },
      ],
    },
    {
      type: "calculate",
      name: "total",
      label: "Total",
      calculation: [
        "call",
        "+",
        [
          ["field", "fee"],
          ["call", "sum", [["field", "age"]]],
        ],
      ],
    },
  ],
});
const [repeat] = form.fields.filter(({ type }) => type === "repeat");

test("a time of a repeat that is taken out leaves no gap", () => {
  if (repeat === undefined) throw new TypeError("no repeat");
  const answers = { fee: "1", "age/1": 3, "age/2": 5, "note/2": "x", "age/3": 7 };
  expect(withoutTime(repeat, answers, 1)).toEqual({
    fee: "1",
    "age/1": 5,
    "note/1": "x",
    "age/2": 7,
  });
  expect(answeredIn(repeat, answers)).toBe(4);
});

test("what was typed and not left yet is saved as a record holds it, with its calculation", () => {
  const checked = check(form, { fee: "٢٫٥", "age/1": 3 });
  expect(checked).toEqual({ values: { fee: "2.5", "age/1": 3, total: "5.5" } });
  expect(check(form, { fee: "2 or 3" }).problems).toMatchObject([{ code: "bad-decimal" }]);
  expect(check(form, { "note/2": "x" }).problems).toMatchObject([
    { field: "age/1", code: "required" },
    { field: "age/2", code: "required" },
  ]);
});

test.each([
  ["1.50", "1.5"],
  ["1,5", "1.5"],
  ["០.៥", "0.5"],
  ["1,000,000", "1000000"],
  ["-1", "-1"],
  ["x", "x"],
  ["  ", undefined],
])("%s is kept as %s", (typed, kept) => {
  expect(decimalOf(typed)).toBe(kept);
});

test("the free text of every time is looked through", () => {
  const before = answersOf(form, { "note/1": "call 0812345678", "age/1": 3 });
  const now = { ...before, "note/2": "call 0898765432" };
  expect(revealedIn(form, before, now)).toMatchObject([{ kind: "number", text: "0898765432" }]);
});

test("two phones that each answered one time have nothing to decide but what both answered", () => {
  const before = { "age/1": 3, total: 3 };
  const theirs = { "age/1": 3, "age/2": 9, total: 12 };
  const { answers, clashes } = rebased(form, before, theirs, { "age/1": 4, total: 3 });
  expect(answers).toMatchObject({ "age/1": 4, "age/2": 9 });
  expect(clashes).toEqual([]);
});

test("what is calculated is never decided, but follows what was", () => {
  const fields = new Map([
    ["age/1", [3, 4]],
    ["fee", ["1"]],
    ["total", [4, 5]],
  ]);
  expect(conflictsOf({ fields }, form).map(({ name }) => name)).toEqual(["age/1"]);
  expect(withCalculated({ fields }, form, { "age/1": 4 })).toEqual({ "age/1": 4, total: 5 });
});

test("days, times and numbers are shown as the language writes them", () => {
  const [fee] = answerable(form.fields);
  if (fee === undefined) throw new TypeError("no field");
  expect(answerText("1234.5", fee, form)).toBe("1234.5");
  expect(answerText("2026-11-22", { ...fee, type: "date" }, form)).toBe("November 22, 2026");
  expect(answerText("14:05", { ...fee, type: "time" }, form)).toBe("14:05");
});
