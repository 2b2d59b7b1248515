import { beforeEach, expect, test } from "vitest";

import { toHex } from "../../src/sync/bytes.ts";
import { expectStates, log, type Phone, Scene } from "./scene.ts";

let scene: Scene;
let made: Phone;

beforeEach(async () => {
  scene = await Scene.make();
  made = await scene.certified();
});

test("the hub is asked for everything, and says that it has it", async () => {
  for (const area of ["one", "two", "three"]) await log(made, area);
  await made.engine.syncNow();
  expect(await made.engine.checkHub(made.enrolment)).toEqual({ by: "hub", asked: 3, missing: 0 });
});

test("what the hub lost without saying so is found, and sent again", async () => {
  for (const area of ["one", "two", "three"]) await log(made, area);
  await made.engine.syncNow();
  const lost = scene.hub.feed.filter(({ revision }) => revision !== undefined).slice(1);
  scene.hub.feed = scene.hub.feed.filter((each) => !lost.includes(each));
  expect(await made.engine.checkHub(made.enrolment)).toEqual({ by: "hub", asked: 3, missing: 2 });
  expect(made.engine.status.value).toMatchObject({ onHub: 1, waiting: 2 });
  await made.engine.syncNow();
  await made.engine.syncNow();
  expect((await scene.areas()).sort()).toEqual(["one", "three", "two"]);
  expect(await made.engine.checkHub(made.enrolment)).toMatchObject({ missing: 0 });
});

test("a lost key packet is found too", async () => {
  await log(made, "one");
  await made.engine.syncNow();
  scene.hub.feed = scene.hub.feed.filter(({ packet }) => packet === undefined);
  await made.engine.checkHub(made.enrolment);
  await made.engine.syncNow();
  await made.engine.syncNow();
  expect(scene.hub.packets).toHaveLength(1);
});

test("a lost answer is made up for: what the hub has is known to be there", async () => {
  await log(made, "one");
  scene.hub.faults = [undefined, "answer-lost"];
  await made.engine.syncNow();
  await expectStates(made.engine, made.enrolment, ["waiting"]);
  expect(await made.engine.checkHub(made.enrolment)).toMatchObject({ missing: 0 });
  await expectStates(made.engine, made.enrolment, ["on-hub"]);
});

test("a relay's word is no hub's", async () => {
  scene.hub.receipt = "relay";
  await log(made, "one");
  await made.engine.syncNow();
  expect(await made.engine.checkHub(made.enrolment)).toMatchObject({ by: "relay", missing: 0 });
  await expectStates(made.engine, made.enrolment, ["waiting"]);
  await expect(made.engine.leave(made.enrolment)).rejects.toMatchObject({ code: "not-empty" });
});

test("a phone is given back only when the hub has everything, and then nothing of it stays", async () => {
  await log(made, "one");
  await made.engine.syncNow();
  const kept = await made.vault.notes.create("my own");
  await log(made, "two");
  await expect(made.engine.leave(made.enrolment)).rejects.toMatchObject({ code: "not-empty" });
  expect(made.engine.contacts(made.enrolment)).toHaveLength(2);
  scene.hub.faults = ["unreachable"];
  await expect(made.engine.leave(made.enrolment)).rejects.toMatchObject({ code: "unreachable" });
  await made.engine.syncNow();
  await made.engine.leave(made.enrolment);
  const types = ["enrolment", "revision", "key", "packet", "certificate"] as const;
  for (const type of types) expect(made.vault.entries(type)).toEqual([]);
  expect((await made.vault.notes.read(kept)).text).toBe("my own");
  expect((await scene.areas()).sort()).toEqual(["one", "two"]);
});

test("what needs attention keeps a phone from being given back", async () => {
  const record = await log(made, "one");
  await made.engine.syncNow();
  await made.engine.deleteContact(record);
  const [entry] = made.vault.entries("revision");
  const small = entry?.small;
  const rev = Array.isArray(small) && small[2] instanceof Uint8Array ? toHex(small[2]) : "";
  scene.hub.refused.set(rev, "wrong-lane");
  await made.engine.syncNow();
  await expect(made.engine.leave(made.enrolment)).rejects.toMatchObject({ code: "not-empty" });
});
