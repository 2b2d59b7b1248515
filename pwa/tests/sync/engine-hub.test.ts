import { beforeEach, describe, expect, test } from "vitest";

import { randomBytes } from "../../src/sync/identifiers.ts";
import { settle, World } from "../vault/world.ts";
import { expectStates, log, Scene } from "./scene.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.make();
});

describe("the hub", () => {
  test("restored to an earlier day gets back what it lost, without a new invite", async () => {
    const made = await scene.certified();
    await log(made, "one");
    await made.engine.syncNow();
    const backup = [...scene.hub.feed];
    await log(made, "two");
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub", "on-hub"]);
    scene.hub.restore(backup);
    await made.engine.syncNow();
    expect((await scene.areas()).sort()).toEqual(["one", "two"]);
    await expectStates(made.engine, made.enrolment, ["on-hub", "on-hub"]);
    scene.hub.restore();
    await made.engine.syncNow();
    expect((await scene.areas()).sort()).toEqual(["one", "two"]);
  });

  test("restored while the device was provisional gets everything too", async () => {
    const made = await scene.phone();
    await log(made, "one");
    await made.engine.syncNow();
    scene.hub.restore();
    await log(made, "two");
    await made.engine.syncNow();
    await made.engine.syncNow();
    expect((await scene.areas()).sort()).toEqual(["one", "two"]);
  });

  test("put back under the same epoch is noticed by a phone that has only sent since", async () => {
    const lane = randomBytes(16);
    const made = await scene.phone(lane);
    scene.world = new World();
    const other = await scene.phone(lane);
    await scene.hub.certifyAll();
    for (const phone of [made, other]) await phone.engine.syncNow();
    const copy = [...scene.hub.feed];
    // Somebody else writes between the phone's page and its push.
    scene.hub.faults = [
      async (request) => {
        const page = await scene.hub.fetch(request);
        await log(other, "other");
        await other.engine.syncNow();
        return page;
      },
    ];
    await log(made, "one");
    await made.engine.syncNow();
    expect(made.engine.status.value).toMatchObject({ onHub: 1, waiting: 0 });
    scene.hub.feed = copy;
    for (const area of ["more", "and more", "still more"]) await log(other, area);
    await other.engine.syncNow();
    await made.engine.syncNow();
    expect(await scene.areas()).toContain("one");
    expect(made.engine.status.value).toMatchObject({ problem: undefined, waiting: 0 });
  });

  test("put back under the same epoch is noticed by a phone that may only send", async () => {
    const made = await scene.phone();
    scene.world = new World();
    const other = await scene.phone();
    const copy = [...scene.hub.feed];
    await log(made, "one");
    await made.engine.syncNow();
    scene.hub.feed = copy;
    for (const area of ["more", "and more"]) await log(other, area);
    await other.engine.syncNow();
    await made.engine.syncNow();
    expect((await scene.areas()).sort()).toEqual(["and more", "more", "one"]);
  });

  test("is asked no more than before where a cursor vouches for what was sent", async () => {
    const made = await scene.certified();
    for (const area of ["one", "two"]) {
      await log(made, area);
      await made.engine.syncNow();
    }
    expect(scene.hub.requests.filter((each) => each.endsWith("/missing"))).toEqual([]);
  });

  test("that forgot the token gets a signature and gives another", async () => {
    const made = await scene.certified();
    scene.hub.tokens.clear();
    await log(made, "one");
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
    expect(scene.hub.requests).toContain("POST /api/v1/token");
  });

  test.each(["certified", "provisional"])(
    "that says revoked without a signature is asked again, slowly, and a %s device goes on as before",
    async (standing) => {
      const made = standing === "certified" ? await scene.certified() : await scene.phone();
      await made.vault.setAutoLock({ idle_seconds: 1_000_000, hidden_seconds: 60 });
      await log(made, "one");
      scene.hub.revoked = new Set(scene.hub.enrolled.map(({ device }) => device));
      made.engine.start();
      await scene.world.pass(100);
      expect(made.engine.status.value.problem).toBe("revoked");
      expect(made.engine.enrolments.value.map((each) => each.standing)).toEqual(["revoked"]);
      const record = await log(made, "two");
      expect((await made.engine.readContact(record)).fields.get("area")).toEqual(["two"]);
      await scene.world.pass(100);
      scene.hub.requests = [];
      await scene.world.pass(3_600_000);
      expect(scene.hub.requests.length).toBeGreaterThanOrEqual(5);
      expect(scene.hub.requests.length).toBeLessThanOrEqual(12);
      expect(made.engine.enrolments.value.map((each) => each.standing)).toEqual(["revoked"]);
      expect(made.engine.status.value).toMatchObject({ onPhone: 2, onHub: 0, waiting: 2 });
      scene.hub.revoked.clear();
      await scene.world.pass(600_000);
      expect(made.engine.enrolments.value.map((each) => each.standing)).toEqual([standing]);
      expect(made.engine.status.value).toMatchObject({ onPhone: 2, onHub: 2, waiting: 0 });
      expect(made.engine.status.value.problem).toBeUndefined();
      expect((await scene.areas()).sort()).toEqual(["one", "two"]);
    },
  );

  test("that has the programme's signature on it is asked no more; everything stays on the phone", async () => {
    const made = await scene.certified();
    await made.vault.setAutoLock({ idle_seconds: 1_000_000, hidden_seconds: 60 });
    await log(made, "one");
    for (const asking of scene.hub.enrolled) {
      const revoked = { n: 2, revoked: true };
      scene.hub.certificates.push(await scene.programme.certify(asking, asking.lane, revoked));
    }
    await scene.world.pass(86_400_000);
    await made.engine.syncNow();
    await settle();
    expect(made.engine.status.value.problem).toBe("revoked");
    expect(made.engine.enrolments.value.map(({ standing }) => standing)).toEqual(["revoked"]);
    const record = await log(made, "two");
    expect((await made.engine.readContact(record)).fields.get("area")).toEqual(["two"]);
    scene.hub.requests = [];
    made.engine.start();
    await made.engine.syncNow();
    await scene.world.pass(3_600_000);
    expect(scene.hub.requests).toEqual([]);
    expect(made.engine.enrolments.value.map(({ standing }) => standing)).toEqual(["revoked"]);
    expect(made.engine.status.value).toMatchObject({ onPhone: 2, onHub: 0, waiting: 2 });
  });

  test("is sent small requests first, then larger ones", async () => {
    const made = await scene.certified();
    for (let at = 0; at < 60; at += 1) await log(made, `area ${at}`);
    scene.hub.pushes = [];
    await made.engine.syncNow();
    expect(scene.hub.pushes.reduce((sum, count) => sum + count)).toBe(60);
    expect(scene.hub.pushes.length).toBeGreaterThan(1);
    expect(scene.hub.pushes.length).toBeLessThan(5);
  });

  test("that finds one request too large gets its parts, and only what is too large waits", async () => {
    const made = await scene.certified();
    for (const area of ["one", "two", "three"]) await log(made, area);
    await made.engine.syncNow();
    for (const area of ["four", "five", "six"]) await log(made, area);
    scene.hub.faults = [undefined, "too-large", "too-large", "too-large"];
    scene.hub.pushes = [];
    await made.engine.syncNow();
    expect(made.engine.status.value).toMatchObject({ onPhone: 6, onHub: 5, attention: 1 });
    expect((await scene.areas()).length).toBe(5);
  });
});
