import { expect, test } from "vitest";

import { reasonSentence, sentenceOf } from "../../src/app/faults.ts";
import { problemSentence } from "../../src/app/problems.ts";
import {
  dayOf,
  sealedSentence,
  stateSentence,
  statusNotes,
  statusSentence,
} from "../../src/app/states.ts";
import { formatDay } from "../../src/i18n/index.ts";
import { InviteError, ProblemError, UnreachableError } from "../../src/sync/errors.ts";
import type { ContactSummary, SyncStatus } from "../../src/sync/face.ts";
import { WrongPassphraseError } from "../../src/vault/errors.ts";

test("no moment or day that somebody else made up stops a screen", () => {
  expect(dayOf(Date.UTC(2026, 2, 1, 12))).toBe("March 1, 2026");
  for (const far of [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER * 1000, NaN]) {
    expect(dayOf(far)).toBe("");
  }
  expect(dayOf(Date.UTC(20_260, 0, 1, 12))).toBe("20260-01-01");
  expect(formatDay("2026-02-99")).toBe("2026-02-99");
});

const NOTHING: SyncStatus = {
  onPhone: 0,
  onHub: 0,
  waiting: 0,
  attention: 0,
  waitingSince: undefined,
  lastCounter: 0,
  lastSync: undefined,
  sending: false,
  problem: undefined,
  nextTry: undefined,
  held: undefined,
};
const CONTACT: ContactSummary = {
  id: "00",
  enrolment: "01",
  state: "waiting",
  reason: undefined,
  receipt: undefined,
  saved: 0,
};

test("a contact that no key opens says so, and promises no key once none can come", () => {
  expect(sealedSentence({ saved: 0 }, 6 * 86_400_000)).toBe(
    "The key of this contact has not arrived yet. It is kept, and opens later.",
  );
  expect(sealedSentence({ saved: 0 }, 8 * 86_400_000)).toBe(
    "This cannot be opened with the keys on this phone. It is kept as it is.",
  );
});

test("the line tells how many contacts are where", () => {
  expect(statusSentence(NOTHING)).toBe("No contacts on this phone yet.");
  expect(statusSentence({ ...NOTHING, onPhone: 12, onHub: 9, waiting: 3 })).toBe(
    "12 on this phone, 9 on the hub, 3 waiting: open me where there is a connection.",
  );
  expect(statusSentence({ ...NOTHING, onPhone: 2, onHub: 2 })).toBe(
    "2 contacts on this phone, and all are on the hub.",
  );
});

test("it never says that all are on the hub while one needs attention", () => {
  const status = { ...NOTHING, onPhone: 2, onHub: 1, attention: 1 };
  expect(statusSentence(status)).toBe("2 on this phone, 1 on the hub.");
  expect(statusNotes(status)).toEqual(["1 contact needs your attention: see the list."]);
});

test("a hub that cannot be reached is told calmly, and not while it is being tried", () => {
  const status: SyncStatus = { ...NOTHING, problem: "unreachable" };
  expect(statusNotes(status)).toEqual([sentenceOf(new UnreachableError())]);
  expect(statusNotes({ ...status, sending: true })).toEqual(["Sending…"]);
});

test("a relay's receipt is not the hub's", () => {
  const relayed: ContactSummary = { ...CONTACT, receipt: { by: "relay", at: 0 } };
  expect(stateSentence(relayed)).not.toBe(stateSentence(CONTACT));
  expect(stateSentence(relayed)).toContain("until the hub has it");
});

test("a reason that we do not know yet is shown as it is", () => {
  expect(reasonSentence("new-reason")).toContain("new-reason");
  expect(reasonSentence(undefined)).toContain("Try again");
});

test("every kind of fault is a sentence", () => {
  const faults = [
    new WrongPassphraseError(),
    new InviteError("wrong-hub"),
    new ProblemError("invite-used"),
    new TypeError("no network"),
    new Error("anything"),
  ];
  const said = faults.map(sentenceOf);
  expect(new Set(said).size).toBe(faults.length);
  for (const sentence of said) expect(sentence).toMatch(/^[A-Z].*\.$/);
});

test("a form's own message is said for its own constraint", () => {
  const problem = {
    field: "people",
    code: "constraint",
    args: { message: "From 1 to 50." },
  } as const;
  expect(problemSentence(problem, "integer")).toBe("From 1 to 50.");
  expect(problemSentence({ ...problem, args: {} }, "integer")).toContain("does not fit");
  expect(problemSentence({ field: "a", code: "too-long", args: { most: 280 } }, "text")).toContain(
    "280",
  );
});
