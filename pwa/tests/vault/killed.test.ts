/**
 * The tab is gone at the first row that a writing touches, at the second, and so on: whatever it was, the
 * disk is as it was before, or as it should become, and what was not done can be done again.
 */
import "fake-indexeddb/auto";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { equal } from "../../src/sync/bytes.ts";
import { restoreVault } from "../../src/vault/backup/index.ts";
import { settingsOf } from "../../src/vault/backup/layout.ts";
import { createVault, hasVault, openVault, type Vault } from "../../src/vault/index.ts";
import { expectStates, log, Scene } from "../sync/scene.ts";
import { disk, PASSPHRASE, World } from "./world.ts";

const NEXT = "granite heron umbrella 77";
const MOST = 60;

afterEach(() => vi.restoreAllMocks());

/** Ends the transaction of the row that comes at that place; what comes later is another tab's. */
function endAt(step: number): { readonly ended: boolean } {
  const seen = { ended: false };
  let left = step;
  for (const name of ["put", "delete"] as const) {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- applied to the store that it is called on
    const real = IDBObjectStore.prototype[name];
    vi.spyOn(IDBObjectStore.prototype, name).mockImplementation(function (
      this: IDBObjectStore,
      ...given: unknown[]
    ) {
      const request: unknown = Reflect.apply(real, this, given);
      left -= 1;
      if (left === 0) {
        seen.ended = true;
        const { transaction } = this;
        queueMicrotask(() => transaction.abort());
      }
      return request as never;
    });
  }
  return seen;
}

/** Until nothing ends it any more; gives how often it was ended. */
async function endedEverywhere(act: () => Promise<unknown>, look: () => Promise<void>) {
  for (let step = 1; step < MOST; step += 1) {
    const seen = endAt(step);
    await act().catch(() => undefined);
    vi.restoreAllMocks();
    if (!seen.ended) return step - 1;
    await look();
  }
  throw new Error("it never came to its end");
}

type Disk = Awaited<ReturnType<typeof disk>>;

function isSame(now: Disk, before: Disk): boolean {
  const rows = [...now.rows];
  return (
    rows.length === before.rows.size &&
    rows.every(([address, row]) => equal(row, before.rows.get(address) ?? new Uint8Array())) &&
    now.header.every((each, at) => equal(each, before.header[at] ?? new Uint8Array()))
  );
}

describe("of a vault", () => {
  let world: World;
  let vault: Vault;
  beforeEach(async () => {
    world = new World();
    vault = await createVault(world.tab(), PASSPHRASE);
  });

  test.each<[string, () => Promise<() => Promise<unknown>> | (() => Promise<unknown>), number]>([
    [
      "a new note with its draft",
      async () => {
        const draft = vault.drafts.begin({ kind: "note" });
        vault.drafts.save(draft, { text: "half" });
        await vault.drafts.flush();
        return () => vault.notes.create("whole", draft);
      },
      4,
    ],
    [
      "a changed note",
      async () => {
        const id = await vault.notes.create("before");
        return () => vault.notes.edit(id, "after");
      },
      3,
    ],
    [
      "a deleted note",
      async () => {
        const id = await vault.notes.create("before");
        return () => vault.notes.delete(id);
      },
      3,
    ],
    ["a keepsake", () => () => vault.keepsakes.keep("day", { note: "long" }, { order: 1 }), 3],
    [
      "a recovery key",
      () => () => vault.ways.setWay("recovery", PASSPHRASE, new Uint8Array(20).fill(7)),
      4,
    ],
    ["a second passphrase", () => () => vault.ways.setSecond(NEXT, "open"), 3],
    ["a wiping passphrase", () => () => vault.ways.setSecond(NEXT, "wipe"), 2],
    [
      "the clock of the lock",
      () => () => vault.setAutoLock({ idle_seconds: 60, hidden_seconds: 60 }),
      1,
    ],
  ])("%s", async (_, prepare, least) => {
    const act = await prepare();
    const before = await disk();
    const times = await endedEverywhere(act, async () => {
      expect(isSame(await disk(), before)).toBe(true);
    });
    expect(times).toBeGreaterThanOrEqual(least);
    expect(isSame(await disk(), before)).toBe(false);
    const again = await openVault(world.tab(), PASSPHRASE);
    expect((await again.notes.list()).filter(({ damaged }) => damaged)).toEqual([]);
  });

  test("a changed passphrase: one of the two opens, always", async () => {
    const before = await disk();
    await endedEverywhere(
      () => vault.ways.changePassphrase(PASSPHRASE, NEXT),
      async () => {
        expect(isSame(await disk(), before)).toBe(true);
        await (await openVault(world.tab(), PASSPHRASE)).notes.list();
      },
    );
    await openVault(world.tab(), NEXT);
  });
});

test("a place that is got back by its recovery key: nothing was made, or all of it", async () => {
  const world = new World();
  const recovery = new Uint8Array(20).fill(7);
  const times = await endedEverywhere(
    () => restoreVault(world.tab(), PASSPHRASE, recovery),
    async () => expect(await hasVault(world.tab())).toBe(false),
  );
  expect(times).toBeGreaterThanOrEqual(4);
  const again = await openVault(world.tab(), { recovery });
  expect(again.ways.present.recovery).toBe(true);
  expect(settingsOf(again)).toMatchObject({ on: true, made: true });
  await openVault(world.tab(), PASSPHRASE);
});

test("a round with the hub, ended at any row: each contact is on the hub once, and on the phone", async () => {
  const scene = await Scene.make();
  const made = await scene.certified();
  const record = await log(made, "north");
  await log(made, "south");
  const times = await endedEverywhere(
    () => made.engine.syncNow(),
    () => {
      expect(made.engine.contacts(made.enrolment)).toHaveLength(2);
      return Promise.resolve();
    },
  );
  expect(times).toBeGreaterThan(3);
  await made.engine.syncNow();
  await expectStates(made.engine, made.enrolment, ["on-hub", "on-hub"]);
  expect((await scene.areas()).sort()).toEqual(["north", "south"]);
  await endedEverywhere(
    () => made.engine.deleteContact(record),
    () => {
      expect(made.engine.contacts(made.enrolment)).toHaveLength(2);
      return Promise.resolve();
    },
  );
  await made.engine.syncNow();
  await expectStates(made.engine, made.enrolment, ["on-hub"]);
});
