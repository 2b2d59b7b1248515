import { expect, test, vi } from "vitest";

import { type Bytes, concat, fromHex, toHex } from "../../src/sync/bytes.ts";
import { decode, part, sha256 } from "../../src/sync/canonical.ts";
import { list } from "../../src/sync/decoding.ts";
import { chunkLines, readChunk } from "../../src/vault/chunks.ts";
import { attachmentOf } from "../../src/vault/copies.ts";
import { Database } from "../../src/vault/database.ts";
import {
  createVault,
  DamagedError,
  openVault,
  StorageFullError,
  UnknownRowError,
  type Vault,
  VaultLockedError,
  wipe,
} from "../../src/vault/index.ts";
import { disk, PASSPHRASE, settle, World } from "./world.ts";

const THUMBNAIL = new Uint8Array([0xff, 0xd8, 0xff, 1, 2, 3]);

async function made(): Promise<{ world: World; vault: Vault }> {
  const world = new World();
  return { world, vault: await createVault(world.tab(), PASSPHRASE) };
}

/** Of more than two chunks, and unlike in each. */
function picture(length = 600_000): Bytes {
  return new Uint8Array(length).map((_, at) => (at * 7 + (at >> 11)) & 255);
}

async function keep(vault: Vault, content: Bytes, name = ""): Promise<string> {
  return vault.copies.keep({ name, media: "image/jpeg", content, thumbnail: THUMBNAIL });
}

function same(a: Bytes, b: Bytes): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Of all rows on the disk. */
async function digest(): Promise<string> {
  const rows = [...(await disk()).rows].sort(([a], [b]) => (a < b ? -1 : 1));
  return toHex(await sha256(concat(...rows.flatMap(([key, row]) => [fromHex(key), row]))));
}

test("a copy is kept whole, named, found again after a lock, and deleted with its chunks", async () => {
  const { world, vault } = await made();
  const before = (await disk()).rows.size;
  const id = await keep(vault, picture());
  await vault.copies.rename(id, "پاسپورٹ");
  await vault.lock();
  const again = await openVault(world.tab(), PASSPHRASE);
  expect(again.copies.lines()).toEqual([{ id, order: world.time }]);
  expect(await again.copies.read(id)).toEqual({
    id,
    name: "پاسپورٹ",
    media: "image/jpeg",
    thumbnail: THUMBNAIL,
    created: world.time,
  });
  expect(same(await again.copies.content(id), picture())).toBe(true);
  expect((await disk()).rows.size).toBeGreaterThan(before + 3);
  await again.copies.delete(id);
  expect(again.entries("chunk")).toEqual([]);
  await expect(again.copies.content(id)).rejects.toThrow(UnknownRowError);
  // One page of the index came with the first row.
  expect((await disk()).rows.size).toBe(before + 1);
});

test("a name that is being typed outlives the lock, and goes with the saving", async () => {
  const { world, vault } = await made();
  const id = await keep(vault, picture());
  vault.drafts.save(vault.drafts.begin({ kind: "copy", edits: id }), { name: "Passp" });
  await vault.lock();
  const again = await openVault(world.tab(), PASSPHRASE);
  const [draft] = await again.drafts.list();
  expect(draft).toMatchObject({ kind: "copy", edits: id, values: { name: "Passp" } });
  await again.copies.rename(id, "Passport", draft?.id);
  expect(await again.drafts.list()).toEqual([]);
  expect(await again.copies.read(id)).toMatchObject({ name: "Passport" });
});

test("nothing of a picture or its name lies on the disk", async () => {
  const { vault } = await made();
  await keep(vault, picture(), "Obsidian passport");
  const { rows } = await disk();
  const needles = [
    Buffer.from("Obsidian passport"),
    Buffer.from(THUMBNAIL),
    Buffer.from(picture()).subarray(0, 24),
    Buffer.from(picture()).subarray(300_000, 300_024),
  ];
  const whole = Buffer.concat([...rows.values()]);
  for (const needle of needles) expect(whole.includes(needle)).toBe(false);
});

