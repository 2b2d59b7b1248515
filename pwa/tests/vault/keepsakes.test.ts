import { expect, test } from "vitest";

import { fromHex } from "../../src/sync/bytes.ts";
import { decode, part } from "../../src/sync/canonical.ts";
import { list } from "../../src/sync/decoding.ts";
import { createVault, DamagedError, openVault, type Vault } from "../../src/vault/index.ts";
import { Database } from "../../src/vault/database.ts";
import { disk, PASSPHRASE, settle, World } from "./world.ts";

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

/** Rows as released versions wrote them, never to be changed: every later version reads them. */
const GOLDEN_DAY =
  "96a86b65657073616b6501a36461799592a464617465aa323032362d30332d303192a57374617274cd01e092a3656e64cd03fc92a5" +
  "70617573653c92a46e6f7465a8d8a8d8a7d8b1d8b4cf0000019ca6b1dc00cf0000019ca6b1dfe8";
const GOLDEN_OFFER =
  "96a86b65657073616b6501a56f666665729492a377686fa86120636f7573696e92a369647391a366656592a97175657374696f6e73" +
  "91d928446f20746865792061736b20796f7520666f72206d6f6e6579206265666f726520796f7520676f3f92a7616e737765727391" +
  "a3796573cf0000019ca6b1dc00cf0000019ca6b1dc00";
const GOLDEN_DRAFT =
  "98a5647261667401a4706c616ec0c0c0cf0000019ca6b1dc009192a4636f6465a8756d6272656c6c61";

async function putRow(vault: Vault, type: "keepsake" | "draft", state: string, hex: string) {
  const content = list(part)(decode(fromHex(hex)), "$");
  return vault.change((change) => {
    const address = change.newAddress();
    const line = { address, type, state, collection: "", order: 1, small: null };
    change.put(line, content);
    return address;
  });
}

test("rows of version 1 are read as they were written", async () => {
  const { vault } = await made();
  const day = await putRow(vault, "keepsake", "day", GOLDEN_DAY);
  const offer = await putRow(vault, "keepsake", "offer", GOLDEN_OFFER);
  await putRow(vault, "draft", "", GOLDEN_DRAFT);
  expect(await vault.keepsakes.read(day)).toMatchObject({
    kind: "day",
    values: DAY,
    created: Date.UTC(2026, 2, 1),
  });
  expect((await vault.keepsakes.list("offer")).kept).toMatchObject([
    { id: offer, values: { who: "a cousin", ids: ["fee"], answers: ["yes"] } },
  ]);
  expect(await vault.drafts.list()).toMatchObject([{ kind: "plan", values: { code: "umbrella" } }]);
});

test("a fraction is never written", async () => {
  const { vault } = await made();
  await expect(vault.keepsakes.keep("day", { start: 1.5 }, { order: 1 })).rejects.toThrow();
  expect(vault.keepsakes.lines("day")).toEqual([]);
});

test("what two tabs changed, or one changed and the other deleted, is kept twice", async () => {
  const { world, vault } = await made();
  const other = await openVault(world.tab(), PASSPHRASE);
  const replaces = await vault.keepsakes.keep("day", DAY, { order: 5 });
  await settle();
  const writing = { order: 5, replaces, before: DAY };
  expect(await vault.keepsakes.keep("day", { ...DAY, end: 1080 }, writing)).toBe(replaces);
  // The same again is the same; another answer is no reason to lose the first.
  expect(await other.keepsakes.keep("day", { ...DAY, end: 1080 }, writing)).toBe(replaces);
  const second = await other.keepsakes.keep("day", { ...DAY, start: 300 }, writing);
  expect(second).not.toBe(replaces);
  const ends = async (): Promise<unknown[]> => {
    await settle();
    const { kept } = await other.keepsakes.list("day");
    return kept.map(({ values }) => values["end"]).sort();
  };
  expect(await ends()).toEqual([1080, DAY.end].sort());
  await other.keepsakes.delete(replaces);
  await vault.keepsakes.keep("day", { ...DAY, end: 1140 }, writing);
  expect(await ends()).toEqual([1140, DAY.end].sort());
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
