import { beforeEach, describe, expect, test } from "vitest";

import { openVault } from "../../src/vault/index.ts";
import { expectStates, log, Scene } from "./scene.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.make();
});

describe("by itself", () => {
  test("it goes on after faults, later and later, and not after it is stopped", async () => {
    const made = await scene.phone();
    await made.vault.setAutoLock({ idle_seconds: 1_000_000, hidden_seconds: 60 });
    made.engine.start();
    await scene.world.pass(100);
    scene.hub.faults = Array.from({ length: 6 }, () => "unreachable");
    scene.hub.requests = [];
    await log(made, "north");
    await scene.world.pass(1000);
    expect(scene.hub.requests).toHaveLength(1);
    await scene.world.pass(10_000);
    expect(scene.hub.requests.length).toBeLessThan(4);
    await scene.world.pass(20 * 60_000);
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
    made.engine.stop();
    scene.hub.requests = [];
    await scene.world.pass(3_600_000);
    expect(scene.hub.requests).toEqual([]);
  });

  test("it tries at once when the browser says online", async () => {
    const made = await scene.phone();
    made.engine.start();
    await scene.world.pass(100);
    scene.hub.faults = ["unreachable"];
    await log(made, "north");
    await scene.world.pass(100);
    expect(made.engine.status.value.waiting).toBe(1);
    scene.online.dispatchEvent(new Event("online"));
    await scene.world.pass(100);
    expect(made.engine.status.value).toMatchObject({ onHub: 1, waiting: 0, sending: false });
  });

  test("it leaves the work to another tab's engine, and sees what that did", async () => {
    const made = await scene.phone();
    const vault = await openVault(scene.world.tab(), "passphrase");
    const other = { vault, engine: scene.engineOf(vault), enrolment: made.enrolment };
    made.engine.start();
    other.engine.start();
    await scene.world.pass(100);
    await log(other, "north");
    await scene.world.pass(100);
    await log(made, "south");
    await scene.world.pass(100);
    expect(scene.hub.pushes.reduce((sum, count) => sum + count)).toBe(2);
    await expectStates(other.engine, made.enrolment, ["on-hub", "on-hub"]);
  });

  test("it ends with the vault", async () => {
    const made = await scene.phone();
    made.engine.start();
    await scene.world.pass(100);
    await made.vault.lock();
    scene.hub.requests = [];
    await scene.world.pass(3_600_000);
    await made.engine.syncNow();
    expect(scene.hub.requests).toEqual([]);
  });
});
