import { beforeEach, describe, expect, test } from "vitest";

import { readSaved } from "../../src/app/saved-contact.ts";
import { openBody } from "../../src/sync/crypto/bodies.ts";
import { keyLine, readKey, revisionEntry, revisionLine } from "../../src/sync/client/layout.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import { World } from "../vault/world.ts";
import { expectStates, FORM, log, type Phone, Scene } from "./scene.ts";

const DAY = 86_400_000;
const KEEP = 30;

let scene: Scene;
let made: Phone;

beforeEach(async () => {
  scene = await Scene.make();
  scene.hub.keepDays = KEEP;
  setHubDay();
  made = await scene.certified();
});

/** The hub's clock is right: as the phone's is now. */
function setHubDay(): void {
  scene.hub.day = Math.floor(scene.world.time / DAY);
}

/** Both clocks go on, and a coordinator has all that is there. */
async function later(days: number): Promise<void> {
  scene.world.time += days * DAY;
  setHubDay();
  scene.hub.safe = scene.hub.feed.length;
  await made.engine.syncNow();
}

async function sent(area: string): Promise<string> {
  const record = await log(made, area);
  await made.engine.syncNow();
  return record;
}

function records(phone = made): string[] {
  return phone.engine.contacts(phone.enrolment).map(({ id }) => id);
}

/** Two other phones in one lane. */
async function pair(): Promise<[Phone, Phone]> {
  const lane = randomBytes(16);
  const { time } = scene.world;
  const phone = async (): Promise<Phone> => {
    // Each phone has a database of its own.
    scene.world = new World();
    scene.world.time = time;
    return scene.phone(lane);
  };
  const phones: [Phone, Phone] = [await phone(), await phone()];
  await scene.hub.certifyAll();
  return phones;
}

function keys(phone = made): number {
  return phone.vault.entries("key").length;
}

describe("a contact that is safe with the programme", () => {
  test("leaves after its time, with the key that opened it; later ones stay", async () => {
    await sent("old");
    const opened = await Promise.all(
      made.vault
        .entries("key")
        .map(async ({ address }) => readKey(await made.vault.readRow(address))),
    );
    await later(20);
    const young = await sent("young");
    await later(10);
    expect(records()).toHaveLength(2);
    expect(keys()).toBe(2);
    await later(1);
    expect(records()).toEqual([young]);
    expect(keys()).toBe(1);
    expect(made.engine.status.value).toMatchObject({ onPhone: 1, onHub: 1, waiting: 0 });
    // What a hub still has of it opens with no key that is left here.
    const [gone] = opened;
    const left = readKey(await made.vault.readRow(made.vault.entries("key")[0]?.address ?? ""));
    expect(left.contentKey).not.toEqual(gone?.contentKey);
    const [old] = scene.hub.revisions;
    if (old === undefined) throw new Error("the hub has it");
    await expect(openBody(left.contentKey, scene.programme.collection, old)).rejects.toThrow();
  });

  test("leaves its key to whatever else that opens, also behind many that it does not open", async () => {
    const [, held] = [await sent("old"), await sent("begun")];
    const { drafts } = made.vault;
    drafts.save(drafts.begin({ kind: "contact", form: FORM, edits: held }), { area: "other" });
    await drafts.flush();
    await later(20);
    for (let at = 0; at < 70; at += 1) await log(made, `young ${at}`);
    // As a contact is that came from another phone of the lane: by its time it stands behind all of them.
    await made.vault.change((change) => {
      for (const line of change.entries("revision").map(revisionLine)) {
        const saved = line.record === held ? scene.world.time + 1 : line.saved;
        change.mark(revisionEntry({ ...line, saved }));
      }
    });
    await later(11);
    expect(records()).toHaveLength(71);
    expect(keys()).toBe(2);
    const contact = await made.engine.readContact(held);
    expect(contact.fields.get("area")).toEqual(["begun"]);
  });

  test("leaves when the vault is opened, without a connection", async () => {
    await sent("old");
    await later(20);
    scene.world.time += 20 * DAY;
    setHubDay();
    scene.hub.safe = scene.hub.feed.length;
    // The page that says the day is the last that comes through.
    scene.hub.faults = [undefined, undefined, "unreachable", "unreachable"];
    await log(made, "unsent");
    await made.engine.syncNow();
    expect(records()).toHaveLength(2);
    scene.hub.faults = Array.from({ length: 50 }, () => "unreachable" as const);
    await made.vault.setAutoLock({ idle_seconds: 1_000_000_000, hidden_seconds: 60 });
    const again = scene.engineOf(made.vault);
    again.start();
    await scene.world.pass(1000);
    again.stop();
    expect(records()).toHaveLength(1);
  });

  test("is told apart from one that was deleted, to whoever was changing it", async () => {
    const [left, deleted] = [await sent("left"), await sent("deleted")];
    await later(KEEP);
    await made.engine.deleteContact(deleted);
    expect(await readSaved(made.engine, left)).toMatchObject({ area: "left" });
    await later(1);
    expect(await readSaved(made.engine, left)).toBe("left");
    expect(await readSaved(made.engine, deleted)).toBe("deleted");
  });

  test("goes when it was deleted too: the deletion is on the hub", async () => {
    const record = await sent("old");
    await made.engine.deleteContact(record);
    await made.engine.syncNow();
    expect(made.vault.entries("revision")).toHaveLength(1);
    await later(KEEP + 1);
    expect(made.vault.entries("revision")).toHaveLength(0);
  });

  test("without a coordinator's word stays three times as long", async () => {
    await sent("old");
    for (const [days, left] of [
      [KEEP + 1, 1],
      [KEEP, 1],
      [KEEP + 1, 0],
    ] as const) {
      scene.world.time += days * DAY;
      setHubDay();
      await made.engine.syncNow();
      expect(records()).toHaveLength(left);
    }
  });
});

