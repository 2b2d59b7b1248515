import { openDB } from "idb";
import { beforeEach, describe, expect, test, vi } from "vitest";

import {
  DamagedError,
  createVault,
  hasVault,
  NoVaultError,
  openVault,
  StorageFullError,
  StorageTooNewError,
  type Vault,
  VaultExistsError,
  VaultLockedError,
  wipe,
  WrongPassphraseError,
} from "../../src/vault/index.ts";
import { assignSlots } from "../../src/vault/slots.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import { disk, fullDisk, PASSPHRASE, settle, World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});

describe("making and opening", () => {
  test("a vault opens again with its passphrase, however that is typed", async () => {
    const vault = await world.made();
    const id = await vault.notes.create("water the plants");
    await vault.lock();
    const again = await openVault(world.tab(), `  seven  small boats\u200b at anchor `);
    expect((await again.notes.read(id)).text).toBe("water the plants");
  });

  test("before there is a vault nothing opens", async () => {
    expect(await hasVault(world.tab())).toBe(false);
    await expect(world.opened()).rejects.toThrow(NoVaultError);
    await world.made();
    expect(await hasVault(world.tab())).toBe(true);
  });

  test("another vault is not written over the first one", async () => {
    await world.made();
    await expect(createVault(world.tab(), "another")).rejects.toThrow(VaultExistsError);
    await world.opened();
  });

  test("two tabs that make a vault at once make one", async () => {
    const both = await Promise.allSettled([world.made(), createVault(world.tab(), "another")]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await disk()).header).toHaveLength(1);
  });

  test("a wrong passphrase opens nothing, says no more, and costs the same", async () => {
    await (await world.made()).lock();
    const before = world.derivations;
    await expect(openVault(world.tab(), "seven small boats")).rejects.toThrow(WrongPassphraseError);
    expect(world.derivations - before).toBe(1);
  });

  test("an unreadable root is left as it is", async () => {
    const vault = await world.made();
    const before = await disk();
    await vault.notes.create("one");
    await vault.lock();
    const { rows } = await disk();
    const root = [...before.rows].find(([address, row]) => !same(rows.get(address), row));
    const database = await openDB("notes");
    const address = Buffer.from(root?.[0] ?? "", "hex");
    await database.put("rows", randomBytes(540), new Uint8Array(address));
    database.close();
    const broken = await disk();
    await expect(world.opened()).rejects.toThrow(DamagedError);
    expect(await disk()).toEqual(broken);
  });

  test("a store of a later version is not touched", async () => {
    const database = await openDB("notes", 99);
    database.close();
    await expect(hasVault(world.tab())).rejects.toThrow(StorageTooNewError);
  });

  test("three slots are this vault's, three the second's, one for wiping, one is free", () => {
    for (let round = 0; round < 50; round += 1) {
      const { own, second, wiping } = assignSlots(randomBytes);
      const all = [...own, ...second, ...wiping];
      expect([own.length, second.length, wiping.length]).toEqual([3, 3, 1]);
      expect(new Set(all).size).toBe(7);
      expect(all.every((slot) => slot >= 0 && slot < 8)).toBe(true);
    }
  });

  test("wiping leaves nothing, and locks what was open", async () => {
    const vault = await world.made();
    await vault.notes.create("gone");
    await wipe(world.tab());
    await settle();
    expect(vault.isOpen.value).toBe(false);
    const left = await disk();
    expect([left.header.length, left.rows.size]).toEqual([0, 0]);
  });
});