test("a copy's chunks are told by address, in their order, as a hub would hold them", async () => {
  const { vault } = await made();
  const id = await keep(vault, picture());
  await keep(vault, picture(10));
  const { addresses } = attachmentOf((await vault.keepsakes.read(id)).values);
  const lines = chunkLines(vault, id);
  expect(lines.map(({ address }) => address)).toEqual(addresses);
  expect(lines).toHaveLength(3);
  for (const { row, address } of lines) {
    expect(toHex(await sha256(await readChunk(vault, row)))).toBe(address);
  }
});

test("a full disk keeps nothing of a new copy, and everything of the old", async () => {
  const { world, vault } = await made();
  const old = await keep(vault, picture(1000));
  const before = await digest();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const { put } = IDBObjectStore.prototype;
  for (const room of [0, 1, 4]) {
    let puts = 0;
    const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
      this: IDBObjectStore,
      value: unknown,
      key?: IDBValidKey,
    ) {
      if (puts === room) throw new DOMException("", "QuotaExceededError");
      puts += 1;
      return put.call(this, value, key);
    });
    await expect(keep(vault, picture())).rejects.toThrow(StorageFullError);
    full.mockRestore();
    await settle();
    expect(await digest()).toBe(before);
  }
  expect(vault.copies.lines()).toHaveLength(1);
  await keep(vault, picture());
  await vault.lock();
  const again = await openVault(world.tab(), PASSPHRASE);
  expect((await again.copies.content(old)).length).toBe(1000);
  expect(again.copies.lines()).toHaveLength(2);
});

test("a copy whose picture or row was changed is told as such, and can be deleted whole", async () => {
  const { world, vault } = await made();
  const [first, second] = [await keep(vault, picture()), await keep(vault, picture())];
  const [, middle] = chunkLines(vault, first);
  const database = new Database(world.tab(), () => undefined);
  const [theirs] = chunkLines(vault, second);
  const [moved] = await database.read([fromHex(theirs?.row ?? "")]);
  if (middle === undefined || moved === undefined) throw new Error("both have chunks");
  await database.commit({ expect: [], put: [[fromHex(middle.row), moved]], delete: [] });
  await expect(vault.copies.content(first)).rejects.toThrow(DamagedError);
  expect(await vault.copies.read(first)).toMatchObject({ id: first });
  await database.commit({ expect: [], put: [[fromHex(first), new Uint8Array(540)]], delete: [] });
  await expect(vault.copies.read(first)).rejects.toThrow(DamagedError);
  await vault.copies.delete(first);
  expect(vault.entries("chunk")).toHaveLength(3);
  expect(same(await vault.copies.content(second), picture())).toBe(true);
});

test("two tabs keep copies side by side, and a locked one keeps none", async () => {
  const { world, vault } = await made();
  const other = await openVault(world.tab(), PASSPHRASE);
  await Promise.all([keep(vault, picture(300_000)), keep(other, picture(5))]);
  await settle();
  for (const tab of [vault, other]) {
    const sizes = await Promise.all(tab.copies.lines().map(({ id }) => tab.copies.content(id)));
    expect(sizes.map(({ length }) => length).sort((a, b) => a - b)).toEqual([5, 300_000]);
  }
  await vault.lock();
  await expect(keep(vault, picture(5))).rejects.toThrow(VaultLockedError);
});

test("wiping takes the chunks too", async () => {
  const { world, vault } = await made();
  await keep(vault, picture());
  await wipe(world.tab());
  expect((await disk()).rows.size).toBe(0);
});

/** A chunk's row as a released version wrote it, never to be changed. */
const GOLDEN_CHUNK = "93a56368756e6b01c403010203";

test("a chunk of version 1 is read as it was written", async () => {
  const { vault } = await made();
  const small = [new Uint8Array(16).fill(1), new Uint8Array(32).fill(2)];
  const content = list(part)(decode(fromHex(GOLDEN_CHUNK)), "$");
  const row = await vault.change((change) => {
    const address = change.newAddress();
    const line = { address, type: "chunk", state: "", collection: "", order: 0, small } as const;
    change.put(line, content);
    return address;
  });
  expect(chunkLines(vault, "01".repeat(16))).toEqual([
    { row, owner: "01".repeat(16), address: "02".repeat(32) },
  ]);
  expect(toHex(await readChunk(vault, row))).toBe("010203");
});
