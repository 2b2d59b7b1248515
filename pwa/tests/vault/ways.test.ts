import { openDB } from "idb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { randomBytes } from "../../src/sync/identifiers.ts";
import {
  createVault,
  hasVault,
  NoSlotError,
  openVault,
  type Secret,
  secondsToWait,
  setAside,
  StorageFullError,
  TakenError,
  TooSoonError,
  type Vault,
  WrongPassphraseError,
} from "../../src/vault/index.ts";
import { waitAfter } from "../../src/vault/tries.ts";
import { disk, PASSPHRASE, settle, World } from "./world.ts";

const SECOND = "an ordinary morning by the sea";
const KEY = { recovery: Uint8Array.from({ length: 20 }, (_, at) => at) };
const FINGER = { passkey: Uint8Array.from({ length: 32 }, (_, at) => 255 - at) };

let world: World;
let vault: Vault;
beforeEach(async () => {
  world = new World();
  vault = await createVault(world.tab(), PASSPHRASE);
  await vault.notes.create("the note");
});

async function titles(secret: Secret): Promise<string[]> {
  const opened = await openVault(world.tab(), secret);
  const found = await opened.notes.list();
  await opened.lock();
  return found.map(({ title }) => title);
}

async function isWrong(secret: Secret): Promise<void> {
  await expect(openVault(world.tab(), secret)).rejects.toThrow(WrongPassphraseError);
}

describe("the passphrase", () => {
  test("is changed with the one before, and that opens nothing any more", async () => {
    await vault.ways.setWay("recovery", PASSPHRASE, KEY.recovery);
    const before = world.derivations;
    await vault.ways.changePassphrase(PASSPHRASE, "another one entirely");
    expect(world.derivations - before).toBe(2);
    await isWrong(PASSPHRASE);
    expect(await titles("another one entirely")).toEqual(["the note"]);
    expect(await titles(KEY)).toEqual(["the note"]);
  });

  test("is changed by whoever has the recovery key and has forgotten it", async () => {
    await vault.ways.setWay("recovery", PASSPHRASE, KEY.recovery);
    await vault.ways.changePassphrase(KEY, "another one entirely");
    expect(await titles("another one entirely")).toEqual(["the note"]);
  });

  test("stays when the present one is wrong", async () => {
    const before = await disk();
    await expect(vault.ways.changePassphrase("no", "another one")).rejects.toThrow(
      WrongPassphraseError,
    );
    expect(await disk()).toEqual(before);
    expect(await titles(PASSPHRASE)).toEqual(["the note"]);
  });

  test("cannot become what opens another place already", async () => {
    await vault.ways.setSecond(SECOND, "open");
    await expect(vault.ways.changePassphrase(PASSPHRASE, SECOND)).rejects.toThrow(TakenError);
    await expect(vault.ways.setSecond(PASSPHRASE, "wipe")).rejects.toThrow(TakenError);
    expect(await titles(SECOND)).toEqual([]);
    expect(await titles(PASSPHRASE)).toEqual(["the note"]);
  });

  test("changed in two tabs at once is one of the two, and nothing is lost", async () => {
    const other = await openVault(world.tab(), PASSPHRASE);
    await Promise.all([
      vault.ways.changePassphrase(PASSPHRASE, "from the first"),
      other.ways.setWay("recovery", PASSPHRASE, KEY.recovery),
    ]);
    expect(await titles("from the first")).toEqual(["the note"]);
    expect(await titles(KEY)).toEqual(["the note"]);
  });
});

describe("recovery key and passkey", () => {
  test.each([
    ["recovery", KEY, KEY.recovery],
    ["passkey", FINGER, FINGER.passkey],
  ] as const)("a %s opens, with no Argon2id, until it is taken away", async (way, secret, raw) => {
    await isWrong(secret);
    await vault.ways.setWay(way, PASSPHRASE, raw);
    expect(vault.ways.present[way]).toBe(true);
    const before = world.derivations;
    expect(await titles(secret)).toEqual(["the note"]);
    expect(world.derivations).toBe(before);
    await (await openVault(world.tab(), PASSPHRASE)).ways.removeWay(way);
    await isWrong(secret);
    expect(await titles(PASSPHRASE)).toEqual(["the note"]);
  });

  test("a new recovery key takes the place of the one before", async () => {
    const next = { recovery: randomBytes(20) };
    await vault.ways.setWay("recovery", PASSPHRASE, KEY.recovery);
    await vault.ways.setWay("recovery", PASSPHRASE, next.recovery);
    await isWrong(KEY);
    expect(await titles(next)).toEqual(["the note"]);
  });
});

