/** Counts, filters and gaps, against the same found the slow way. */
import { describe, expect, test } from "vitest";

import {
  ContactTable,
  countGap,
  gapsOf,
  NO_ANSWER,
  type Question,
  questionsOf,
  rowsOf,
  WEEK,
} from "../../src/counts/index.ts";
import { decodeForm } from "../../src/forms/index.ts";
import type { SeenContact } from "../../src/sync/coordinator/contacts.ts";
import { contact } from "./contacts.ts";

const SIGNS = Array.from({ length: 70 }, (_, at) => `sign_${at}`);
const QUESTIONS: readonly Question[] = [
  { name: "place", many: false, choices: ["border", "coast", "city"] },
  { name: "needs", many: true, choices: ["medical", "shelter", "none"] },
  { name: "referral_type", many: false, choices: ["medical", "shelter"] },
  { name: "outcome", many: false, choices: ["accepted", "no_place", "unknown"] },
  { name: "signs", many: true, choices: SIGNS },
];
const WEEKS = ["2026-W40", "2026-W41", "2026-W53", "2027-W01", "Friday"];

/** The same each time, and no pattern in it. */
function* draws(): Generator<number, never> {
  for (let state = 7; ;) yield (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function made(size: number): SeenContact[] {
  const random = draws();
  const draw = (): number => random.next().value;
  const one = (of: readonly string[]): string => of[Math.floor(draw() * of.length)] ?? "";
  return Array.from({ length: size }, () => {
    const fields: Record<string, string | readonly string[]> = { week: one(WEEKS) };
    for (const { name, many, choices } of QUESTIONS) {
      if (draw() < 0.2) continue;
      const rare = many && choices.length > 3 ? 0.05 : 0.4;
      fields[name] = many ? choices.filter(() => draw() < rare) : one([...choices, "unheard of"]);
    }
    return contact(fields, draw() < 0.05 ? { late: true } : {});
  });
}

function rowsIn(each: SeenContact, question: Question): readonly string[] {
  const value = each.fields.get(question.name);
  const named = (Array.isArray(value) ? (value as string[]) : [value]) as string[];
  const known = named.filter((name) => question.choices.includes(name));
  return question.many || known.length > 0 ? known : [NO_ANSWER];
}

describe("a table of contacts", () => {
  const contacts = made(3000);
  const table = new ContactTable(contacts, QUESTIONS);

  test("counts each row of each question as it is counted by hand", () => {
    const weeks = { name: WEEK, many: false, choices: WEEKS.slice(0, -1) };
    expect(table.question(WEEK)).toEqual(weeks);
    for (const question of [...QUESTIONS, weeks]) {
      const counted = contacts.filter(({ late }) => !late);
      const slow = rowsOf(question).map(
        (row) => counted.filter((each) => rowsIn(each, question).includes(row)).length,
      );
      expect(table.count(question.name, table.select({}))).toEqual(slow);
    }
  });

  test("puts filters together: all questions, any of a question's rows, from week to week", () => {
    const answers = new Map([
      ["place", ["border", NO_ANSWER]],
      ["signs", ["sign_3", "sign_69"]],
    ]);
    const found = table.select({ from: "2026-W41", to: "2026-W53", answers });
    const isIn = (each: SeenContact, name: string): boolean =>
      QUESTIONS.filter((question) => question.name === name).some((question) =>
        rowsIn(each, question).some((row) => answers.get(name)?.includes(row)),
      );
    const weeks: readonly unknown[] = ["2026-W41", "2026-W53"];
    const slow = contacts.flatMap((each, number) =>
      !each.late &&
      weeks.includes(each.fields.get("week")) &&
      isIn(each, "place") &&
      isIn(each, "signs")
        ? [number]
        : [],
    );
    expect([...found]).toEqual(slow);
    expect(slow.length).toBeGreaterThan(10);
  });

  test("sets apart, with their counts, what is provisional, late or undecided", () => {
    const odd = [
      contact({}, { standing: "provisional", late: true }),
      contact({}, { standing: "revoked", late: true }),
      contact({}, { undecided: true }),
      contact({}, { deleted_elsewhere: true }),
      contact({}, { standing: "revoked" }),
    ];
    const { apart, size } = new ContactTable(odd, QUESTIONS);
    const numbers = [apart.provisional, apart.late, apart.undecided].map((each) => [...each]);
    expect(numbers).toEqual([[0], [1], [2, 3]]);
    expect(size).toBe(1);
  });

  test("knows what was asked for and led to no referral, and what was referred and reached nobody", () => {
    const small = new ContactTable(
      [
        contact({ needs: ["medical", "shelter"], place: "coast" }),
        contact({ needs: ["none"] }),
        contact({ needs: ["medical"], referral_type: "shelter", outcome: "no_place" }),
        contact({ needs: ["medical"], referral_type: "medical", outcome: "accepted" }),
        contact({ referral_type: "medical", outcome: "unknown" }),
        contact({ referral_type: "medical" }),
      ],
      QUESTIONS,
    );
    const found = gapsOf(small).map((gap) => [gap.name, countGap(small, gap, {})]);
    expect(found).toEqual([
      ["asked", [1, 1]],
      ["referred", [0, 1]],
      ["unknown", [2, 0]],
    ]);
    const [asked] = gapsOf(small);
    const answers = new Map([["place", ["border"]]]);
    expect(asked && countGap(small, asked, { answers })).toEqual([0, 0]);
    expect(gapsOf(new ContactTable([], []))).toEqual([]);
  });

  test("knows them too where a version of the form lets people choose several", () => {
    const several = QUESTIONS.map((each) =>
      ["referral_type", "outcome"].includes(each.name) ? { ...each, many: true } : each,
    );
    const small = new ContactTable(
      [
        contact({ needs: ["medical", "shelter"] }),
        contact({ needs: ["medical"], referral_type: ["shelter"], outcome: ["no_place"] }),
        contact({ needs: ["medical"], referral_type: "medical", outcome: "accepted" }),
        contact({ referral_type: ["medical", "shelter"], outcome: ["unknown"] }),
        contact({ referral_type: ["medical"], outcome: [] }),
      ],
      several,
    );
    const found = gapsOf(small).map((gap) => [gap.name, countGap(small, gap, {})]);
    expect(found).toEqual([
      ["asked", [1, 1]],
      ["referred", [0, 1]],
      ["unknown", [2, 1]],
    ]);
    const answers = new Map([["signs", [NO_ANSWER]]]);
    expect(small.select({ answers }).length).toBe(5);
  });

  test("of 100,000 contacts is made and counted whole, and between its slices the page answers", async () => {
    const many = Array.from({ length: 50 }, () => contacts.slice(0, 2000)).flat();
    const large = new ContactTable(many, QUESTIONS);
    const small = new ContactTable(contacts.slice(0, 2000), QUESTIONS);
    const counts = (of: ContactTable): number[] => of.count("signs", of.select({}));
    expect(counts(large)).toEqual(counts(small).map((count) => count * 50));
    let answered = 0;
    const sliced = await ContactTable.inSlices(many, QUESTIONS, async () => {
      answered += 1;
      return Promise.resolve();
    });
    expect(counts(sliced)).toEqual(counts(large));
    expect(answered).toBe(50);
  });
});

test("the questions are those of every version of the form, the newest version's first", () => {
  const form = (version: string, type: string, choices: readonly string[]): unknown => ({
    id: "contact",
    version,
    hash: version,
    title: "",
    choices: { list: choices.map((name) => ({ name, label: name })) },
    fields: [
      { type: "text", name: "week", label: "" },
      { type, name: "needs", label: "", choices: "list" },
      { type: "select_one", name: `only_${version}`, label: "", choices: "list" },
    ],
  });
  const older = decodeForm(form("1", "select_one", ["old", "both"]));
  const newer = decodeForm(form("2", "select_multiple", ["both", "new"]));
  expect(questionsOf([older, newer])).toEqual([
    { name: "needs", many: true, choices: ["both", "new", "old"] },
    { name: "only_2", many: false, choices: ["both", "new"] },
    { name: "only_1", many: false, choices: ["old", "both"] },
  ]);
});

test("what is asked in a repeat is no question of its own: contacts are counted, not answers", () => {
  const field = (type: string, name: string): unknown => ({
    type,
    name,
    label: "",
    choices: "list",
  });
  const form = decodeForm({
    id: "contact",
    version: "1",
    hash: "1",
    title: "",
    choices: { list: ["yes", "no"].map((name) => ({ name, label: name })) },
    fields: [
      field("select_one", "alone"),
      {
        type: "repeat",
        name: "children",
        label: "",
        fields: [field("select_one", "school"), field("select_multiple", "needs")],
      },
    ],
  });
  const questions = questionsOf([form]);
  expect(questions).toEqual([{ name: "alone", many: false, choices: ["yes", "no"] }]);
  const told = { alone: "no", "school/1": "yes", "school/2": "no", "needs/1": ["yes", "no"] };
  const table = new ContactTable([contact(told), contact({ alone: "yes" })], questions);
  expect(table.count("alone", table.select({}))).toEqual([1, 1, 0]);
});
