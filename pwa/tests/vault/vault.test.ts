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
  UnknownRowError,
  type Vault,
  VaultExistsError,
  VaultLockedError,
  wipe,
  WrongPassphraseError,
} from "../../src/vault/index.ts";
import { assignSlots } from "../../src/vault/slots.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import { disk, settle, World } from "./world.ts";

const PASSPHRASE = "seven small boats at anchor";

let world: World;
beforeEach(() => {
  world = new World();
});

async function made(): Promise<Vault> {
  return createVault(world.tab(), PASSPHRASE);
}

async function opened(): Promise<Vault> {
  return openVault(world.tab(), PASSPHRASE);
}

describe("making and opening", () => {
  test("a vault opens again with its passphrase, however that is typed", async () => {
    const vault = await made();
    const id = await vault.notes.create("water the plants");
    await vault.lock();
    const again = await openVault(world.tab(), `  seven  small boats\u200b at anchor `);
    expect((await again.notes.read(id)).text).toBe("water the plants");
  });

  test("before there is a vault nothing opens", async () => {
    expect(await hasVault(world.tab())).toBe(false);
    await expect(opened()).rejects.toThrow(NoVaultError);
    await made();
    expect(await hasVault(world.tab())).toBe(true);
  });

  test("another vault is not written over the first one", async () => {
    await made();
    await expect(createVault(world.tab(), "another")).rejects.toThrow(VaultExistsError);
    await opened();
  });

  test("two tabs that make a vault at once make one", async () => {
    const both = await Promise.allSettled([made(), createVault(world.tab(), "another")]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await disk()).header).toHaveLength(1);
  });

  test("a wrong passphrase opens nothing, says no more, and costs the same", async () => {
    await (await made()).lock();
    const before = world.derivations;
    await expect(openVault(world.tab(), "seven small boats")).rejects.toThrow(WrongPassphraseError);
    expect(world.derivations - before).toBe(1);
  });

  test("an unreadable root is left as it is", async () => {
    const vault = await made();
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
    await expect(opened()).rejects.toThrow(DamagedError);
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
    const vault = await made();
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
    const vault = await made();
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
    const vault = await made();
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
    const vault = await made();
    const id = await vault.notes.create("kept");
    const restore = fullDisk();
    await expect(vault.notes.create("no room")).rejects.toThrow(StorageFullError);
    await expect(vault.notes.edit(id, "no room")).rejects.toThrow(StorageFullError);
    restore();
    expect((await vault.notes.list()).map(({ title }) => title)).toEqual(["kept"]);
  });

  test("a note that does not open stands in the list, and the others with it", async () => {
    const vault = await made();
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
    const vault = await made();
    await vault.change((change) => {
      for (let at = 0; at < 600; at += 1) {
        const address = change.newAddress();
        const line = { type: "key", state: "", collection: "", order: at, small: [at] } as const;
        change.put({ address, ...line }, ["key", at]);
      }
    });
    await vault.lock();
    const again = await opened();
    expect(again.entries("key").map(({ order }) => order)).toEqual(
      Array.from({ length: 600 }, (_, at) => at),
    );
  });
});

