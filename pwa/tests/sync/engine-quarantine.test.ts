import { openDB } from "idb";
import { beforeEach, expect, test } from "vitest";

import { fromHex } from "../../src/sync/bytes.ts";
import { readRevision, revisionLine, revisionParts } from "../../src/sync/client/layout.ts";
import type { Part } from "../../src/sync/canonical.ts";
import { settle } from "../vault/world.ts";
import { FORM, log, type Phone, Scene } from "./scene.ts";

let scene: Scene;
let made: Phone;

beforeEach(async () => {
  scene = await Scene.make();
  made = await scene.certified();
});

/** The bytes of a row on the disk go bad. */
async function spoil(address: string): Promise<void> {
  const database = await openDB("notes");
  await database.put("rows", new Uint8Array(600).fill(7), fromHex(address));
  database.close();
}

function lineOf(record: string): ReturnType<typeof revisionLine> {
  const found = made.vault
    .entries("revision")
    .map(revisionLine)
    .find((line) => line.record === record);
  if (found === undefined) throw new Error("no such line");
  return found;
}

function states(): Record<string, number> {
  const { onHub, waiting, attention } = made.engine.statusOf(made.enrolment);
  return { onHub, waiting, attention };
}

/** What was typed and what was computed from it no longer agree. */
async function falsify(record: string): Promise<void> {
  await made.vault.change(async (change) => {
    const entry = change.entries("revision").find((each) => revisionLine(each).record === record);
    if (entry === undefined) throw new Error("no such row");
    const { rev, revision } = readRevision(await change.read(entry.address));
    const body = new Uint8Array(revision.body);
    body[40] = (body[40] ?? 0) ^ 1;
    const parts: readonly Part[] = revisionParts({ rev, revision: { ...revision, body } });
    change.put(entry, parts);
  });
}

test("a record whose name is not that of its bytes never goes to the hub, and the rest does", async () => {
  const bad = await log(made, "one");
  await log(made, "two");
  await falsify(bad);
  await log(made, "three");
  await made.engine.syncNow();
  expect((await scene.areas()).sort()).toEqual(["three", "two"]);
  expect(states()).toEqual({ onHub: 2, waiting: 0, attention: 1 });
  const summary = made.engine.contacts(made.enrolment).find(({ id }) => id === bad);
  expect(summary).toMatchObject({ state: "attention", reason: "damaged" });
});

test("a row that no longer opens is set aside, named, and can be taken off the phone", async () => {
  const bad = await log(made, "one");
  await log(made, "two");
  await spoil(lineOf(bad).address);
  await made.engine.syncNow();
  expect(await scene.areas()).toEqual(["two"]);
  expect(states()).toEqual({ onHub: 1, waiting: 0, attention: 1 });
  const read = await made.engine.readContact(bad);
  expect(read).toMatchObject({ damaged: true, sealed: false, reason: "damaged" });
  await made.engine.retry(bad);
  await made.engine.syncNow();
  expect(states()).toEqual({ onHub: 1, waiting: 0, attention: 1 });
  await made.engine.deleteContact(bad);
  expect(states()).toEqual({ onHub: 1, waiting: 0, attention: 0 });
  await log(made, "three");
  await made.engine.syncNow();
  expect((await scene.areas()).sort()).toEqual(["three", "two"]);
});

test("a content key that no longer opens keeps nobody from writing and sending", async () => {
  await log(made, "one");
  await made.engine.syncNow();
  const [key] = made.vault.entries("key");
  await spoil(key?.address ?? "");
  await log(made, "two");
  await made.engine.syncNow();
  expect(states()).toEqual({ onHub: 2, waiting: 0, attention: 0 });
  expect((await scene.areas()).sort()).toEqual(["one", "two"]);
});

test("what the hub refuses keeps its reason, and is tried again when somebody asks for it", async () => {
  const bad = await log(made, "one");
  scene.hub.refused.set(lineOf(bad).rev, "wrong-lane");
  await log(made, "two");
  await made.engine.syncNow();
  expect(await scene.areas()).toEqual(["two"]);
  expect(await made.engine.readContact(bad)).toMatchObject({ reason: "wrong-lane" });
  scene.hub.refused.clear();
  await made.engine.syncNow();
  expect(states()).toEqual({ onHub: 1, waiting: 0, attention: 1 });
  await made.engine.retry(bad);
  await made.engine.syncNow();
  expect(states()).toEqual({ onHub: 2, waiting: 0, attention: 0 });
});

test("a deletion that the hub refuses is shown, and can be ended on the phone", async () => {
  const record = await log(made, "one");
  await made.engine.syncNow();
  await made.engine.deleteContact(record);
  scene.hub.refused.set(lineOf(record).rev, "wrong-lane");
  await made.engine.syncNow();
  const shown = made.engine.contacts(made.enrolment);
  expect(shown.map(({ id, state }) => [id, state])).toEqual([[record, "attention"]]);
  await made.engine.deleteContact(record);
  await settle();
  expect(made.engine.contacts(made.enrolment)).toEqual([]);
  expect(states()).toEqual({ onHub: 0, waiting: 0, attention: 0 });
});

test("a damaged row of what is on the hub keeps nobody from exchanging", async () => {
  const record = await log(made, "one");
  await made.engine.syncNow();
  await spoil(lineOf(record).address);
  await made.engine
    .editContact({ record, form: FORM, values: { area: "x" } })
    .catch(() => undefined);
  await log(made, "two");
  await made.engine.syncNow();
  expect(made.engine.status.value.problem).toBeUndefined();
});