describe("a second passphrase", () => {
  test("opens another place that knows nothing of the first", async () => {
    await vault.ways.setSecond(SECOND, "open");
    expect(vault.ways.present.second).toBe("open");
    const other = await openVault(world.tab(), SECOND);
    expect(await other.notes.list()).toEqual([]);
    expect(other.ways.present).toEqual({ recovery: false, passkey: false, second: undefined });
    await other.notes.create("ordinary");
    await other.ways.changePassphrase(SECOND, "ordinary as can be");
    await other.ways.setWay("recovery", "ordinary as can be", KEY.recovery);
    await other.ways.setWay("passkey", "ordinary as can be", FINGER.passkey);
    expect(await titles(KEY)).toEqual(["ordinary"]);
    expect(await titles(PASSPHRASE)).toEqual(["the note"]);
  });

  test("can be set there too, once, as in any other place", async () => {
    await vault.ways.setSecond(SECOND, "open");
    const other = await openVault(world.tab(), SECOND);
    await other.ways.setSecond("a third", "open");
    const third = await openVault(world.tab(), "a third");
    await expect(third.ways.setSecond("a fourth", "open")).rejects.toThrow(NoSlotError);
    await other.ways.setSecond("no third, but this", "wipe");
    await isWrong("a third");
    expect(await titles(PASSPHRASE)).toEqual(["the note"]);
  });

  test("taken away, its place opens for nobody, and no row of it is touched", async () => {
    await vault.ways.setSecond(SECOND, "open");
    const other = await openVault(world.tab(), SECOND);
    const id = await other.notes.create("lost");
    const { rows } = await disk();
    await vault.ways.removeSecond();
    await isWrong(SECOND);
    expect((await disk()).rows.get(id)).toEqual(rows.get(id));
    expect(vault.ways.present.second).toBeUndefined();
  });

  test("that wipes leaves an empty place, which looks like any other, and nothing of before", async () => {
    await vault.ways.setWay("recovery", PASSPHRASE, KEY.recovery);
    await vault.ways.setSecond(SECOND, "wipe");
    const before = await disk();
    const derivations = world.derivations;
    const empty = await openVault(world.tab(), SECOND);
    // As fast as any: a watch does not tell.
    expect(world.derivations - derivations).toBe(1);
    await settle();
    expect(vault.isOpen.value).toBe(false);
    expect(await empty.notes.list()).toEqual([]);
    const after = await disk();
    expect([...after.rows.keys()].filter((address) => before.rows.has(address))).toEqual([]);
    expect(after.rows.size).toBeGreaterThanOrEqual(24);
    await isWrong(PASSPHRASE);
    await isWrong(KEY);
    expect(await titles(SECOND)).toEqual([]);
  });

  test("destroys the key slots before anything else", async () => {
    await vault.ways.setSecond(SECOND, "wipe");
    const { header } = await disk();
    const writes = (["put", "clear", "delete"] as const).map((name) =>
      vi.spyOn(IDBObjectStore.prototype, name),
    );
    await openVault(world.tab(), SECOND);
    const order = writes
      .flatMap(({ mock }) =>
        mock.contexts.map((store, at) => ({
          name: store instanceof IDBObjectStore ? store.name : "",
          at: mock.invocationCallOrder[at] ?? 0,
        })),
      )
      .filter(({ name }) => name !== "tries")
      .sort((a, b) => a.at - b.at);
    vi.restoreAllMocks();
    expect(order[0]?.name).toBe("header");
    expect((await disk()).header[0]).not.toEqual(header[0]);
  });
});