describe("a vault that holds much", () => {
  test("reads what is asked for together in one transaction", async () => {
    const vault = await made();
    for (let at = 0; at < 40; at += 1) await vault.notes.create(`note ${at}`);
    const begun = vi.spyOn(IDBDatabase.prototype, "transaction");
    expect(await vault.notes.list()).toHaveLength(40);
    expect(begun).toHaveBeenCalledTimes(1);
    begun.mockRestore();
  });

  test("one row that the disk does not give keeps none of the others back", async () => {
    const vault = await made();
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
    const vault = await made();
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
    const vault = await made();
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
    const [one, two] = [await made(), await opened()];
    const id = await one.notes.create("from one");
    await settle();
    expect(two.generation.value).toBe(1);
    await two.notes.edit(id, "from two");
    expect((await one.notes.read(id)).text).toBe("from two");
  });

  test("that changed one note both keep what each wrote", async () => {
    const [one, two] = [await made(), await opened()];
    const id = await one.notes.create("before");
    await one.notes.edit(id, "from one", undefined, "before");
    await two.notes.edit(id, "from two", undefined, "before");
    const titles = (await two.notes.list()).map(({ title }) => title);
    expect(titles.sort()).toEqual(["from one", "from two"]);
  });

  test("one that changes a note which the other deletes keeps what it wrote", async () => {
    const [one, two] = [await made(), await opened()];
    const id = await one.notes.create("before");
    await two.notes.delete(id);
    const saved = await one.notes.edit(id, "typed meanwhile", undefined, "before");
    expect(saved).not.toBe(id);
    expect((await one.notes.list()).map(({ title }) => title)).toEqual(["typed meanwhile"]);
  });

  test("write at once, and nobody's is lost", async () => {
    const [one, two] = [await made(), await opened()];
    const texts = Array.from({ length: 10 }, (_, at) => `note ${at}`);
    await Promise.all(texts.map((text, at) => (at % 2 ? one : two).notes.create(text)));
    for (const vault of [one, two, await opened()]) {
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
    expect((await opened()).entries("key").map(({ order }) => order)).toEqual([3]);
    expect(runs).toBeGreaterThan(3);
  });

  test("lock together", async () => {
    const [one, two] = [await made(), await opened()];
    await one.lock();
    await settle();
    expect([one.isOpen.value, two.isOpen.value]).toEqual([false, false]);
    await expect(two.notes.list()).rejects.toThrow(VaultLockedError);
  });
});

describe("drafts", () => {
  const subject = { kind: "contact", form: { id: "contact", hash: "ab12" } } as const;

  test("are on disk a moment after the first key press, and open in another session", async () => {
    const vault = await made();
    const draft = vault.drafts.begin({ ...subject, enrolment: "00".repeat(16) });
    vault.drafts.save(draft, { area: "n" });
    await world.pass(300);
    vault.drafts.save(draft, { area: "north", needs: ["legal", "food"], age: 3, safe: true });
    await world.pass(300);
    const again = await opened();
    expect(await again.drafts.list()).toEqual([
      {
        id: draft,
        ...subject,
        enrolment: "00".repeat(16),
        changed: expect.any(Number) as number,
        values: { area: "north", needs: ["legal", "food"], age: 3, safe: true },
      },
    ]);
  });

  test("many key presses make few writings", async () => {
    const vault = await made();
    const draft = vault.drafts.begin(subject);
    const put = vi.spyOn(IDBObjectStore.prototype, "put");
    for (let at = 1; at <= 40; at += 1) {
      vault.drafts.save(draft, { text: "x".repeat(at) });
      await world.pass(50);
    }
    await world.pass(300);
    expect(put.mock.calls.length).toBeLessThan(15);
    put.mockRestore();
    expect((await (await opened()).drafts.read(draft)).values).toEqual({ text: "x".repeat(40) });
  });

  test("what was just typed is written before the keys are forgotten", async () => {
    const vault = await made();
    const draft = vault.drafts.begin(subject);
    vault.drafts.save(draft, { area: "east" });
    await vault.lock();
    expect((await (await opened()).drafts.read(draft)).values).toEqual({ area: "east" });
  });

  test.each(["notice", "referral"] as const)(
    "a %s that a coordinator is typing is there again after the lock",
    async (kind) => {
      const vault = await made();
      const about = { kind, enrolment: "00".repeat(16) };
      const draft = vault.drafts.begin(about);
      vault.drafts.save(draft, { text: "The office is shut on Monday" });
      await vault.lock();
      expect(await (await opened()).drafts.list()).toMatchObject([
        { id: draft, ...about, values: { text: "The office is shut on Monday" } },
      ]);
    },
  );

  test("and when the page is hidden", async () => {
    const vault = await made();
    const draft = vault.drafts.begin(subject);
    vault.drafts.save(draft, { area: "a" });
    await world.pass(300);
    vault.drafts.save(draft, { area: "west" });
    vault.setVisible(false);
    await settle();
    expect((await (await opened()).drafts.read(draft)).values).toEqual({ area: "west" });
  });

  test("a full disk is said, and what was typed is written once there is room", async () => {
    const vault = await made();
    const draft = vault.drafts.begin(subject);
    const restore = fullDisk();
    vault.drafts.save(draft, { area: "south" });
    await world.pass(300);
    expect(vault.drafts.trouble.value).toBe("storage-full");
    expect((await vault.drafts.read(draft)).values).toEqual({ area: "south" });
    restore();
    await vault.drafts.flush();
    expect(vault.drafts.trouble.value).toBeUndefined();
    expect((await (await opened()).drafts.read(draft)).values).toEqual({ area: "south" });
  });

  test("a draft that became a note is gone, also what was typed last", async () => {
    const vault = await made();
    const draft = vault.drafts.begin({ kind: "note" });
    vault.drafts.save(draft, { text: "ab" });
    await world.pass(300);
    vault.drafts.save(draft, { text: "abc" });
    await vault.notes.create("abc", draft);
    await world.pass(1000);
    expect(await vault.drafts.list()).toEqual([]);
    const again = await opened();
    expect(await again.drafts.list()).toEqual([]);
    expect(again.entries("draft")).toEqual([]);
    await expect(again.drafts.read(draft)).rejects.toThrow(UnknownRowError);
  });

  test("one draft in two tabs becomes two rather than lose what one typed", async () => {
    const one = await made();
    const draft = one.drafts.begin(subject);
    one.drafts.save(draft, { area: "x" });
    await one.drafts.flush();
    const two = await opened();
    await two.drafts.read(draft);
    two.drafts.save(draft, { area: "typed in two" });
    await two.drafts.flush();
    one.drafts.save(draft, { area: "typed in one" });
    await one.drafts.flush();
    const values = (await (await opened()).drafts.list()).map((each) => each.values["area"]);
    expect(values.sort()).toEqual(["typed in one", "typed in two"]);
  });

  test("nothing is written of a draft in which nothing was typed", async () => {
    const vault = await made();
    vault.drafts.begin(subject);
    await vault.drafts.flush();
    expect(await vault.drafts.list()).toEqual([]);
    expect(vault.entries("draft")).toEqual([]);
  });
});

describe("the clock", () => {
  test("locks after five minutes without a touch", async () => {
    const vault = await made();
    await world.pass(4 * 60_000);
    vault.touch();
    await world.pass(4 * 60_000);
    expect(vault.isOpen.value).toBe(true);
    await world.pass(60_000);
    expect(vault.isOpen.value).toBe(false);
  });

  test("locks after a minute in which nobody sees it, with the draft kept", async () => {
    const vault = await made();
    const draft = vault.drafts.begin({ kind: "note" });
    vault.drafts.save(draft, { text: "half a sentence" });
    vault.setVisible(false);
    await world.pass(59_000);
    expect(vault.isOpen.value).toBe(true);
    await world.pass(1000);
    expect(vault.isOpen.value).toBe(false);
    expect((await (await opened()).drafts.read(draft)).values).toEqual({ text: "half a sentence" });
  });

  test("a tab that was only hidden for a moment stays open", async () => {
    const vault = await made();
    vault.setVisible(false);
    await world.pass(30_000);
    vault.setVisible(true);
    await world.pass(60_000);
    expect(vault.isOpen.value).toBe(true);
  });

  test("stays open while a file is chosen outside it, and no longer than nobody touches it", async () => {
    const vault = await made();
    vault.setVisible(false, true);
    await world.pass(299_000);
    expect(vault.isOpen.value).toBe(true);
    await world.pass(1000);
    expect(vault.isOpen.value).toBe(false);
  });

  test("who comes back from a sleep finds it locked, whatever the timers did", async () => {
    const vault = await made();
    vault.setVisible(false);
    world.time += 3_600_000;
    vault.setVisible(true);
    await settle();
    expect(vault.isOpen.value).toBe(false);
  });

  test("a touch in one tab is one in all", async () => {
    const [one, two] = [await made(), await opened()];
    await world.pass(200_000);
    one.touch();
    await world.pass(200_000);
    expect([one.isOpen.value, two.isOpen.value]).toEqual([true, true]);
  });

  test("its times are kept with the vault", async () => {
    const vault = await made();
    await vault.setAutoLock({ idle_seconds: 60, hidden_seconds: 10 });
    const again = await opened();
    expect(again.autoLock).toEqual({ idle_seconds: 60, hidden_seconds: 10 });
    await world.pass(60_000);
    expect(vault.isOpen.value).toBe(false);
  });
});

test("after the lock nothing is told", async () => {
  const vault = await made();
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

/** Every put fails as Chromium's does when there is no room. */
function fullDisk(): () => void {
  const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("", "QuotaExceededError");
  });
  return () => put.mockRestore();
}
