import { expect, test } from "vitest";

import { fromHex } from "../../src/sync/bytes.ts";
import { createVault, DamagedError, openVault, type Vault } from "../../src/vault/index.ts";
import { Database } from "../../src/vault/database.ts";
import { disk, settle, World } from "./world.ts";

const PASSPHRASE = "seven small boats at anchor";
const DAY = { date: "2026-03-01", start: 480, end: 1020, pause: 60, note: "بارش" };

async function made(): Promise<{ world: World; vault: Vault }> {
  const world = new World();
  return { world, vault: await createVault(world.tab(), PASSPHRASE) };
}

test("a keepsake is kept, changed and deleted, and its draft goes with the saving", async () => {
  const { world, vault } = await made();
  const draft = vault.drafts.begin({ kind: "day" });
  vault.drafts.save(draft, { date: "2026-03-01", start: "08:00" });
  await vault.drafts.flush();
  const id = await vault.keepsakes.keep("day", DAY, { order: 5, draft });
  expect(await vault.drafts.list()).toEqual([]);
  const created = world.time;
  world.time += 1000;
  await vault.keepsakes.keep("day", { ...DAY, end: 1080 }, { order: 5, replaces: id });
  expect(await vault.keepsakes.read(id)).toEqual({
    id,
    kind: "day",
    values: { ...DAY, end: 1080 },
    created,
    changed: created + 1000,
  });
  await vault.keepsakes.delete(id);
  expect(vault.keepsakes.lines("day")).toEqual([]);
});

test("lists are in their order, one kind at a time, and outlive the lock", async () => {
  const { world, vault } = await made();
  for (const order of [3, 9, 6]) await vault.keepsakes.keep("date", { order }, { order });
  await vault.keepsakes.keep("plan", { code: "blue" }, { order: 0 });
  await vault.lock();
  const again = await openVault(world.tab(), PASSPHRASE);
  const { kept, damaged } = await again.keepsakes.list("date");
  expect(kept.map(({ values }) => values["order"])).toEqual([9, 6, 3]);
  expect(damaged).toBe(0);
  expect(again.keepsakes.lines("date").map(({ order }) => order)).toEqual([9, 6, 3]);
});

test("a draft of each kind is found again", async () => {
  const { world, vault } = await made();
  const draft = vault.drafts.begin({ kind: "offer" });
  vault.drafts.save(draft, { who: "a cousin" });
  await vault.lock();
  const again = await openVault(world.tab(), PASSPHRASE);
  expect(await again.drafts.list()).toMatchObject([{ kind: "offer", values: { who: "a cousin" } }]);
});

test("a row that does not open is counted, kept, and hides no other", async () => {
  const { world, vault } = await made();
  const bad = await vault.keepsakes.keep("payment", { amount: "10" }, { order: 1 });
  await vault.keepsakes.keep("payment", { amount: "20" }, { order: 2 });
  const database = new Database(world.tab(), () => undefined);
  await database.commit({
    expect: [],
    put: [[fromHex(bad), new Uint8Array(540)]],
    delete: [],
  });
  const { kept, damaged } = await vault.keepsakes.list("payment");
  expect(kept.map(({ values }) => values["amount"])).toEqual(["20"]);
  expect(damaged).toBe(1);
  await expect(vault.keepsakes.read(bad)).rejects.toThrow(DamagedError);
  expect((await disk()).rows.has(bad)).toBe(true);
});

test("a fraction is never written", async () => {
  const { vault } = await made();
  await expect(vault.keepsakes.keep("day", { start: 1.5 }, { order: 1 })).rejects.toThrow();
  expect(vault.keepsakes.lines("day")).toEqual([]);
});

test("two tabs keep side by side, and nothing is lost", async () => {
  const { world, vault } = await made();
  const other = await openVault(world.tab(), PASSPHRASE);
  await Promise.all([
    vault.keepsakes.keep("day", DAY, { order: 1 }),
    other.keepsakes.keep("day", DAY, { order: 2 }),
    vault.keepsakes.keep("day", DAY, { order: 3 }),
  ]);
  await settle();
  expect(vault.keepsakes.lines("day")).toHaveLength(3);
  expect(other.keepsakes.lines("day")).toHaveLength(3);
});