describe("the rows", () => {
  test("chaff stays as it was through all that a vault does", async () => {
    const vault = await world.made();
    const before = await disk();
    const first = await vault.notes.create("first");
    await vault.notes.edit(first, "second");
    const draft = vault.drafts.begin({ kind: "note" });
    vault.drafts.save(draft, { text: "third" });
    await vault.drafts.flush();
    await vault.notes.delete(first);
    const after = await disk();
    const kept = [...before.rows].filter(([address, row]) => same(after.rows.get(address), row));
    // All but the root, which every change seals anew.
    expect(kept.length).toBe(before.rows.size - 1);
    expect(kept.length).toBeGreaterThanOrEqual(24);
  });

  test("hold nothing of what was typed", async () => {
    const vault = await world.made();
    const id = await vault.notes.create("Sokha owes me 400 dollars");
    const draft = vault.drafts.begin({ kind: "note", edits: id });
    vault.drafts.save(draft, { text: "Sokha paid" });
    await vault.drafts.flush();
    const { header, rows } = await disk();
    const all = Buffer.concat([...header, ...rows.values()]);
    for (const word of ["Sokha", "dollars", "draft", "note"]) {
      expect(all.includes(Buffer.from(word, "utf-8"))).toBe(false);
      expect(all.includes(Buffer.from(word, "utf-16le"))).toBe(false);
    }
  });

  test("a full disk is told, and nothing that was there is lost", async () => {
    const vault = await world.made();
    const id = await vault.notes.create("kept");
    const restore = fullDisk();
    await expect(vault.notes.create("no room")).rejects.toThrow(StorageFullError);
    await expect(vault.notes.edit(id, "no room")).rejects.toThrow(StorageFullError);
    restore();
    expect((await vault.notes.list()).map(({ title }) => title)).toEqual(["kept"]);
  });

  test("a note that does not open stands in the list, and the others with it", async () => {
    const vault = await world.made();
    const before = await disk();
    const bad = await vault.notes.create("bad");
    await vault.notes.create("good");
    expect(before.rows.has(bad)).toBe(false);
    const database = await openDB("notes");
    await database.put("rows", randomBytes(540), new Uint8Array(Buffer.from(bad, "hex")));
    database.close();
    const list = await vault.notes.list();
    expect(list.map(({ damaged }) => damaged).sort()).toEqual([false, true]);
    await expect(vault.notes.read(bad)).rejects.toThrow(DamagedError);
  });

  test("more than a page of entries is listed whole", async () => {
    const vault = await world.made();
    await vault.change((change) => {
      for (let at = 0; at < 600; at += 1) {
        const address = change.newAddress();
        const line = { type: "key", state: "", collection: "", order: at, small: [at] } as const;
        change.put({ address, ...line }, ["key", at]);
      }
    });
    await vault.lock();
    const again = await world.opened();
    expect(again.entries("key").map(({ order }) => order)).toEqual(
      Array.from({ length: 600 }, (_, at) => at),
    );
  });
});

