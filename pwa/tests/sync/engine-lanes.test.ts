import { beforeEach, describe, expect, test } from "vitest";

import { randomBytes } from "../../src/sync/identifiers.ts";
import { settle, World } from "../vault/world.ts";
import { FORM, log, type Phone, Scene } from "./scene.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.make();
});

describe("two phones in one lane", () => {
  interface Pair {
    readonly one: Phone;
    readonly two: Phone;
  }

  async function pair(): Promise<Pair> {
    const lane = randomBytes(16);
    const one = await scene.phone(lane);
    // Another phone has another database; the first one's is open already.
    const { time } = scene.world;
    scene.world = new World();
    scene.world.time = time;
    const two = await scene.phone(lane);
    await scene.hub.certifyAll();
    return { one, two };
  }

  /** Certificates are asked for once a day, so two days pass. */
  async function syncAll({ one, two }: Pair): Promise<void> {
    for (const { engine } of [one, two, one, two]) {
      await engine.syncNow();
      scene.world.time += 43_200_000;
    }
    await settle();
  }

  test("see each other's contacts, also those from before the second came", async () => {
    const lane = await pair();
    const record = await log(lane.one, "north");
    await syncAll(lane);
    const contact = await lane.two.engine.readContact(record);
    expect(contact.fields.get("area")).toEqual(["north"]);
    expect(contact).toMatchObject({ state: "on-hub", sealed: false });
  });

  test("that change one field apart show both values until somebody decides", async () => {
    const lane = await pair();
    const record = await log(lane.one, "north");
    await syncAll(lane);
    await lane.one.engine.editContact({ record, form: FORM, values: { area: "east" } });
    await lane.two.engine.editContact({ record, form: FORM, values: { area: "west", age: 30 } });
    await syncAll(lane);
    for (const { engine } of [lane.one, lane.two]) {
      const { fields } = await engine.readContact(record);
      expect([...(fields.get("area") ?? [])].sort()).toEqual(["east", "west"]);
      expect(fields.get("age")).toEqual([30]);
    }
    await lane.one.engine.editContact({ record, form: FORM, values: { area: "west" } });
    await syncAll(lane);
    const decided = await lane.two.engine.readContact(record);
    expect(decided.fields.get("area")).toEqual(["west"]);
  });

  test("of which one deletes what the other changes show that", async () => {
    const lane = await pair();
    const record = await log(lane.one, "north");
    await syncAll(lane);
    await lane.one.engine.deleteContact(record);
    await lane.two.engine.editContact({ record, form: FORM, values: { area: "west" } });
    await syncAll(lane);
    const contact = await lane.one.engine.readContact(record);
    expect(contact.deletedElsewhere).toBe(true);
    expect(contact.fields.get("area")).toEqual(["west"]);
  });
});
