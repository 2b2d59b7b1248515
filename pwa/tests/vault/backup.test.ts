/** The backup of a vault before the real hub: what one phone writes, another reads by the recovery key alone. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { toHex } from "../../src/sync/bytes.ts";
import { ProblemError } from "../../src/sync/errors.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import { createBackup, findBackup, restoreVault } from "../../src/vault/backup/index.ts";
import { readPast, traces } from "../../src/vault/backup/layout.ts";
import { joined, putTrace } from "../../src/vault/backup/taking.ts";
import { createVault, openVault } from "../../src/vault/index.ts";
import { exchange, noteOf, phonesAt, texts, WORDS } from "./phones.ts";
import { HAS_HUB, RealHub } from "./real-hub.ts";
import { World } from "./world.ts";

const DAY = { date: "2026-03-01", start: 480, end: 1020, pause: 30 };

const hub = new RealHub();
const { backedUp, lines, restored, tab } = phonesAt(hub);

beforeAll(async () => {
  if (HAS_HUB) await hub.start();
}, 60_000);
afterAll(async () => hub.end());

describe.skipIf(!HAS_HUB)("a backup", () => {
  test("is found and opened by the recovery key alone, and no word of it lies on the hub", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    await one.vault.notes.create(WORDS);
    await one.vault.keepsakes.keep("day", DAY, { order: 20_000 });
    await exchange(one);
    expect(one.backup.status.value).toMatchObject({ on: true, kept: 2 });
    expect(one.backup.status.value.room?.used).toBeGreaterThan(1000);

    const two = await restored(recovery);
    expect(await texts(two)).toEqual([WORDS]);
    const { kept } = await two.vault.keepsakes.list("day");
    expect(kept).toMatchObject([{ kind: "day", values: DAY }]);
    expect(two.vault.keepsakes.lines("day").map(({ order }) => order)).toEqual([20_000]);
    // The recovery key opens the second phone's vault, too.
    await two.vault.lock();
    const again = await openVault(two.world.tab(), { recovery });
    expect(again.ways.present.recovery).toBe(true);

    for (const name of readdirSync(hub.data)) {
      const raw = readFileSync(join(hub.data, name));
      for (const code of ["utf8", "utf16le"] as const) {
        for (const words of [WORDS, "Zanzibar", DAY.date]) {
          expect(raw.includes(Buffer.from(words, code)), name).toBe(false);
        }
      }
    }
  });

  test("carries changes and deletions both ways", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    const gone = await one.vault.notes.create("to be deleted");
    await one.vault.notes.create("to be changed");
    await exchange(one);
    const two = await restored(recovery);
    await one.vault.notes.delete(gone);
    await exchange(one);
    await exchange(two);
    expect(await texts(two)).toEqual(["to be changed"]);
    await two.vault.notes.edit(await noteOf(two), "changed");
    await two.vault.notes.create("new");
    await exchange(two);
    await exchange(one);
    expect(await texts(one)).toEqual(["changed", "new"]);
    await exchange(two);
    expect(await texts(two)).toEqual(["changed", "new"]);
  });

  test("keeps both where two phones wrote apart, and a change against a deletion", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    await one.vault.notes.create("before");
    await exchange(one);
    const two = await restored(recovery);
    await one.vault.notes.edit(await noteOf(one), "by one");
    await two.vault.notes.edit(await noteOf(two), "by two");
    for (const phone of [one, two, one, two]) await exchange(phone);
    expect(await texts(one)).toEqual(["by one", "by two"]);
    expect(await texts(two)).toEqual(["by one", "by two"]);

    for (const { id, title } of await two.vault.notes.list()) {
      if (title === "by one") await two.vault.notes.delete(id);
    }
    for (const { id, title } of await one.vault.notes.list()) {
      if (title === "by one") await one.vault.notes.edit(id, "by one, again");
    }
    for (const phone of [two, one, two, one]) await exchange(phone);
    expect(await texts(one)).toEqual(["by one, again", "by two"]);
    expect(await texts(two)).toEqual(["by one, again", "by two"]);
  });

  test("keeps what is too long for it when another phone changes or deletes the note", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    await one.vault.notes.create("first");
    await exchange(one);
    const two = await restored(recovery);
    const long = "x".repeat(70_000);
    await one.vault.notes.edit(await noteOf(one), long);
    await one.backup.now();
    expect(one.backup.status.value.refused).toBe(1);
    await two.vault.notes.edit(await noteOf(two), "second");
    await exchange(two);
    await one.backup.now();
    expect(await texts(one)).toEqual(["second", long]);
    await two.vault.notes.delete(await noteOf(two));
    await exchange(two);
    await one.backup.now();
    expect(await texts(one)).toEqual([long]);
  });

  test("says which note is too long, and backs up the others", async () => {
    const one = await backedUp(randomBytes(20));
    await one.vault.notes.create("x".repeat(70_000));
    await one.vault.notes.create("short");
    await one.backup.now();
    expect(one.backup.status.value).toMatchObject({ refused: 1, kept: 1, waiting: 0 });
  });

  test("goes on as a new record where a note has been changed for ever", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    const note = await one.vault.notes.create("0");
    await exchange(one);
    const [trace] = traces(one.vault);
    if (trace === undefined) throw new Error("no trace");
    await one.vault.change(async (change) => {
      const { known, tips } = readPast(await change.read(trace.address));
      const more = Array.from({ length: 256 }, (_, at) => {
        return { rev: toHex(randomBytes(32)), device: randomBytes(16), counter: at + 1 };
      });
      putTrace(change, trace, { known: joined(known, more), tips });
    });
    await one.vault.notes.edit(note, "257");
    await exchange(one);
    expect(
      traces(one.vault)
        .map(({ row }) => row === undefined)
        .sort(),
    ).toEqual([false, true]);
    expect(await texts(await restored(recovery))).toEqual(["257"]);
  });

  test("restores under the whole key, also where whoever typed it leaves and wipes it", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    await one.vault.notes.create(WORDS);
    await exchange(one);
    const world = new World();
    const typed = recovery.slice();
    const restoring = restoreVault(tab(world), "another", typed);
    typed.fill(0);
    const vault = await restoring;
    await exchange({ world, vault, backup: createBackup(vault, lines(world)) });
    await vault.lock();
    await openVault(world.tab(), { recovery });
  });

  test("starts anew under a new recovery key, and the old copy goes", async () => {
    const [first, second] = [randomBytes(20), randomBytes(20)];
    const one = await backedUp(first);
    await one.vault.notes.create(WORDS);
    await exchange(one);
    await one.vault.ways.setWay("recovery", "passphrase", second);
    expect(one.backup.status.value).toMatchObject({ on: true, leaving: true, waiting: 1 });
    await exchange(one);
    expect(one.backup.status.value).toMatchObject({ leaving: false, kept: 1 });
    const world = new World();
    await expect(findBackup(lines(world), first)).rejects.toEqual(new ProblemError("unknown"));
    expect(await texts(await restored(second))).toEqual([WORDS]);
  });

  test("ends with its copy, and can begin again", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    await one.vault.notes.create(WORDS);
    await exchange(one);
    const two = await restored(recovery);
    await one.backup.turnOff(true);
    await one.backup.now();
    expect(one.backup.status.value).toMatchObject({ on: false, leaving: false, kept: 0 });
    // The other phone says that it is gone, keeps its notes, and makes it again only when asked.
    const late = createBackup(two.vault, lines(two.world));
    await late.now();
    expect(late.status.value.problem).toBe("unknown");
    expect(await texts(two)).toEqual([WORDS]);
    await late.makeAgain();
    expect(late.status.value).toMatchObject({ problem: undefined, kept: 1, waiting: 0 });
    await one.backup.turnOn();
    await exchange(one);
    // The same words from elsewhere are no second note.
    expect(await texts(one)).toEqual([WORDS]);
  });

  test("says that the hub takes none, or has no room", async () => {
    const world = new World();
    const vault = await createVault(tab(world), "passphrase");
    await vault.ways.setWay("recovery", "passphrase", randomBytes(20));
    await vault.notes.create(WORDS);
    for (const code of ["no-backups", "quota"] as const) {
      const refuse: typeof fetch = async () =>
        Promise.resolve(
          Response.json(
            { type: `urn:sojourn:problem:${code}` },
            { status: 507, headers: { "content-type": "application/problem+json" } },
          ),
        );
      const backup = createBackup(vault, lines(world, { fetch: refuse }));
      await backup.turnOn();
      await backup.now();
      expect(backup.status.value).toMatchObject({ problem: code, waiting: 1, kept: 0 });
    }
  });
});
