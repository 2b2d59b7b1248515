import { expect, test } from "vitest";

import { heldBack } from "../../src/sync/client/connection.ts";
import { expectStates, Line, log, type Phone, Scene } from "./scene.ts";

test("what is sent by itself over which line", () => {
  const line = (type: string | undefined, saveData = false): Line =>
    Object.assign(new Line(), { type, saveData });
  expect(heldBack("always", line("cellular", true))).toBeUndefined();
  expect(heldBack("saver", undefined)).toBeUndefined();
  expect(heldBack("saver", line("cellular"))).toBeUndefined();
  expect(heldBack("saver", line("cellular", true))).toBe("saver");
  expect(heldBack("saver", line(undefined, true))).toBe("saver");
  expect(heldBack("saver", line("wifi", true))).toBeUndefined();
  expect(heldBack("wifi", line("wifi"))).toBeUndefined();
  expect(heldBack("wifi", line("cellular"))).toBe("wifi");
  expect(heldBack("wifi", line(undefined))).toBe("unknown");
  expect(heldBack("wifi", undefined)).toBe("unknown");
});

async function phoneOn(scene: Scene, line: Line): Promise<Phone> {
  scene.connection = line;
  const made = await scene.certified();
  await made.vault.setAutoLock({ idle_seconds: 1_000_000, hidden_seconds: 1_000_000 });
  made.engine.start();
  await scene.world.pass(100);
  return made;
}

test("with Wi-Fi only nothing goes by itself over the telephone's line, until there is Wi-Fi", async () => {
  const scene = await Scene.make();
  const line = new Line();
  const made = await phoneOn(scene, line);
  line.become({ type: "cellular" });
  await made.engine.setSends(made.enrolment, "wifi");
  await scene.world.pass(1000);
  scene.hub.requests = [];
  await log(made, "north");
  await scene.world.pass(3_600_000);
  expect(scene.hub.requests).toEqual([]);
  expect(made.engine.statusOf(made.enrolment)).toMatchObject({ held: "wifi", waiting: 1 });
  await expectStates(made.engine, made.enrolment, ["on-this-phone"]);
  line.become({ type: "wifi" });
  await scene.world.pass(100);
  await expectStates(made.engine, made.enrolment, ["on-hub"]);
  expect(made.engine.enrolments.value[0]?.sends).toBe("wifi");
});

test("a person who presses goes over it, once", async () => {
  const scene = await Scene.make();
  const made = await phoneOn(scene, new Line());
  scene.connection?.become({ saveData: true });
  await log(made, "north");
  await scene.world.pass(3_600_000);
  expect(made.engine.statusOf(made.enrolment)).toMatchObject({ held: "saver", waiting: 1 });
  await made.engine.syncNow();
  await expectStates(made.engine, made.enrolment, ["on-hub"]);
  await log(made, "south");
  await scene.world.pass(3_600_000);
  await expectStates(made.engine, made.enrolment, ["on-this-phone", "on-hub"]);
  await made.engine.setSends(made.enrolment, "always");
  await scene.world.pass(100);
  await expectStates(made.engine, made.enrolment, ["on-hub", "on-hub"]);
});
