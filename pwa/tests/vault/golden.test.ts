import { readdirSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { randomBytes } from "../../src/sync/identifiers.ts";
import { createEngine } from "../../src/sync/index.ts";
import { LAYOUT } from "../../src/vault/database.ts";
import { openVault } from "../../src/vault/index.ts";
import {
  COPY,
  decodeGolden,
  PASSKEY,
  PASSPHRASE,
  putGolden,
  realTab,
  RECOVERY,
  SECOND,
} from "./golden.ts";
import { disk, World } from "./world.ts";

const FOLDER = new URL("golden/", import.meta.url);
const stores = readdirSync(FOLDER).map((name) => {
  const read: unknown = JSON.parse(readFileSync(new URL(name, FOLDER), "utf-8"));
  return { name, ...decodeGolden(read) };
});

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

test.each(stores)("and what is not this vault's in $name stays", async (golden) => {
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