describe("on a full disk", () => {
  beforeEach(async () => {
    await vault.ways.setSecond(SECOND, "wipe");
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("", "QuotaExceededError");
    });
  });
  afterEach(() => vi.restoreAllMocks());

  test("no way is changed, and what opened before opens", async () => {
    const before = await disk();
    for (const change of [
      async () => vault.ways.changePassphrase(PASSPHRASE, "another"),
      async () => vault.ways.setWay("recovery", PASSPHRASE, KEY.recovery),
      async () => vault.ways.setSecond("another second", "open"),
    ]) {
      await expect(change()).rejects.toThrow(StorageFullError);
    }
    expect(await disk()).toEqual(before);
    expect(await titles(PASSPHRASE)).toEqual(["the note"]);
  });

  test("a wiping passphrase wipes all the same", async () => {
    await isWrong(SECOND);
    const left = await disk();
    expect([left.header.length, left.rows.size]).toEqual([0, 0]);
  });
});

describe("wrong tries", () => {
  async function wrong(times: number): Promise<void> {
    for (let at = 0; at < times; at += 1) await isWrong("no");
  }

  test("a few slips cost nothing, more of them wait longer, never more than a minute", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 40].map(waitAfter)).toEqual([0, 0, 0, 5, 10, 20, 40, 60, 60]);
  });

  test("are counted for every page, and the right one ends the count", async () => {
    await wrong(4);
    expect(await secondsToWait(world.tab())).toBe(5);
    await expect(openVault(world.tab(), PASSPHRASE)).rejects.toThrow(TooSoonError);
    await world.pass(4000);
    expect(await secondsToWait(world.tab())).toBe(1);
    await world.pass(1000);
    await wrong(1);
    expect(await secondsToWait(world.tab())).toBe(10);
    await world.pass(10_000);
    expect(await titles(PASSPHRASE)).toEqual(["the note"]);
    await wrong(3);
    expect(await secondsToWait(world.tab())).toBe(0);
  });

  test("of the recovery key count too", async () => {
    for (let at = 0; at < 4; at += 1) await isWrong({ recovery: randomBytes(20) });
    expect(await secondsToWait(world.tab())).toBe(5);
  });

  test("a clock set back does not shorten the wait, and does not make it endless", async () => {
    await wrong(4);
    await world.pass(5000);
    await wrong(1);
    world.time -= 86_400_000;
    await expect(openVault(world.tab(), PASSPHRASE)).rejects.toThrow(TooSoonError);
    await world.pass(4000);
    world.time -= 86_400_000;
    expect(await secondsToWait(world.tab())).toBe(10);
    await world.pass(10_000);
    expect(await titles(PASSPHRASE)).toEqual(["the note"]);
  });

  test("a try that had no memory is none", async () => {
    await wrong(3);
    const tab = world.tab();
    const failing = { ...tab.derivation, argon2id: () => Promise.reject(new RangeError()) };
    await expect(openVault({ ...tab, derivation: failing }, PASSPHRASE)).rejects.toThrow(
      RangeError,
    );
    expect(await secondsToWait(world.tab())).toBe(0);
  });

  test("in the open place count as well", async () => {
    for (let at = 0; at < 4; at += 1) {
      await expect(vault.ways.changePassphrase("no", "new")).rejects.toThrow(WrongPassphraseError);
    }
    await expect(vault.ways.changePassphrase(PASSPHRASE, "new")).rejects.toThrow(TooSoonError);
  });
});

test("a store that cannot be read is set aside, and none of it is written over", async () => {
  const database = await openDB("notes");
  await database.put("header", new Uint8Array(7), "header");
  database.close();
  const before = await disk();
  await setAside(world.tab());
  expect(await hasVault(world.tab())).toBe(false);
  const next = await createVault(world.tab(), "a new beginning");
  await next.notes.create("new");
  const after = await disk();
  expect(after.header).toContainEqual(new Uint8Array(7));
  for (const [address, row] of before.rows) expect(after.rows.get(address)).toEqual(row);
});
