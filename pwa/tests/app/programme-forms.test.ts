/** Which form a contact is written in and read with, and in which language it is shown. */
import { createHash } from "node:crypto";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { FormShelf } from "../../src/app/programme-forms.ts";
import { callable, matching, referralsIn } from "../../src/app/referrals.ts";
import type { Form } from "../../src/forms/index.ts";
import type { Engine, Published } from "../../src/sync/index.ts";

const mocked = vi.hoisted(() => ({ pack: vi.fn() }));
vi.mock("../../src/app/pack.ts", () => ({ loadForm: mocked.pack }));

const PACK: Form = {
  id: "contact",
  version: "pack",
  hash: "f0".repeat(32),
  title: "رابطہ",
  fields: [field("week", "ہفتہ")],
  choices: new Map(),
  fallback: new Set(),
};

beforeEach(() => {
  mocked.pack.mockResolvedValue({ form: PACK, lang: undefined });
});
afterEach(() => {
  mocked.pack.mockReset();
});

function field(name: string, label: string): Form["fields"][number] {
  const texts = { hint: "", constraint_message: "", appearance: "", choices: "", fields: [] };
  const asked = { required: false, relevant: undefined, constraint: undefined };
  const reckoned = { choice_filter: undefined, calculation: undefined, repeat_count: undefined };
  return { type: "text", name, label, ...texts, ...asked, ...reckoned };
}

function form(version: string, when: number, more: Record<string, string> = {}): Published {
  const fields = [
    { label: "Week", name: "week", type: "text" },
    { label: "A lamp?", name: "lamp", type: "text" },
  ];
  const content = JSON.stringify({ choices: {}, fields, id: "contact", title: "C", version });
  const form_hash = createHash("sha256").update(content).digest("hex");
  const values = { type: "form", form: "contact", form_hash, content, language: "en", ...more };
  return published("form", when, values);
}

function published(type: string, when: number, values: Record<string, string>): Published {
  const about = { id: String(when), type, published: when, isStanding: true, isSeen: false };
  return { ...about, values: new Map(Object.entries(values)) };
}

function engineOf(found: readonly Published[]): Engine {
  return { published: async () => Promise.resolve(found) } as unknown as Engine;
}

function named(each: Published): { id: string; hash: string } {
  return { id: "contact", hash: String(each.values.get("form_hash")) };
}

test("a new contact is written in the newest form, an old one is read with its own", async () => {
  const [two, one] = [form("2", 2), form("1", 1)];
  const [shelf, engine] = [new FormShelf(), engineOf([two, one])];
  expect((await shelf.load(engine, "e", undefined, "en")).form.version).toBe("2");
  expect((await shelf.load(engine, "e", named(one), "en")).form.version).toBe("1");
  expect((await shelf.load(engine, "e", { id: "c", hash: PACK.hash }, "en")).form).toBe(PACK);
  expect((await shelf.load(engine, "e", { id: "c", hash: "00" }, "en")).form.version).toBe("2");
});

test("without one, or with none that stands, the hub's own is used", async () => {
  const gone = { ...form("1", 1), isStanding: false };
  const shelf = new FormShelf();
  expect((await shelf.load(engineOf([]), "e")).form).toBe(PACK);
  expect((await shelf.load(engineOf([gone]), "e")).form).toBe(PACK);
  expect((await shelf.load(engineOf([gone]), "e", named(gone), "en")).form.version).toBe("1");
});

test("what is not what its hash says is no form", async () => {
  const wrong = form("1", 1, { form_hash: "00".repeat(32) });
  expect((await new FormShelf().load(engineOf([wrong]), "e")).form).toBe(PACK);
});

test("a newer form of a kind that this app does not know is said, and the one before is used", async () => {
  const content = JSON.stringify({ fields: [{ type: "hologram", name: "a", label: "A" }] });
  const form_hash = createHash("sha256").update(content).digest("hex");
  const later = form("2", 2, { content, form_hash });
  const behind = await new FormShelf().load(engineOf([later, form("1", 1)]), "e", undefined, "en");
  expect(behind).toMatchObject({ behind: true, form: { version: "1" } });
  const again = await new FormShelf().load(engineOf([form("3", 3), later]), "e", undefined, "en");
  expect(again.behind).toBeUndefined();
});

test("it speaks the reader's language where it, or the hub's own form, can", async () => {
  const placed = { standard: PACK.hash, placed: "0 1 - - - - -" };
  const both = form("1", 1, { ...placed, texts: '{"ur":{"A lamp?":"چراغ؟"}}' });
  const own = await new FormShelf().load(engineOf([both]), "e", undefined, "ur");
  expect(own.form.fields.map(({ label }) => label)).toEqual(["ہفتہ", "چراغ؟"]);
  expect([...own.form.fallback]).toEqual([]);
  const some = await new FormShelf().load(engineOf([form("1", 1, placed)]), "e", undefined, "ur");
  expect(some.form.fields.map(({ label }) => label)).toEqual(["ہفتہ", "A lamp?"]);
  expect(some.form).toMatchObject({ fallback: new Set(["A lamp?"]), source: "en" });
  mocked.pack.mockRejectedValue(new TypeError("no network"));
  const none = await new FormShelf().load(engineOf([form("1", 1, placed)]), "e", undefined, "ur");
  expect(none.lang).toBe("en");
  expect(none.form.fields[0]?.label).toBe("Week");
});

test("of a coordinator who was revoked the form is read, but no word that stands for another", async () => {
  const said = { standard: PACK.hash, placed: "0 1 - - 1 - -", texts: '{"ur":{"A lamp?":"?"}}' };
  const gone = { ...form("1", 2, said), isStanding: false };
  const alone = await new FormShelf().load(engineOf([gone]), "e", named(gone), "ur");
  expect(alone.form.fields.map(({ label }) => label)).toEqual(["Week", "A lamp?"]);
  const stands = form("1", 1, { texts: '{"ur":{"A lamp?":"چراغ؟"}}' });
  const both = await new FormShelf().load(engineOf([gone, stands]), "e", named(gone), "ur");
  expect(both.form.fields.map(({ label }) => label)).toEqual(["Week", "چراغ؟"]);
});

test("the newest list of referral contacts counts, and is searched by kind and by words", () => {
  const list = [
    { service: "Night shelter", kind: "shelter", area: "Border", phone: "+66 2 (555) 01" },
    { service: "Legal desk", kind: "legal" },
    { kind: "nothing else" },
  ];
  const found = referralsIn([
    published("referrals", 2, { contacts: JSON.stringify(list) }),
    published("referrals", 1, { contacts: "[]" }),
  ]);
  expect(found.map(({ service }) => service)).toEqual(["Night shelter", "Legal desk"]);
  const label = (kind: string): string => (kind === "legal" ? "Free legal help" : kind);
  const services = (kind: string, words: string): string[] =>
    matching(found, kind, words, label).map(({ service }) => service);
  expect(services("", "")).toHaveLength(2);
  expect(services("legal", "")).toEqual(["Legal desk"]);
  expect(services("", "free help")).toEqual(["Legal desk"]);
  expect(services("shelter", "legal")).toEqual([]);
  expect(callable(found[0]?.phone ?? "")).toBe("tel:+66255501");
  expect(referralsIn([published("referrals", 1, { contacts: "no list" })])).toEqual([]);
});
