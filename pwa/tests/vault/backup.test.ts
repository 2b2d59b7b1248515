/** The backup of a vault before the real hub: what one phone writes, another reads by the recovery key alone. */
import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Bytes, equal, fromHex, toHex } from "../../src/sync/bytes.ts";
import { toText } from "../../src/sync/canonical.ts";
import { ProblemError } from "../../src/sync/errors.ts";
import type { EngineEnvironment } from "../../src/sync/face.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import {
  type Backup,
  createBackup,
  findBackup,
  restoreVault,
} from "../../src/vault/backup/index.ts";
import { readPast, traces } from "../../src/vault/backup/layout.ts";
import { joined, putTrace } from "../../src/vault/backup/taking.ts";
import { Database } from "../../src/vault/database.ts";
import { createVault, openVault, type Vault } from "../../src/vault/index.ts";
import { HAS_HUB, RealHub } from "./real-hub.ts";
import { World } from "./world.ts";

const WORDS = "a long walk to Zanzibar";
const DAY = { date: "2026-03-01", start: 480, end: 1020, pause: 30 };

const hub = new RealHub();
/** Of all phones: two edits are never at one moment. */
let time = Date.UTC(2026, 2, 1);

interface Phone {
  readonly world: World;
  readonly vault: Vault;
  readonly backup: Backup;
}

beforeAll(async () => {
  if (HAS_HUB) await hub.start();
}, 60_000);
afterAll(async () => hub.end());

function lines(world: World, over: Partial<EngineEnvironment> = {}): EngineEnvironment {
  const { locks, after } = world.tab();
  const online = new EventTarget();
  return { fetch, origin: hub.origin, locks, now: () => time, randomBytes, after, online, ...over };
}

function tab(world: World): ReturnType<World["tab"]> {
  return { ...world.tab(), now: () => (time += 1000) };
}

async function backedUp(recovery: Bytes): Promise<Phone> {
  const world = new World();
  const vault = await createVault(tab(world), "passphrase");
  await vault.ways.setWay("recovery", "passphrase", recovery);
  const backup = createBackup(vault, lines(world));
  await backup.turnOn();
  return { world, vault, backup };
}

async function restored(recovery: Bytes): Promise<Phone> {
  const world = new World();
  await findBackup(lines(world), recovery);
  const vault = await restoreVault(tab(world), "another", recovery);
  const phone = { world, vault, backup: createBackup(vault, lines(world)) };
  await exchange(phone);
  return phone;
}

async function exchange({ backup }: Phone): Promise<void> {
  await backup.now();
  expect(backup.status.value).toMatchObject({ problem: undefined, waiting: 0, refused: 0 });
}

async function texts({ vault }: Phone): Promise<string[]> {
  const listed = await vault.notes.list();
  const read = await Promise.all(listed.map(async ({ id }) => vault.notes.read(id)));
  return read.map(({ text }) => text).sort();
}

async function noteOf({ vault }: Phone): Promise<string> {
  const [note] = await vault.notes.list();
  return note?.id ?? "";
}

function addressOf(input: Parameters<typeof fetch>[0]): string {
  return typeof input === "string" ? input : "";
}

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

  test("carries pictures with all their chunks, each once, and goes on where it was cut", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    const content = Uint8Array.from({ length: 700_000 }, (_, at) => (7 * at) % 251);
    const thumbnail = new Uint8Array(900);
    await one.vault.copies.keep({ name: "Passport", media: "image/jpeg", content, thumbnail });
    const puts: string[] = [];
    let left = 2;
    const cut: typeof fetch = async (input, init) => {
      if (init?.method === "PUT" && addressOf(input).includes("/chunks/")) {
        if (left === 0) throw new TypeError("network error");
        left -= 1;
        puts.push(addressOf(input));
      }
      return fetch(input, init);
    };
    const backup = createBackup(one.vault, lines(one.world, { fetch: cut }));
    await backup.now();
    expect(backup.status.value).toMatchObject({ problem: "unreachable", waiting: 1 });
    left = 9;
    await exchange({ ...one, backup });
    expect(new Set(puts).size).toBe(3);
    expect(puts).toHaveLength(3);

    const world = new World();
    const vault = await restoreVault(tab(world), "another", recovery);
    let isCut = true;
    const cutDown: typeof fetch = async (input, init) => {
      if (isCut && addressOf(input).includes("/chunks/")) throw new TypeError("network error");
      return fetch(input, init);
    };
    const two = { world, vault, backup: createBackup(vault, lines(world, { fetch: cutDown })) };
    await two.backup.now();
    expect(two.backup.status.value.problem).toBe("unreachable");
    isCut = false;
    await exchange(two);
    const [copy] = vault.copies.lines();
    expect(equal(await vault.copies.content(copy?.id ?? ""), content)).toBe(true);
    await vault.copies.delete(copy?.id ?? "");
    await exchange(two);
    await exchange({ ...one, backup });
    expect(one.vault.copies.lines()).toEqual([]);
    expect(one.vault.entries("chunk")).toEqual([]);
  });

  test("names the chunks of a picture that is renamed where they never came, all that the hub has", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    const content = Uint8Array.from({ length: 700_000 }, (_, at) => (7 * at) % 251);
    const thumbnail = new Uint8Array(900);
    await one.vault.copies.keep({ name: "", media: "image/jpeg", content, thumbnail });
    const addresses = one.vault.entries("chunk").map(({ small }) => (small as Bytes[])[1]);
    await exchange(one);

    const world = new World();
    const vault = await restoreVault(tab(world), "another", recovery);
    /** How many of the chunks each push names. */
    const named: number[] = [];
    let gone = addresses.map((address) => toText(address ?? new Uint8Array()));
    const asked = ["GET"];
    const without: typeof fetch = async (input, init) => {
      if (
        asked.includes(init?.method ?? "") &&
        gone.some((each) => addressOf(input).endsWith(each))
      ) {
        return fetch(addressOf(input).replace(/[^/]+$/, toText(randomBytes(32))), init);
      }
      if (init?.method === "POST" && init.body instanceof Uint8Array) {
        const body = Buffer.from(init.body);
        named.push(addresses.filter((each) => body.includes(each ?? "")).length);
      }
      return fetch(input, init);
    };
    const two = { world, vault, backup: createBackup(vault, lines(world, { fetch: without })) };
    await exchange(two);
    expect(vault.entries("chunk")).toEqual([]);
    const [copy] = vault.copies.lines();
    await vault.copies.rename(copy?.id ?? "", "Passport");
    await exchange(two);
    expect(named).toEqual([3]);
    const three = await restored(recovery);
    const [whole] = three.vault.copies.lines();
    expect(await three.vault.copies.read(whole?.id ?? "")).toMatchObject({ name: "Passport" });
    expect(equal(await three.vault.copies.content(whole?.id ?? ""), content)).toBe(true);
    // One is lost on the hub too: the name goes there all the same, with what there is.
    gone = gone.slice(0, 1);
    asked.push("HEAD");
    await vault.copies.rename(copy?.id ?? "", "Visa");
    await exchange(two);
    expect(named).toEqual([3, 2]);
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