describe("a contact stays", () => {
  test.each([
    ["this phone's clock is years ahead", 3650, 1],
    ["the hub's clock is years ahead", 1, 3650],
    ["this phone's clock is back in 1970", -20_500, 31],
    ["the hub's clock is back in 1970", 31, -20_500],
  ])("while %s", async (_, onPhone, onHub) => {
    const record = await sent("old");
    const start = scene.world.time;
    scene.hub.safe = scene.hub.feed.length;
    scene.world.time += onPhone * DAY;
    scene.hub.day = Math.floor(start / DAY) + onHub;
    await made.engine.syncNow();
    await made.engine.syncNow();
    expect(records()).toEqual([record]);
    // Right again: as if nothing had been.
    scene.world.time = start + DAY;
    setHubDay();
    await made.engine.syncNow();
    expect(records()).toEqual([record]);
  });

  test("while an edit of it was not sent, or is only begun", async () => {
    const [edited, drafted] = [await sent("one"), await sent("two")];
    await made.engine.editContact({ record: edited, form: FORM, values: { area: "three" } });
    const { drafts } = made.vault;
    drafts.save(drafts.begin({ kind: "contact", form: FORM, edits: drafted }), { area: "four" });
    await drafts.flush();
    scene.hub.faults = Array.from({ length: 2 }, () => "unreachable" as const);
    await later(KEEP + 1);
    scene.hub.faults = [];
    await made.engine.syncNow();
    expect(records().sort()).toEqual([edited, drafted].sort());
  });

  test("while it needs attention", async () => {
    const record = await sent("one");
    await made.vault.change((change) => {
      for (const line of change.entries("revision").map(revisionLine)) {
        change.mark(revisionEntry({ ...line, state: "attention", reason: "malformed" }));
      }
    });
    await later(4 * KEEP);
    expect(records()).toEqual([record]);
  });

  test("while only a relay has it, also what was read there", async () => {
    const [one, two] = await pair();
    scene.hub.receipt = "relay";
    await one.engine.syncNow();
    await two.engine.syncNow();
    await log(one, "north");
    await one.engine.syncNow();
    await two.engine.syncNow();
    await expectStates(two.engine, two.enrolment, ["waiting"]);
    scene.hub.safe = scene.hub.feed.length;
    scene.world.time += 10 * KEEP * DAY;
    setHubDay();
    await two.engine.syncNow();
    scene.hub.receipt = "hub";
    await two.engine.syncNow();
    expect(records(two)).toHaveLength(1);
  });

  test("while two phones disagree about it and nobody has decided", async () => {
    const [one, two] = await pair();
    const syncBoth = async (): Promise<void> => {
      for (const { engine } of [one, two, one, two]) {
        await engine.syncNow();
        scene.world.time += DAY;
      }
    };
    await syncBoth();
    const record = await log(one, "north");
    await syncBoth();
    await one.engine.editContact({ record, form: FORM, values: { area: "east" } });
    await two.engine.editContact({ record, form: FORM, values: { area: "west" } });
    await syncBoth();
    scene.hub.safe = scene.hub.feed.length;
    scene.world.time += 4 * KEEP * DAY;
    setHubDay();
    await two.engine.syncNow();
    expect(records(two)).toEqual([record]);
    await two.engine.editContact({ record, form: FORM, values: { area: "west" } });
    await two.engine.syncNow();
    scene.hub.safe = scene.hub.feed.length;
    scene.world.time += (KEEP + 1) * DAY;
    setHubDay();
    await two.engine.syncNow();
    expect(records(two)).toEqual([]);
    // Of the other phone's key too nothing is left.
    expect(two.vault.entries("key").map(keyLine)).toEqual([]);
  });

  test("at a hub that was made anew, until that one has kept it as long", async () => {
    const record = await sent("old");
    await later(KEEP - 1);
    scene.hub.restore();
    await later(2);
    expect(records()).toEqual([record]);
    await later(KEEP + 1);
    expect(records()).toEqual([]);
  });

  test("for a week at the least, whatever a hub says", async () => {
    scene.hub.keepDays = 0;
    const record = await sent("old");
    await later(7);
    expect(records()).toEqual([record]);
    await later(1);
    expect(records()).toEqual([]);
  });

  test("from before hubs said their day, as long again from the day they do", async () => {
    scene.hub.day = undefined;
    const record = await sent("old");
    scene.world.time += 2 * KEEP * DAY;
    scene.hub.safe = scene.hub.feed.length;
    await made.engine.syncNow();
    await later(0);
    await later(KEEP);
    expect(records()).toEqual([record]);
    await later(1);
    expect(records()).toEqual([]);
  });
});
