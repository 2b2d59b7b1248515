import { beforeEach, describe, expect, test } from "vitest";

import { Line } from "../../../src/sync/client/batches.ts";
import { Hub } from "../../../src/sync/client/hub.ts";
import { Session } from "../../../src/sync/client/session.ts";
import { learnCertificates } from "../../../src/sync/client/trust.ts";
import { handBack } from "../../../src/sync/coordinator/handing-back.ts";
import { pullContacts, pulledLines } from "../../../src/sync/coordinator/intake.ts";
import { mendContacts } from "../../../src/sync/coordinator/mending.ts";
import { ProgrammeContacts } from "../../../src/sync/coordinator/programme-contacts.ts";
import { answering, type Answers, type BookReader } from "../../../src/sync/coordinator/reader.ts";
import { fromHex, toHex } from "../../../src/sync/bytes.ts";
import type { Part } from "../../../src/sync/canonical.ts";
import { openVault } from "../../../src/vault/index.ts";
import { World } from "../../vault/world.ts";
import { ORIGIN } from "../programme.ts";
import { FORM, log, type Phone, Scene } from "../scene.ts";

let scene: Scene;
/** A coordinator's own browser. */
let world: World;
let desk: Phone;

class Reader implements BookReader {
  static taken = 0;
  static ended = 0;
  readonly #answer = answering();

  async ask<Q extends Parameters<BookReader["ask"]>[0]>(question: Q): Promise<Answers[Q["ask"]]> {
    if (question.ask === "take" && question.pulled !== undefined) Reader.taken += 1;
    // As a thread is asked: nothing that is held here is what it works on.
    return this.#answer(structuredClone(question)) as Promise<Answers[Q["ask"]]>;
  }

  end(): void {
    Reader.ended += 1;
  }
}

beforeEach(async () => {
  scene = await Scene.make();
  desk = await scene.phone();
  world = scene.world;
  const [asking] = scene.hub.enrolled;
  if (asking === undefined) throw new Error("nobody asked");
  const role = "coordinator";
  scene.hub.certificates.push(await scene.programme.certify(asking, asking.lane, { role }));
  Reader.taken = 0;
  Reader.ended = 0;
});

function session(vault = desk.vault): Session {
  const { now, after } = world.tab();
  const hub = new Hub(ORIGIN, { now, after, fetch: scene.hub.fetch }, new AbortController().signal);
  return new Session(vault, hub, desk.enrolment);
}

let announced = 0;

async function pull(vault = desk.vault): Promise<boolean> {
  const around = {
    now: () => world.time,
    line: new Line(),
    lost: async () => Promise.resolve(void (announced += 1)),
  };
  await learnCertificates(vault, session(vault), world.time);
  return pullContacts(vault, session(vault), around);
}

function contacts(vault = desk.vault): ProgrammeContacts {
  const seeds = async () => Promise.resolve([scene.programme.seed]);
  return new ProgrammeContacts(vault, desk.enrolment, seeds, () => new Reader());
}

/** Of another worker, in a browser of its own. */
async function worker(): Promise<Phone> {
  const { indexedDB } = globalThis;
  scene.world = new World();
  const made = await scene.phone();
  globalThis.indexedDB = indexedDB;
  return made;
}

function heldRevisions(): number {
  return pulledLines(desk.vault, desk.enrolment).reduce((sum, { revisions }) => sum + revisions, 0);
}

function areas(seen: ProgrammeContacts): unknown[] {
  return seen.seen.value.sheet
    .contacts()
    .map(({ fields }) => fields.get("area"))
    .sort();
}

