import { readdirSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { randomBytes } from "../../src/sync/identifiers.ts";
import { readerOf } from "../../src/sync/client/reading.ts";
import { heldAt } from "../../src/sync/coordinator/desk.ts";
import { SHEET_BYTES } from "../../src/sync/coordinator/index.ts";
import { createEngine } from "../../src/sync/index.ts";
import { LAYOUT } from "../../src/vault/database.ts";
import { openVault } from "../../src/vault/index.ts";
import {
  bookReader,
  COPY,
  decodeGolden,
  PASSKEY,
  PASSPHRASE,
  putGolden,
  realTab,
  RECOVERY,
  REPORT,
  SECOND,
} from "./golden.ts";
import { disk, settle, World } from "./world.ts";

const FOLDER = new URL("golden/", import.meta.url);
const all = readdirSync(FOLDER).map((name) => {
  const read: unknown = JSON.parse(readFileSync(new URL(name, FOLDER), "utf-8"));
  return { name, ...decodeGolden(read) };
});
/** Those that golden-coordinator.ts made; the others are golden-store.ts's. */
const coordinators = all.filter(({ name }) => name.includes("coordinator"));
const stores = all.filter((each) => !coordinators.includes(each));

test("every layout up to this one has its golden store", () => {
  const layouts = [...new Set(stores.map(({ layout }) => layout))].sort((a, b) => a - b);
  expect(layouts).toEqual(Array.from({ length: LAYOUT }, (_, at) => at + 1));
});

test.each(stores)("$name opens, whole", async (golden) => {
  const world = new World();
  await putGolden(golden);
  const environment = realTab(world);
  const vault = await openVault(environment, PASSPHRASE);
  expect((await vault.notes.list()).map(({ title }) => title).sort()).toEqual([
    "The first note",
    "บันทึก ဗမာ ភាសា اردو",
  ]);
  const [draft] = await vault.drafts.list();
  expect(draft).toMatchObject({
    kind: "contact",
    form: { id: "contact", hash: "ab".repeat(32) },
    values: { area: "north", needs: ["legal", "food"], age: 3, safe: true },
  });
  expect(vault.autoLock).toEqual({ idle_seconds: 120, hidden_seconds: 30 });
  const origin = "https://hub.example";
  const online = new EventTarget();
  const engine = createEngine(vault, { ...environment, fetch, origin, randomBytes, online });
  const enrolment = vault.entries("enrolment")[0]?.address ?? "";
  const contacts = engine.contacts(enrolment);
  expect(contacts.map(({ state }) => state).sort()).toEqual(["on-hub", "on-this-phone"]);
  const read = await Promise.all(contacts.map(async ({ id }) => engine.readContact(id)));
  expect(read.map(({ fields }) => fields.get("area")?.[0]).sort()).toEqual([
    "on the hub",
    "waiting",
  ]);
  expect(engine.status.value).toMatchObject({ onPhone: 2, onHub: 1, waiting: 1, lastCounter: 2 });
});

test.each(stores.filter(({ layout }) => layout >= 2))(
  "$name opens by each of its ways",
  async (golden) => {
    const tab = realTab(new World());
    await putGolden(golden);
    for (const secret of [PASSPHRASE, RECOVERY, PASSKEY]) {
      const vault = await openVault(tab, secret);
      expect(await vault.notes.list()).toHaveLength(2);
      expect(vault.ways.present).toEqual({ recovery: true, passkey: true, second: "open" });
      await vault.lock();
    }
    const second = await openVault(tab, SECOND);
    expect((await second.notes.list()).map(({ title }) => title)).toEqual(["An ordinary note"]);
  },
);

test.each(stores.filter(({ name }) => name.includes("published")))(
  "$name has what was kept beside notes and contacts, and what coordinators published",
  async (golden) => {
    const environment = realTab(new World());
    await putGolden(golden);
    const vault = await openVault(environment, PASSPHRASE);
    const { kept, damaged } = await vault.keepsakes.list("date");
    expect(damaged).toBe(0);
    expect(kept.map(({ values }) => values)).toEqual([
      { name: "My visa ends on", date: "2027-03-01" },
    ]);
    const [copy] = vault.copies.lines();
    expect(await vault.copies.content(copy?.id ?? "")).toEqual(COPY.content);
    expect(await vault.copies.read(copy?.id ?? "")).toMatchObject({ name: "Passport" });
    const online = new EventTarget();
    const origin = "https://hub.example";
    const engine = createEngine(vault, { ...environment, fetch, origin, randomBytes, online });
    const published = await engine.published(vault.entries("enrolment")[0]?.address ?? "");
    expect(published.map(({ values, isSeen }) => [values.get("text"), isSeen])).toEqual([
      ["a new notice", false],
      ["an old notice", true],
    ]);
  },
);

test.each(coordinators)(
  "$name gives a coordinator all contacts, what coordinators keep, and the programme's keys",
  async (golden) => {
    const environment = realTab(new World());
    await putGolden(golden);
    const vault = await openVault(environment, PASSPHRASE);
    const origin = "https://hub.example";
    const online = new EventTarget();
    const engine = createEngine(vault, { ...environment, fetch, origin, randomBytes, online });
    await settle();
    const named = (wanted: string): string =>
      engine.enrolments.value.find(({ name }) => name === wanted)?.id ?? "";
    const border = await engine.coordinator(named("Border"));
    let opening = 0;
    const contacts = border.contacts(() => bookReader(() => (opening += 1)));
    await contacts.settled();
    const { sheet, unreadable } = contacts.seen.value;
    expect(sheet.contacts().map(({ fields }) => Object.fromEntries(fields))).toEqual(
      expect.arrayContaining([
        { area: "south" },
        { area: "east", needs: ["legal", "food"], age: 3, safe: true },
      ]),
    );
    expect({ contacts: sheet.size, unreadable, opening }).toEqual({
      contacts: 2,
      unreadable: 0,
      opening: 0,
    });
    const { kept, threshold } = await border.reports(() => "2026-Q3");
    expect({ kept: [...kept], threshold }).toEqual({ kept: [["2026-Q3", REPORT]], threshold: 7 });
    const seen = await border.seen();
    expect(seen).toMatchObject({ isReady: true, owesSheet: false, removals: [] });
    expect(seen.numbers).toMatchObject([{ missing: [], twice: [] }]);
    expect(seen.devices.map(({ role, note }) => [role, note]).sort()).toEqual([
      ["coordinator", ""],
      ["worker", "Amina"],
    ]);
    expect(seen.invites).toMatchObject([{ role: "worker", note: "not used" }]);
    expect(new Set(seen.log.map(({ deed }) => deed))).toEqual(
      new Set(["sheet", "invite", "threshold", "report", "export"]),
    );
    const published = await border.published();
    expect(published.map(({ values }) => values.get("text"))).toEqual(["a notice"]);
    expect(await border.sheet()).toHaveLength(SHEET_BYTES);

    // Its keys were changed, and the next change is not at the hub.
    const river = await engine.coordinator(named("River"));
    expect(await river.seen()).toMatchObject({ isReady: true, owesSheet: true, isRotating: true });
    const held = await heldAt(readerOf(vault), named("River"));
    expect(held.secrets.map(({ generation }) => generation)).toEqual([1, 2]);
    expect(held.rotation?.card.generation).toBe(3);
    expect(await river.sheet()).toHaveLength(SHEET_BYTES);
  },
);

test("a store of layout 1, from before there were other ways, takes them all", async () => {
  const tab = realTab(new World());
  const [first] = stores.filter(({ layout }) => layout === 1);
  if (first !== undefined) await putGolden(first);
  const vault = await openVault(tab, PASSPHRASE);
  expect(vault.ways.present).toEqual({ recovery: false, passkey: false, second: undefined });
  await vault.ways.setWay("recovery", PASSPHRASE, RECOVERY.recovery);
  await vault.ways.changePassphrase(RECOVERY, "another passphrase");
  await vault.ways.setSecond(SECOND, "open");
  await vault.lock();
  expect(await (await openVault(tab, "another passphrase")).notes.list()).toHaveLength(2);
  expect(await (await openVault(tab, SECOND)).notes.list()).toEqual([]);
});

test.each(all)("and what is not this vault's in $name stays", async (golden) => {
  const world = new World();
  await putGolden(golden);
  const vault = await openVault(realTab(world), PASSPHRASE);
  await vault.notes.create("one more");
  const { rows } = await disk();
  const kept = golden.rows.filter(
    ([address, row]) => Buffer.from(rows.get(address) ?? []).toString("hex") === row,
  );
  // The root and one page of the index are sealed anew.
  expect(kept.length).toBe(golden.rows.length - 2);
});
