/** Which form a contact is written in and read with, and in which language it is shown. */
import { createHash } from "node:crypto";

import { encode } from "@msgpack/msgpack";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { FormShelf } from "../../src/app/programme-forms.ts";
import { callable, matching, referralsIn } from "../../src/app/referrals.ts";
import type { Engine, Published } from "../../src/sync/index.ts";

/** The hub's own form, as a pack has it. */
const PACK = {
  id: "contact",
  version: "pack",
  hash: "f0".repeat(32),
  title: "رابطہ",
  fields: [{ type: "text", name: "week", label: "ہفتہ" }],
  choices: {},
};
const PACKS: ReadonlyMap<string, object> = new Map([
  ["en", { ...PACK, title: "Contact", fields: [{ type: "text", name: "week", label: "Week" }] }],
  ["ur", PACK],
]);
let hasNetwork = true;

/** What a hub serves of its packs, the index unsigned: a page leaves that to the service worker. */
function served(path: string): Uint8Array<ArrayBuffer> {
  const parts = [...PACKS].map(([tag, form]) => {
    const bytes = Buffer.from(JSON.stringify({ form }));
    const hash = createHash("sha256").update(bytes).digest();
    return { tag, bytes, hash };
  });
  const part = parts.find(({ hash }) => path.endsWith(`packs/parts/${hash.toString("hex")}`));
  if (part !== undefined) return new Uint8Array(part.bytes);
  const of = parts.find(({ tag }) => path.endsWith(`packs/${tag}/index`));
  if (of === undefined) throw new TypeError(path);
  const listed = [["form/contact", of.hash, of.bytes.length]];
  const body = encode(["sojourn/1/index", of.tag, 1, "2026-11-21", listed]);
  return new Uint8Array(encode([body, new Uint8Array(65), new Uint8Array(64), []]));
}

beforeEach(() => {
  hasNetwork = true;
  vi.stubGlobal("fetch", async (address: string) => {
    if (!hasNetwork) throw new TypeError("no network");
    return Promise.resolve(new Response(served(new URL(address).pathname)));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

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
  expect((await shelf.load(engine, "e", { id: "c", hash: PACK.hash }, "en")).form).toMatchObject({
    version: "pack",
    hash: PACK.hash,
  });
  expect((await shelf.load(engine, "e", { id: "c", hash: "00" }, "en")).form.version).toBe("2");
});

test("without one, or with none that stands, the hub's own is used", async () => {
  const gone = { ...form("1", 1), isStanding: false };
  const shelf = new FormShelf();
  expect((await shelf.load(engineOf([]), "e")).form).toMatchObject({
    version: "pack",
    hash: PACK.hash,
  });
  expect((await shelf.load(engineOf([gone]), "e")).form).toMatchObject({
    version: "pack",
    hash: PACK.hash,
  });
  expect((await shelf.load(engineOf([gone]), "e", named(gone), "en")).form.version).toBe("1");
});

test("what is not what its hash says is no form", async () => {
  const wrong = form("1", 1, { form_hash: "00".repeat(32) });
  expect((await new FormShelf().load(engineOf([wrong]), "e")).form).toMatchObject({
    version: "pack",
    hash: PACK.hash,
  });
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
  hasNetwork = false;
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
