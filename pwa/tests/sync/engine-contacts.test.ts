import { beforeEach, describe, expect, test } from "vitest";

import { fromHex, toHex } from "../../src/sync/bytes.ts";
import { readRevision, revisionLine, revisionParts } from "../../src/sync/client/layout.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import { openVault } from "../../src/vault/index.ts";
import { disk, settle } from "../vault/world.ts";
import { expectStates, FORM, log, Scene } from "./scene.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.make();
});

describe("a contact", () => {
  test("is on this phone at once, and on the hub after a receipt", async () => {
    const made = await scene.certified();
    scene.hub.faults = ["unreachable"];
    await log(made, "north");
    await expectStates(made.engine, made.enrolment, ["on-this-phone"]);
    expect(made.engine.status.value).toMatchObject({ onPhone: 1, onHub: 0, waiting: 1 });
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["waiting"]);
    expect(made.engine.status.value.problem).toBe("unreachable");
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
    expect(made.engine.status.value).toMatchObject({ onPhone: 1, onHub: 1, waiting: 0 });
    expect(made.engine.status.value.problem).toBeUndefined();
    expect(made.engine.contacts(made.enrolment)[0]?.receipt?.by).toBe("hub");
    expect(await scene.areas()).toEqual(["north"]);
  });

  test("is the same object while nothing of it changes, so that no list opens it again", async () => {
    const made = await scene.phone();
    const { engine, vault, enrolment } = made;
    const record = await log(made, "north");
    const present = (): unknown => engine.contacts(enrolment).find(({ id }) => id === record);
    const before = present();
    await vault.notes.create("something else");
    await log(made, "south");
    expect(present()).toBe(before);
    await engine.editContact({ record, form: FORM, values: { area: "east" } });
    expect(present()).not.toBe(before);
  });

  test("whose answer was lost waits, is sent again, and is on the hub once", async () => {
    const made = await scene.phone();
    await log(made, "north");
    scene.hub.faults = [undefined, "answer-lost"];
    await made.engine.syncNow();
    expect(scene.hub.revisions).toHaveLength(1);
    await expectStates(made.engine, made.enrolment, ["waiting"]);
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
    expect(scene.hub.revisions).toHaveLength(1);
  });

  test("travels with a provisional token too, before anyone let the device in", async () => {
    const made = await scene.phone();
    await log(made, "north");
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
    expect(scene.hub.requests).not.toContain("GET /api/v1/collections/*/changes");
    await scene.hub.certifyAll();
    await log(made, "south");
    await made.engine.syncNow();
    await settle();
    expect(made.engine.enrolments.value.map(({ standing }) => standing)).toEqual(["certified"]);
    expect(await scene.areas()).toEqual(["north", "south"]);
    expect(made.engine.contacts(made.enrolment)).toHaveLength(2);
  });

  test("keeps its draft until it is saved, and not longer", async () => {
    const made = await scene.phone();
    const draft = made.vault.drafts.begin({ kind: "contact", form: FORM });
    made.vault.drafts.save(draft, { area: "n" });
    await made.vault.drafts.flush();
    const values = { area: "north" };
    await made.engine.logContact({ enrolment: made.enrolment, form: FORM, values, draft });
    expect(await made.vault.drafts.list()).toEqual([]);
    expect(made.vault.entries("draft")).toEqual([]);
  });

  test("edited before it was sent travels once, as it is now", async () => {
    const made = await scene.certified();
    const record = await log(made, "north");
    await made.engine.editContact({ record, form: FORM, values: { area: "south", age: 20 } });
    await made.engine.editContact({ record, form: FORM, values: { age: undefined } });
    await made.engine.syncNow();
    expect(scene.hub.revisions).toHaveLength(1);
    expect(scene.hub.revisions[0]?.supersedes).toHaveLength(2);
    const [plaintext] = await scene.programme.read(scene.hub.packets, scene.hub.revisions);
    expect(plaintext?.counter).toBe(3);
    expect(plaintext?.past.map(({ counter }) => counter).sort()).toEqual([1, 2]);
    const stamps = plaintext?.fields.map(({ name, alternatives }) => [
      name,
      alternatives[0]?.value,
      alternatives[0]?.counter,
    ]);
    expect(stamps).toEqual([
      ["area", "south", 2],
      ["form", "contact", 1],
      ["form_hash", FORM.hash, 1],
    ]);
    const contact = await made.engine.readContact(record);
    expect(contact.fields).toEqual(new Map([["area", ["south"]]]));
    expect(contact.form).toEqual(FORM);
  });

  test("deleted before it was sent leaves a tombstone, so that no number is missing", async () => {
    const made = await scene.certified();
    const record = await log(made, "north");
    await made.engine.deleteContact(record);
    expect(made.engine.contacts(made.enrolment)).toEqual([]);
    expect(made.engine.status.value).toMatchObject({ onPhone: 1, waiting: 1 });
    await made.engine.syncNow();
    expect(scene.hub.revisions.map(({ tombstone }) => tombstone)).toEqual([true]);
    expect(made.engine.status.value).toMatchObject({ onPhone: 0, waiting: 0 });
  });

  test("saved in two tabs at once has two numbers", async () => {
    const made = await scene.certified();
    const two = await openVault(scene.world.tab(), "passphrase");
    const other = { vault: two, engine: scene.engineOf(two), enrolment: made.enrolment };
    await Promise.all([log(made, "a"), log(other, "b"), log(made, "c"), log(other, "d")]);
    await made.engine.syncNow();
    const read = await scene.programme.read(scene.hub.packets, scene.hub.revisions);
    expect(read.map(({ counter }) => counter).sort()).toEqual([1, 2, 3, 4]);
    await settle();
    expect(other.engine.status.value).toMatchObject({ onPhone: 4, onHub: 4, lastCounter: 4 });
  });

  test("changed on the disk goes into quarantine, never to the hub, and holds nothing up", async () => {
    const made = await scene.certified();
    const broken = await log(made, "north");
    await log(made, "south");
    await made.vault.change(async (change) => {
      for (const entry of change.entries("revision")) {
        if (revisionLine(entry).record !== broken) continue;
        const held = readRevision(await change.read(entry.address));
        held.revision.body[20] = (held.revision.body[20] ?? 0) ^ 1;
        change.put(entry, revisionParts(held));
      }
    });
    await made.engine.syncNow();
    expect(await scene.areas()).toEqual(["south"]);
    const contact = made.engine.contacts(made.enrolment).find(({ id }) => id === broken);
    expect(contact).toMatchObject({ state: "attention", reason: "damaged" });
    expect(made.engine.status.value).toMatchObject({ onPhone: 2, onHub: 1, attention: 1 });
  });

  test("that the hub refuses needs attention, and the rest goes on; it can be tried again", async () => {
    const made = await scene.certified();
    const record = await log(made, "north");
    await log(made, "south");
    const [line] = made.vault.entries("revision").map(revisionLine);
    scene.hub.refused.set(line?.rev ?? "", "wrong-lane");
    await made.engine.syncNow();
    const contact = made.engine.contacts(made.enrolment).find(({ id }) => id === record);
    expect(contact).toMatchObject({ state: "attention", reason: "wrong-lane" });
    expect(await scene.areas()).toEqual(["south"]);
    scene.hub.refused.clear();
    await made.engine.retry(record);
    await made.engine.syncNow();
    expect((await scene.areas()).sort()).toEqual(["north", "south"]);
  });

  test("whose key the hub does not know has its packets sent again, once", async () => {
    const made = await scene.certified();
    await log(made, "north");
    await made.engine.syncNow();
    scene.hub.feed = scene.hub.feed.map(({ name, revision }) => ({
      name: revision ? name : randomBytes(32),
      revision,
    }));
    await log(made, "south");
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub", "on-hub"]);
    expect(await scene.areas()).toEqual(["north", "south"]);
  });

  test("handed to a relay waits for the hub", async () => {
    const made = await scene.certified();
    scene.hub.receipt = "relay";
    await log(made, "north");
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["waiting"]);
    expect(made.engine.contacts(made.enrolment)[0]?.receipt?.by).toBe("relay");
    const before = scene.hub.pushes.length;
    await made.engine.syncNow();
    expect(scene.hub.pushes.length).toBe(before);
    scene.hub.restore();
    scene.hub.receipt = "hub";
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
  });
});

test("nothing that is kept says in clear where it goes or what it is", async () => {
  const made = await scene.certified();
  await log(made, "Mae Sot");
  await made.engine.syncNow();
  const { header, rows } = await disk();
  const all = Buffer.concat([...header, ...rows.values()]);
  const device = fromHex(scene.hub.enrolled[0]?.device ?? "");
  for (const word of ["Mae Sot", "scene.hub.example", "contact", "Border", toHex(device)]) {
    expect(all.includes(Buffer.from(word))).toBe(false);
  }
  expect(all.includes(Buffer.from(device))).toBe(false);
  expect(all.includes(Buffer.from(scene.programme.id))).toBe(false);
});
