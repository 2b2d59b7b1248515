/** What the backup of a vault comes through, before the real hub: lost answers, lost rows, a hub that was put back. */
import { cpSync, rmSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { fromHex } from "../../src/sync/bytes.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import { createBackup } from "../../src/vault/backup/index.ts";
import { traces } from "../../src/vault/backup/layout.ts";
import { Database } from "../../src/vault/database.ts";
import { addressOf, exchange, noteOf, phonesAt, texts, WORDS } from "./phones.ts";
import { HAS_HUB, RealHub } from "./real-hub.ts";

const hub = new RealHub();
const { backedUp, lines, restored } = phonesAt(hub);

beforeAll(async () => {
  if (HAS_HUB) await hub.start();
}, 60_000);
afterAll(async () => hub.end());

describe.skipIf(!HAS_HUB)("a backup that is cut off", () => {
  test("loses nothing when the answer to a push, or the app, is lost", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    let isCut = true;
    const cut: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (isCut && init?.method === "POST") throw new TypeError("network error");
      return answer;
    };
    const environment = lines(one.world, { fetch: cut });
    await one.vault.notes.create("sent, and not confirmed");
    const backup = createBackup(one.vault, environment);
    await backup.now();
    expect(backup.status.value).toMatchObject({ problem: "unreachable", waiting: 1 });
    await one.vault.notes.edit(await noteOf(one), "changed meanwhile");
    isCut = false;
    await exchange({ ...one, backup });
    const two = await restored(recovery);
    expect(await texts(two)).toEqual(["changed meanwhile"]);
  });

  test("sends nothing more once it is ended in the middle of a round, and all of it when it begins again", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    await one.vault.notes.create(WORDS);
    let posts = 0;
    const ending: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (init?.method === "POST" && addressOf(input).endsWith("/changes")) {
        posts += 1;
        if (posts === 1) await backup.turnOff(true);
      }
      return answer;
    };
    const backup = createBackup(one.vault, lines(one.world, { fetch: ending }));
    await backup.now();
    expect(posts).toBe(1);
    expect(backup.status.value).toMatchObject({ on: false, problem: undefined, kept: 0 });
    await backup.now();
    expect(backup.status.value.leaving).toBe(false);
    await backup.turnOn();
    await exchange({ ...one, backup });
    expect(await texts(await restored(recovery))).toEqual([WORDS]);
  });

  test("sends again what a hub has lost that came back from an older copy", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    await one.vault.notes.create("kept by the hub");
    await exchange(one);
    await hub.stop();
    const older = `${hub.data}-older`;
    cpSync(hub.data, older, { recursive: true });
    await hub.start();
    await one.vault.notes.create("lost by the hub");
    await exchange(one);
    await hub.stop();
    rmSync(hub.data, { recursive: true });
    cpSync(older, hub.data, { recursive: true });
    await hub.start();
    await exchange(one);
    expect(await texts(one)).toEqual(["kept by the hub", "lost by the hub"]);
    expect(await texts(await restored(recovery))).toEqual(["kept by the hub", "lost by the hub"]);
  });

  test("deletes again what a hub brought back, also from a phone that came later", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    await one.vault.notes.create("to be deleted");
    await exchange(one);
    await hub.stop();
    const older = `${hub.data}-before`;
    cpSync(hub.data, older, { recursive: true });
    await hub.start();
    await one.vault.notes.delete(await noteOf(one));
    await exchange(one);
    const two = await restored(recovery);
    await hub.stop();
    rmSync(hub.data, { recursive: true });
    cpSync(older, hub.data, { recursive: true });
    await hub.start();
    // Something new has to be said for the hub's numbers to be others than before.
    await two.vault.notes.create(WORDS);
    await exchange(two);
    expect(await texts(two)).toEqual([WORDS]);
    expect(await texts(await restored(recovery))).toEqual([WORDS]);
  });

  test("goes on, and loses nothing, where it can no longer read what it knows of some rows", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    const names = ["to be changed elsewhere", "to be changed here", "to be deleted here", "left"];
    const ids: string[] = [];
    for (const name of names) ids.push(await one.vault.notes.create(name));
    await exchange(one);
    // Connected before the other phone has a disk of its own.
    const database = new Database(one.world.tab(), () => undefined);
    await database.header();
    const two = await restored(recovery);
    const rows = traces(one.vault).map(({ address }) => fromHex(address));
    const noise = rows.map((row) => [row, randomBytes(540)] as const);
    await database.commit({ expect: [], put: noise, delete: [] });
    for (const { id, title } of await two.vault.notes.list()) {
      if (title === names[0]) await two.vault.notes.edit(id, "changed elsewhere");
    }
    await two.vault.notes.create("new elsewhere");
    await exchange(two);
    await one.vault.notes.edit(ids[1] ?? "", "changed here");
    await one.vault.notes.delete(ids[2] ?? "");
    await exchange(one);
    await exchange(two);
    // Once each; what was changed or deleted without knowing of what, stands beside.
    const all = [...names, "changed elsewhere", "new elsewhere", "changed here"].sort();
    expect(await texts(one)).toEqual(all);
    expect(await texts(two)).toEqual(all);
    for (const { id } of await one.vault.notes.list()) await one.vault.notes.delete(id);
    await exchange(one);
    await exchange(two);
    expect(await texts(two)).toEqual([]);
  });
});
