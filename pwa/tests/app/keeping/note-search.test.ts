import { expect, test } from "vitest";

import { NoteSearch } from "../../../src/app/keeping/note-search.ts";
import { createVault, type NoteSummary, type Vault } from "../../../src/vault/index.ts";
import { World } from "../../vault/world.ts";

const TEXTS = [
  "Café with Özlem\nat nine",
  "ฉันทำงานที่โรงงานน้ำแข็ง",
  "ខ្ញុំធ្វើការនៅរោងចក្រ",
  "ကျွန်မ စက်ရုံမှာ အလုပ်လုပ်တယ်",
  "تنخواہ ابھی نہیں ملی",
];

async function vaultWith(texts: readonly string[], world = new World()): Promise<Vault> {
  const vault = await createVault(world.tab(), "seven small boats at anchor");
  for (const text of texts) await vault.notes.create(text);
  return vault;
}

async function found(search: NoteSearch, words: string): Promise<string[]> {
  let last: readonly NoteSummary[] = [];
  await search.run(words, (notes) => (last = notes));
  return last.map(({ title }) => title);
}

test("parts of words are found, without case and marks, in scripts without spaces", async () => {
  const search = new NoteSearch((await vaultWith(TEXTS)).notes);
  expect(await found(search, "CAFE ozlem")).toEqual(["Café with Özlem"]);
  expect(await found(search, "nine")).toEqual(["Café with Özlem"]);
  expect(await found(search, "น้ำแข็ง")).toEqual([TEXTS[1]]);
  expect(await found(search, "រោងចក្រ")).toEqual([TEXTS[2]]);
  expect(await found(search, "စက်ရုံ")).toEqual([TEXTS[3]]);
  expect(await found(search, "تنخواه")).toEqual([TEXTS[4]]);
  expect(await found(search, "no such word")).toEqual([]);
});

test("a note that was changed is found by its new words alone, and none in an empty vault", async () => {
  const world = new World();
  const vault = await vaultWith(["old words"], world);
  const search = new NoteSearch(vault.notes);
  const [note] = await vault.notes.list();
  expect(await found(search, "old")).toEqual(["old words"]);
  world.time += 1;
  await vault.notes.edit(note?.id ?? "", "new words");
  expect(await found(search, "new")).toEqual(["new words"]);
  await vault.notes.delete(note?.id ?? "");
  expect(await found(search, "words")).toEqual([]);
});

test("a second search ends the first, and leaving ends all", async () => {
  const search = new NoteSearch((await vaultWith(TEXTS)).notes);
  const calls: string[] = [];
  const first = search.run("cafe", () => calls.push("first"));
  const second = search.run("cafe", () => calls.push("second"));
  await Promise.all([first, second]);
  expect(calls).toEqual(["second"]);
  const third = search.run("cafe", () => calls.push("third"));
  search.end();
  await third;
  expect(calls).toEqual(["second"]);
});
