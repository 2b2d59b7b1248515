/** A whole vault as one file, and back. */
import { describe, expect, test } from "vitest";

import { equal, fromHex } from "../../src/sync/bytes.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import { exportFile, importFile } from "../../src/vault/backup/index.ts";
import { Database } from "../../src/vault/database.ts";
import {
  BrokenFileError,
  createVault,
  type Environment,
  type Secret,
  type Vault,
  WrongPassphraseError,
} from "../../src/vault/index.ts";
import { World } from "./world.ts";

const WORDS = "a long walk to Zanzibar";
const PICTURE = Uint8Array.from({ length: 700_000 }, (_, at) => (7 * at) % 251);
const THUMB = new Uint8Array(900);
const RECOVERY = { recovery: randomBytes(20) };

async function made(): Promise<{ vault: Vault; file: Blob; bytes: Uint8Array<ArrayBuffer> }> {
  const vault = await createVault(new World().tab(), "passphrase");
  await vault.ways.setWay("recovery", "passphrase", RECOVERY.recovery);
  await vault.ways.setSecond("another place", "open");
  await vault.notes.create(WORDS);
  await vault.copies.keep({
    name: "Passport",
    media: "image/jpeg",
    content: PICTURE,
    thumbnail: THUMB,
  });
  await vault.keepsakes.keep("date", { date: "2026-03-01" }, { order: 7 });
  // Long enough for several chunks.
  await vault.notes.create("x".repeat(600_000));
  const ways = await vault.ways.exportWays("passphrase");
  const { file, missing } = await exportFile(vault, ways, randomBytes);
  expect(missing).toBe(0);
  return { vault, file, bytes: new Uint8Array(await file.arrayBuffer()) };
}

async function elsewhere(): Promise<{ environment: Environment; vault: Vault }> {
  const environment = new World().tab();
  return { environment, vault: await createVault(environment, "on this phone") };
}

describe("a file with everything", () => {
  test.each<[string, Secret]>([
    ["the passphrase", "passphrase"],
    ["the recovery key", RECOVERY],
  ])("opens by %s, and adds what is not here", async (_, secret) => {
    const { file, bytes } = await made();
    expect(Buffer.from(bytes).includes(WORDS)).toBe(false);
    const { environment, vault } = await elsewhere();
    await vault.notes.create("here before");
    expect(await importFile(environment, vault, file, secret)).toBe(4);
    const [copy] = vault.copies.lines();
    expect(equal(await vault.copies.content(copy?.id ?? ""), PICTURE)).toBe(true);
    expect((await vault.notes.list()).map(({ title }) => title.slice(0, 30)).sort()).toEqual([
      WORDS,
      "here before",
      "x".repeat(30),
    ]);
    expect((await vault.keepsakes.list("date")).kept).toMatchObject([
      { values: { date: "2026-03-01" } },
    ]);
    expect(vault.keepsakes.lines("date")[0]?.order).toBe(7);
    expect(await importFile(environment, vault, file, secret)).toBe(0);
    expect(vault.notes.lines()).toHaveLength(3);
  });

  test("opens also where a picture's chunks had not come yet, and a whole one brings them", async () => {
    const { vault: from, file: whole } = await made();
    await from.change((change) => {
      for (const { address } of change.entries("chunk")) change.delete(address);
    });
    const ways = await from.ways.exportWays("passphrase");
    const { file, missing } = await exportFile(from, ways, randomBytes);
    expect(missing).toBe(1);
    const { environment, vault } = await elsewhere();
    expect(await importFile(environment, vault, file, "passphrase")).toBe(4);
    const copy = vault.copies.lines()[0]?.id ?? "";
    expect(await vault.copies.read(copy)).toMatchObject({ name: "Passport" });
    expect(await importFile(environment, vault, whole, "passphrase")).toBe(0);
    expect(equal(await vault.copies.content(copy), PICTURE)).toBe(true);
  });

  test("says of how much it has nothing, or only a part, and has all that can be read", async () => {
    const world = new World();
    const from = await createVault(world.tab(), "passphrase");
    const note = await from.notes.create("unreadable by then");
    await from.notes.create(WORDS);
    const picture = { media: "image/jpeg", content: PICTURE, thumbnail: THUMB };
    await from.copies.keep({ name: "Passport", ...picture });
    const chunk = from.entries("chunk")[1]?.address ?? "";
    const database = new Database(world.tab(), () => undefined);
    const noise = [note, chunk].map((row) => [fromHex(row), randomBytes(540)] as const);
    await database.commit({ expect: [], put: noise, delete: [] });
    const ways = await from.ways.exportWays("passphrase");
    const { file, missing } = await exportFile(from, ways, randomBytes);
    expect(missing).toBe(2);
    const { environment, vault } = await elsewhere();
    expect(await importFile(environment, vault, file, "passphrase")).toBe(2);
    expect((await vault.notes.list()).map(({ title }) => title)).toEqual([WORDS]);
    const copy = await vault.copies.read(vault.copies.lines()[0]?.id ?? "");
    expect(copy).toMatchObject({ name: "Passport", thumbnail: THUMB });
  });

  test("opens by nothing else, and carries no other place's way in", async () => {
    const { file } = await made();
    const { environment, vault } = await elsewhere();
    for (const secret of ["another place", "on this phone", { recovery: randomBytes(20) }]) {
      const opening = importFile(environment, vault, file, secret);
      await expect(opening).rejects.toBeInstanceOf(WrongPassphraseError);
    }
  });

  test("that is cut, changed or another's changes nothing", async () => {
    const { bytes } = await made();
    const { environment, vault } = await elsewhere();
    const changed = (at: number): Uint8Array<ArrayBuffer> => {
      const other = bytes.slice();
      other[at] = (other[at] ?? 0) ^ 1;
      return other;
    };
    const files = [
      ...[0, 3, 4, 60, bytes.length - 1, bytes.length - 300_000].map(changed),
      ...[0, 3, 500, 900, 300_000, bytes.length - 1].map((size) => bytes.slice(0, size)),
      Uint8Array.from([...bytes, 0]),
      new TextEncoder().encode("a letter to nobody"),
    ];
    for (const file of files) {
      const opening = importFile(environment, vault, new Blob([file]), "passphrase");
      // A slot that was changed opens nothing, as a wrong passphrase.
      await expect(opening).rejects.toSatisfy(
        (error) => error instanceof BrokenFileError || error instanceof WrongPassphraseError,
      );
    }
    expect(vault.notes.lines()).toEqual([]);
  });
});