describe("a vault that holds much", () => {
  test("reads what is asked for together in one transaction", async () => {
    const vault = await world.made();
    for (let at = 0; at < 40; at += 1) await vault.notes.create(`note ${at}`);
    const begun = vi.spyOn(IDBDatabase.prototype, "transaction");
    expect(await vault.notes.list()).toHaveLength(40);
    expect(begun).toHaveBeenCalledTimes(1);
    begun.mockRestore();
  });

  test("one row that the disk does not give keeps none of the others back", async () => {
    const vault = await world.made();
    const ids = [await vault.notes.create("one"), await vault.notes.create("two")];
    const getting = vi.spyOn(IDBObjectStore.prototype, "get").mockImplementationOnce(function (
      this: IDBObjectStore,
      address,
    ) {
      getting.mockRestore();
      const rows = Reflect.get(this, "_rawObjectStore") as { getValue: () => unknown };
      vi.spyOn(rows, "getValue").mockImplementationOnce(() => {
        throw new DOMException("Failed to read large IndexedDB value", "DataError");
      });
      return this.get(address);
    });
    const read = await Promise.allSettled(ids.map(async (id) => vault.notes.read(id)));
    expect(read.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  });

  test("lists in which nothing changed are the same lists, whatever else is written", async () => {
    const vault = await world.made();
    await vault.notes.create("one");
    const [notes, lines] = [vault.entries("note"), vault.notes.lines()];
    await vault.keepsakes.keep("day", { date: "2026-03-01" }, { order: 1 });
    expect(vault.entries("note")).toBe(notes);
    expect(vault.notes.lines()).toBe(lines);
    await vault.notes.create("two");
    expect(vault.entries("note")).toHaveLength(2);
    expect(vault.entries("note")[0]).toBe(notes[0]);
  });

  test("a change sees what it has put, marked and deleted, and what it has not touched as it was", async () => {
    const vault = await world.made();
    const [one, two] = [await vault.notes.create("one"), await vault.notes.create("two")];
    const before = vault.entries("note");
    await vault.change((change) => {
      const key = { type: "key", state: "", collection: "", order: 1, small: null } as const;
      const first = change.newAddress();
      change.put({ address: first, ...key }, ["key", 1]);
      expect(change.entries("note")).toBe(before);
      expect(change.entries("key").map(({ order }) => order)).toEqual([1]);
      change.mark({ address: first, ...key, order: 2 });
      expect(change.entries("key").map(({ order }) => order)).toEqual([2]);
      change.delete(first);
      change.delete(one);
      expect(change.entries("key")).toEqual([]);
      expect(change.entries("note").map(({ address }) => address)).toEqual([two]);
    });
    expect(vault.entries("note").map(({ address }) => address)).toEqual([two]);
    expect(vault.entries("key")).toEqual([]);
  });
});

describe("several tabs", () => {
  test("see each other's notes", async () => {
    const [one, two] = [await world.made(), await world.opened()];
    const id = await one.notes.create("from one");
    await settle();
    expect(two.generation.value).toBe(1);
    await two.notes.edit(id, "from two");
    expect((await one.notes.read(id)).text).toBe("from two");
  });

  test("that changed one note both keep what each wrote", async () => {
    const [one, two] = [await world.made(), await world.opened()];
    const id = await one.notes.create("before");
    await one.notes.edit(id, "from one", undefined, "before");
    await two.notes.edit(id, "from two", undefined, "before");
    const titles = (await two.notes.list()).map(({ title }) => title);
    expect(titles.sort()).toEqual(["from one", "from two"]);
  });

  test("one that changes a note which the other deletes keeps what it wrote", async () => {
    const [one, two] = [await world.made(), await world.opened()];
    const id = await one.notes.create("before");
    await two.notes.delete(id);
    const saved = await one.notes.edit(id, "typed meanwhile", undefined, "before");
    expect(saved).not.toBe(id);
    expect((await one.notes.list()).map(({ title }) => title)).toEqual(["typed meanwhile"]);
  });

  test("write at once, and nobody's is lost", async () => {
    const [one, two] = [await world.made(), await world.opened()];
    const texts = Array.from({ length: 10 }, (_, at) => `note ${at}`);
    await Promise.all(texts.map((text, at) => (at % 2 ? one : two).notes.create(text)));
    for (const vault of [one, two, await world.opened()]) {
      const titles = (await vault.notes.list()).map(({ title }) => title);
      expect(titles.sort()).toEqual(texts);
    }
  });

  test("even where the browser's locks do not hold, the second writer tries again", async () => {
    const lawless = { request: (_: string, work: () => unknown) => Promise.resolve(work()) };
    const locks = lawless as unknown as LockManager;
    const one = await createVault({ ...world.tab(), locks }, PASSPHRASE);
    const two = await openVault({ ...world.tab(), locks }, PASSPHRASE);
    let runs = 0;
    const count = async (vault: Vault): Promise<void> => {
      await vault.change(async (change) => {
        runs += 1;
        const [line] = change.entries("key");
        await settle();
        const order = (line?.order ?? 0) + 1;
        const address = line?.address ?? change.newAddress();
        const fields = { type: "key", state: "", collection: "", small: null } as const;
        change.put({ address, order, ...fields }, ["key", order]);
      });
    };
    await Promise.all([count(one), count(two)]);
    await count(one);
    expect((await world.opened()).entries("key").map(({ order }) => order)).toEqual([3]);
    expect(runs).toBeGreaterThan(3);
  });

  test("lock together", async () => {
    const [one, two] = [await world.made(), await world.opened()];
    await one.lock();
    await settle();
    expect([one.isOpen.value, two.isOpen.value]).toEqual([false, false]);
    await expect(two.notes.list()).rejects.toThrow(VaultLockedError);
  });
});

test("after the lock nothing is told", async () => {
  const vault = await world.made();
  const id = await vault.notes.create("secret");
  await vault.lock();
  for (const call of [
    async () => vault.notes.list(),
    async () => vault.notes.read(id),
    async () => vault.notes.create("more"),
    async () => vault.drafts.list(),
    async () => vault.readRow(id),
  ]) {
    await expect(call()).rejects.toThrow(VaultLockedError);
  }
});

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}
