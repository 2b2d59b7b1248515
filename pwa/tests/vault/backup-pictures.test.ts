/** Pictures in the backup of a vault, before the real hub: each of their chunks, once. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Bytes, equal } from "../../src/sync/bytes.ts";
import { toText } from "../../src/sync/canonical.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import { createBackup, restoreVault } from "../../src/vault/backup/index.ts";
import { addressOf, exchange, phonesAt } from "./phones.ts";
import { HAS_HUB, RealHub } from "./real-hub.ts";
import { World } from "./world.ts";

const hub = new RealHub();
const { backedUp, lines, restored, tab } = phonesAt(hub);

beforeAll(async () => {
  if (HAS_HUB) await hub.start();
}, 60_000);
afterAll(async () => hub.end());

describe.skipIf(!HAS_HUB)("a backup of pictures", () => {
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

  test("sends a picture again of which a hub came back without a chunk", async () => {
    const recovery = randomBytes(20);
    const one = await backedUp(recovery);
    const content = Uint8Array.from({ length: 700_000 }, (_, at) => (11 * at) % 251);
    const thumbnail = new Uint8Array(900);
    await one.vault.copies.keep({ name: "Permit", media: "image/jpeg", content, thumbnail });
    await exchange(one);
    await hub.stop();
    // As `restore --damaged` leaves it.
    hub.change(
      "DELETE FROM chunks WHERE rowid = (SELECT max(rowid) FROM chunks)",
      "UPDATE hub SET epoch = randomblob(16)",
    );
    await hub.start();
    await exchange(one);
    const two = await restored(recovery);
    const [copy] = two.vault.copies.lines();
    expect(equal(await two.vault.copies.content(copy?.id ?? ""), content)).toBe(true);
  });
});