describe("the contacts of a whole programme", () => {
  test("come from every lane, are kept, and open again without a key", async () => {
    const [one, two] = [await worker(), await worker()];
    for (const area of ["a", "b", "c", "d"]) await log(one, area);
    await log(two, "e");
    await one.engine.syncNow();
    await two.engine.syncNow();
    await scene.hub.certifyAll();
    expect(await pull()).toBe(false);
    const seen = contacts();
    await seen.settled();
    expect(areas(seen)).toEqual(["a", "b", "c", "d", "e"]);
    expect(seen.seen.value.devices.map(({ last }) => last).sort()).toEqual([1, 4]);
    expect(seen.seen.value.unreadable).toBe(0);
    expect(seen.opening.value).toEqual({ opened: 5, of: 5, isOpening: false, hasFailed: false });
    const opened = Reader.taken;
    expect(opened).toBeGreaterThan(0);

    const later = contacts();
    await later.settled();
    expect(areas(later)).toEqual(["a", "b", "c", "d", "e"]);
    expect(Reader.taken).toBe(opened);
  });

  test("are followed as they come, changed and deleted", async () => {
    const one = await worker();
    const [first, second] = [await log(one, "a"), await log(one, "b")];
    await one.engine.syncNow();
    await scene.hub.certifyAll();
    await pull();
    const seen = contacts();
    await seen.settled();
    const before = seen.seen.value;
    await one.engine.editContact({ record: first, form: FORM, values: { area: "c" } });
    await one.engine.deleteContact(second);
    await log(one, "d");
    await one.engine.syncNow();
    await pull();
    await seen.settled();
    expect(areas(seen)).toEqual(["c", "d"]);
    expect(seen.seen.value).not.toBe(before);
  });

  test("confirm to the hub only what is kept", async () => {
    const one = await worker();
    for (const area of ["a", "b", "c", "d"]) await log(one, area);
    await one.engine.syncNow();
    scene.hub.faults = [undefined, undefined, undefined, "unreachable"];
    await expect(pull()).rejects.toThrow();
    const seen = contacts();
    await seen.settled();
    const got = areas(seen).length;
    await pull();
    await seen.settled();
    expect(got).toBeLessThan(4);
    expect(areas(seen)).toEqual(["a", "b", "c", "d"]);
  });

  test("go back to a hub that was restored from an older copy", async () => {
    const one = await worker();
    for (const area of ["a", "b", "c", "d"]) await log(one, area);
    await one.engine.syncNow();
    await pull();
    const before = scene.hub.feed;
    scene.hub.restore(before.slice(0, 2));
    await pull();
    expect(announced).toBe(1);
    await handBack(desk.vault, session());
    expect(scene.hub.feed.map(({ name }) => toHex(name)).sort()).toEqual(
      before.map(({ name }) => toHex(name)).sort(),
    );
    const pushes = scene.hub.pushes.length;
    await handBack(desk.vault, session());
    expect(scene.hub.pushes).toHaveLength(pushes);
    await pull();
    expect(heldRevisions()).toBe(4);
    const seen = contacts();
    await seen.settled();
    expect(areas(seen)).toEqual(["a", "b", "c", "d"]);
    expect(seen.seen.value.devices).toMatchObject([{ last: 4, twice: [] }]);
  });

  test("go back where the hub lacks them, are kept once, and are asked for again where others wrote meanwhile", async () => {
    const [one, two] = [await worker(), await worker()];
    for (const area of ["a", "b", "c", "d"]) await log(one, area);
    await one.engine.syncNow();
    await pull();
    scene.hub.restore(scene.hub.feed.slice(0, 3));
    await pull();
    await log(two, "e");
    await two.engine.syncNow();
    scene.hub.pushes = [];
    const states = (): string[] => desk.vault.entries("pulled").map(({ state }) => state);
    await handBack(desk.vault, session());
    expect(scene.hub.pushes).toEqual([2]);
    expect(states()).toContain("back");
    for (let turn = 0; turn < 2; turn += 1) {
      await pull();
      await handBack(desk.vault, session());
    }
    expect(scene.hub.pushes).toEqual([2]);
    expect(states()).not.toContain("back");
    expect(heldRevisions()).toBe(5);
    const seen = contacts();
    await seen.settled();
    expect(areas(seen)).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("go back to a hub that did not know their device, once it does", async () => {
    const [one, two] = [await worker(), await worker()];
    for (const phone of [one, two]) {
      await log(phone, "a");
      await phone.engine.syncNow();
    }
    await pull();
    const { feed, enrolled } = scene.hub;
    scene.hub.restore();
    scene.hub.strangers.add(enrolled.at(-1)?.device ?? "");
    await pull();
    await handBack(desk.vault, session());
    expect(scene.hub.feed.length).toBeLessThan(feed.length);
    const pushes = scene.hub.pushes.length;
    await handBack(desk.vault, session());
    expect(scene.hub.pushes).toHaveLength(pushes);

    scene.hub.strangers.clear();
    await scene.hub.certifyAll();
    await pull();
    await handBack(desk.vault, session());
    const names = (held: typeof feed): string[] => held.map(({ name }) => toHex(name)).sort();
    expect(names(scene.hub.feed)).toEqual(names(feed));
    expect(desk.vault.entries("pulled").map(({ state }) => state)).not.toContain("back");
  });

  test("come again from the hub where a row, a page of one, or how far was read is damaged", async () => {
    const one = await worker();
    for (const area of ["a", "b"]) await log(one, area);
    await one.engine.syncNow();
    await scene.hub.certifyAll();
    await pull();
    const damage = async (type: "pulled" | "intake", content: readonly Part[]): Promise<void> => {
      const [entry] = desk.vault.entries(type);
      if (entry === undefined) throw new Error("nothing was pulled");
      await desk.vault.change((change) => change.put(entry, content));
    };
    const mended = async (): Promise<void> => {
      await pull();
      await handBack(desk.vault, session());
      await mendContacts(desk.vault, session());
      const seen = contacts();
      await seen.settled();
      expect(areas(seen)).toEqual(["a", "b"]);
      expect(seen.seen.value.unreadable).toBe(0);
    };
    for (const content of [[9], [[Uint8Array.of(1)]]] as const) {
      await damage("pulled", ["pulled", 1, ...content]);
      // A vault that is opened anew: it is not looked for all the time.
      await desk.vault.lock();
      desk = { ...desk, vault: await openVault(world.tab(), "passphrase") };
      await mended();
      const requests = scene.hub.requests.length;
      await mendContacts(desk.vault, session());
      expect(scene.hub.requests).toHaveLength(requests);
    }
    announced = 0;
    await damage("intake", ["intake", 9]);
    await mended();
    expect(announced).toBe(1);
  });

  test("say how many cannot be read, and show the others, where a row is damaged", async () => {
    const one = await worker();
    await log(one, "a");
    await one.engine.syncNow();
    await pull();
    const [pulled] = desk.vault.entries("pulled");
    if (pulled === undefined) throw new Error("nothing was pulled");
    await desk.vault.change((change) => change.put(pulled, ["pulled", 9]));
    const seen = contacts();
    await seen.settled();
    expect(seen.opening.value).toMatchObject({ hasFailed: false });
    expect(seen.seen.value.unreadable).toBe(1);
  });

  test("go on to come, and to be given back, after a damaged row", async () => {
    const one = await worker();
    await log(one, "a");
    await one.engine.syncNow();
    await scene.hub.certifyAll();
    await pull();
    const [pulled] = desk.vault.entries("pulled");
    if (pulled === undefined) throw new Error("nothing was pulled");
    await desk.vault.change((change) => change.put(pulled, ["pulled", 9]));
    await log(one, "b");
    await one.engine.syncNow();
    await pull();
    expect(desk.vault.entries("pulled")).toHaveLength(2);
    await desk.vault.change((change) => {
      for (const entry of change.entries("pulled")) change.mark({ ...entry, state: "back" });
    });
    await handBack(desk.vault, session());
    expect(desk.vault.entries("pulled").map(({ state }) => state)).toEqual(["held", "held"]);
  });

  test("are forgotten with the lock, and open in the next vault", async () => {
    const one = await worker();
    await log(one, "a");
    await one.engine.syncNow();
    await pull();
    const seen = contacts();
    await seen.settled();
    await desk.vault.lock();
    expect(Reader.ended).toBe(1);
    expect(seen.seen.value.sheet.size).toBe(0);
    const vault = await openVault(world.tab(), "passphrase");
    const again = contacts(vault);
    await again.settled();
    expect(areas(again)).toEqual(["a"]);
  });

  test("do not stand in the way of a second tab", async () => {
    const one = await worker();
    await log(one, "a");
    await one.engine.syncNow();
    const other = await openVault(world.tab(), "passphrase");
    const [here, there] = [contacts(), contacts(other)];
    await pull(other);
    await Promise.all([here.settled(), there.settled()]);
    await Promise.all([here.settled(), there.settled()]);
    expect([areas(here), areas(there)]).toEqual([["a"], ["a"]]);
    expect(other.entries("opened")).toHaveLength(1);
    expect(fromHex(other.entries("opened")[0]?.address ?? "")).toHaveLength(16);
  });
});
