import { beforeEach, describe, expect, test } from "vitest";

import { fromHex, toHex } from "../../src/sync/bytes.ts";
import { readRevision, revisionLine, revisionParts } from "../../src/sync/client/layout.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import { createEngine, type Engine, InviteError, ProblemError } from "../../src/sync/index.ts";
import { createVault, openVault, type Vault } from "../../src/vault/index.ts";
import { disk, settle, World } from "../vault/world.ts";
import { MemoryHub } from "./hub.ts";
import { ORIGIN, Programme } from "./programme.ts";

const FORM = { id: "contact", hash: "ab".repeat(32) };

let world: World;
let programme: Programme;
let hub: MemoryHub;
let online: EventTarget;

beforeEach(async () => {
  world = new World();
  programme = await Programme.make();
  hub = new MemoryHub(programme);
  online = new EventTarget();
});

interface Phone {
  readonly vault: Vault;
  readonly engine: Engine;
  readonly enrolment: string;
}

function engineOf(vault: Vault): Engine {
  const { locks, now, after } = world.tab();
  const { fetch } = hub;
  return createEngine(vault, { fetch, origin: ORIGIN, locks, now, randomBytes, after, online });
}

async function phone(lane?: Uint8Array<ArrayBuffer>): Promise<Phone> {
  const vault = await createVault(world.tab(), "passphrase");
  const engine = engineOf(vault);
  const { invite, link } = await programme.invite();
  await hub.register(invite, lane);
  const { id } = await engine.enrol(link);
  return { vault, engine, enrolment: id };
}

async function certified(): Promise<Phone> {
  const made = await phone();
  await hub.certifyAll();
  await made.engine.syncNow();
  return made;
}

async function log({ engine, enrolment }: Phone, area: string): Promise<string> {
  return engine.logContact({ enrolment, form: FORM, values: { area } });
}

async function areas(): Promise<unknown[]> {
  const read = await programme.read(hub.packets, hub.revisions);
  return read.map(
    ({ fields }) => fields.find(({ name }) => name === "area")?.alternatives[0]?.value,
  );
}

async function expectStates(engine: Engine, enrolment: string, states: string[]): Promise<void> {
  await settle();
  expect(engine.contacts(enrolment).map(({ state }) => state)).toEqual(states);
}

describe("enrolling", () => {
  test("the device is in, and says under which name", async () => {
    const { engine, enrolment } = await phone();
    await settle();
    expect(engine.enrolments.value).toMatchObject([
      { id: enrolment, standing: "provisional", name: "Border", practice: true, role: "worker" },
    ]);
    expect(engine.enrolments.value[0]?.fingerprint).toMatch(/^([0-9a-f]{4} ){4}[0-9a-f]{4}$/);
  });

  test("a lost answer costs nothing: the same keys ask again by themselves", async () => {
    const vault = await createVault(world.tab(), "passphrase");
    const engine = engineOf(vault);
    const { invite, link } = await programme.invite();
    await hub.register(invite);
    hub.faults = ["answer-lost"];
    await expect(engine.enrol(link)).rejects.toMatchObject({ code: "unreachable" });
    engine.start();
    await world.pass(60_000);
    expect(engine.enrolments.value.map(({ standing }) => standing)).toEqual(["provisional"]);
    expect(hub.enrolled).toHaveLength(1);
  });

  test("the same invite twice is one enrolment", async () => {
    const vault = await createVault(world.tab(), "passphrase");
    const engine = engineOf(vault);
    const { invite, link } = await programme.invite();
    await hub.register(invite);
    const first = await engine.enrol(link);
    expect((await engine.enrol(link)).id).toBe(first.id);
  });

  test("a used invite is refused, kept with its reason, and can be forgotten", async () => {
    const { invite, link } = await programme.invite();
    await hub.register(invite);
    const vault = await createVault(world.tab(), "passphrase");
    const engine = engineOf(vault);
    hub.faults = ["invite-used"];
    await expect(engine.enrol(link)).rejects.toThrow(ProblemError);
    await settle();
    const [refused] = engine.enrolments.value;
    expect(refused).toMatchObject({ standing: "refused", refusal: "invite-used" });
    await engine.forgetEnrolment(refused?.id ?? "");
    await settle();
    expect(engine.enrolments.value).toEqual([]);
  });

  test("an invite of another hub, a broken one, an old one, a card with another key", async () => {
    const engine = engineOf(await createVault(world.tab(), "passphrase"));
    const { invite, link } = await programme.invite();
    const why = async (text: string): Promise<string> => {
      const error: unknown = await engine.enrol(text).catch((caught: unknown) => caught);
      return error instanceof InviteError ? error.why : String(error);
    };
    expect(await why("nonsense")).toBe("malformed");
    expect(await why(link.slice(0, -4))).toBe("malformed");
    expect(await why((await programme.invite(1)).link)).toBe("expired");
    const other = await Programme.make();
    Object.assign(programme, { card: { ...other.card, programme: programme.id } });
    await hub.register(invite);
    expect(await why(link)).toBe("wrong-key");
  });
});

describe("a contact", () => {
  test("is on this phone at once, and on the hub after a receipt", async () => {
    const made = await certified();
    hub.faults = ["unreachable"];
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
    expect(await areas()).toEqual(["north"]);
  });

  test("whose answer was lost waits, is sent again, and is on the hub once", async () => {
    const made = await phone();
    await log(made, "north");
    hub.faults = [undefined, "answer-lost"];
    await made.engine.syncNow();
    expect(hub.revisions).toHaveLength(1);
    await expectStates(made.engine, made.enrolment, ["waiting"]);
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
    expect(hub.revisions).toHaveLength(1);
  });

  test("travels with a provisional token too, before anyone let the device in", async () => {
    const made = await phone();
    await log(made, "north");
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
    expect(hub.requests).not.toContain("GET /api/v1/collections/*/changes");
    await hub.certifyAll();
    await log(made, "south");
    await made.engine.syncNow();
    await settle();
    expect(made.engine.enrolments.value.map(({ standing }) => standing)).toEqual(["certified"]);
    expect(await areas()).toEqual(["north", "south"]);
    expect(made.engine.contacts(made.enrolment)).toHaveLength(2);
  });

  test("keeps its draft until it is saved, and not longer", async () => {
    const made = await phone();
    const draft = made.vault.drafts.begin({ kind: "contact", form: FORM });
    made.vault.drafts.save(draft, { area: "n" });
    await made.vault.drafts.flush();
    const values = { area: "north" };
    await made.engine.logContact({ enrolment: made.enrolment, form: FORM, values, draft });
    expect(await made.vault.drafts.list()).toEqual([]);
    expect(made.vault.entries("draft")).toEqual([]);
  });

  test("edited before it was sent travels once, as it is now", async () => {
    const made = await certified();
    const record = await log(made, "north");
    await made.engine.editContact({ record, form: FORM, values: { area: "south", age: 20 } });
    await made.engine.editContact({ record, form: FORM, values: { age: undefined } });
    await made.engine.syncNow();
    expect(hub.revisions).toHaveLength(1);
    expect(hub.revisions[0]?.supersedes).toHaveLength(2);
    const [plaintext] = await programme.read(hub.packets, hub.revisions);
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
    const made = await certified();
    const record = await log(made, "north");
    await made.engine.deleteContact(record);
    expect(made.engine.contacts(made.enrolment)).toEqual([]);
    expect(made.engine.status.value).toMatchObject({ onPhone: 1, waiting: 1 });
    await made.engine.syncNow();
    expect(hub.revisions.map(({ tombstone }) => tombstone)).toEqual([true]);
    expect(made.engine.status.value).toMatchObject({ onPhone: 0, waiting: 0 });
  });

  test("saved in two tabs at once has two numbers", async () => {
    const made = await certified();
    const two = await openVault(world.tab(), "passphrase");
    const other = { vault: two, engine: engineOf(two), enrolment: made.enrolment };
    await Promise.all([log(made, "a"), log(other, "b"), log(made, "c"), log(other, "d")]);
    await made.engine.syncNow();
    const read = await programme.read(hub.packets, hub.revisions);
    expect(read.map(({ counter }) => counter).sort()).toEqual([1, 2, 3, 4]);
    await settle();
    expect(other.engine.status.value).toMatchObject({ onPhone: 4, onHub: 4, lastCounter: 4 });
  });

  test("changed on the disk goes into quarantine, never to the hub, and holds nothing up", async () => {
    const made = await certified();
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
    expect(await areas()).toEqual(["south"]);
    const contact = made.engine.contacts(made.enrolment).find(({ id }) => id === broken);
    expect(contact).toMatchObject({ state: "attention", reason: "damaged" });
    expect(made.engine.status.value).toMatchObject({ onPhone: 2, onHub: 1, attention: 1 });
  });

  test("that the hub refuses needs attention, and the rest goes on; it can be tried again", async () => {
    const made = await certified();
    const record = await log(made, "north");
    await log(made, "south");
    const [line] = made.vault.entries("revision").map(revisionLine);
    hub.refused.set(line?.rev ?? "", "wrong-lane");
    await made.engine.syncNow();
    const contact = made.engine.contacts(made.enrolment).find(({ id }) => id === record);
    expect(contact).toMatchObject({ state: "attention", reason: "wrong-lane" });
    expect(await areas()).toEqual(["south"]);
    hub.refused.clear();
    await made.engine.retry(record);
    await made.engine.syncNow();
    expect((await areas()).sort()).toEqual(["north", "south"]);
  });

  test("whose key the hub does not know has its packets sent again, once", async () => {
    const made = await certified();
    await log(made, "north");
    await made.engine.syncNow();
    hub.feed = hub.feed.map(({ name, revision }) => ({
      name: revision ? name : randomBytes(32),
      revision,
    }));
    await log(made, "south");
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub", "on-hub"]);
    expect(await areas()).toEqual(["north", "south"]);
  });

  test("handed to a relay waits for the hub", async () => {
    const made = await certified();
    hub.receipt = "relay";
    await log(made, "north");
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["waiting"]);
    expect(made.engine.contacts(made.enrolment)[0]?.receipt?.by).toBe("relay");
    const before = hub.pushes.length;
    await made.engine.syncNow();
    expect(hub.pushes.length).toBe(before);
    hub.restore();
    hub.receipt = "hub";
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
  });
});

describe("the hub", () => {
  test("restored to an earlier day gets back what it lost, without a new invite", async () => {
    const made = await certified();
    await log(made, "one");
    await made.engine.syncNow();
    const backup = [...hub.feed];
    await log(made, "two");
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub", "on-hub"]);
    hub.restore(backup);
    await made.engine.syncNow();
    expect((await areas()).sort()).toEqual(["one", "two"]);
    await expectStates(made.engine, made.enrolment, ["on-hub", "on-hub"]);
    hub.restore();
    await made.engine.syncNow();
    expect((await areas()).sort()).toEqual(["one", "two"]);
  });

  test("restored while the device was provisional gets everything too", async () => {
    const made = await phone();
    await log(made, "one");
    await made.engine.syncNow();
    hub.restore();
    await log(made, "two");
    await made.engine.syncNow();
    await made.engine.syncNow();
    expect((await areas()).sort()).toEqual(["one", "two"]);
  });

  test("that forgot the token gets a signature and gives another", async () => {
    const made = await certified();
    hub.tokens.clear();
    await log(made, "one");
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
    expect(hub.requests).toContain("POST /api/v1/token");
  });

  test.each(["certified", "provisional"])(
    "that says revoked without a signature is asked again, slowly, and a %s device goes on as before",
    async (standing) => {
      const made = standing === "certified" ? await certified() : await phone();
      await made.vault.setAutoLock({ idle_seconds: 1_000_000, hidden_seconds: 60 });
      await log(made, "one");
      hub.revoked = new Set(hub.enrolled.map(({ device }) => device));
      made.engine.start();
      await world.pass(100);
      expect(made.engine.status.value.problem).toBe("revoked");
      expect(made.engine.enrolments.value.map((each) => each.standing)).toEqual(["revoked"]);
      const record = await log(made, "two");
      expect((await made.engine.readContact(record)).fields.get("area")).toEqual(["two"]);
      await world.pass(100);
      hub.requests = [];
      await world.pass(3_600_000);
      expect(hub.requests.length).toBeGreaterThanOrEqual(5);
      expect(hub.requests.length).toBeLessThanOrEqual(12);
      expect(made.engine.enrolments.value.map((each) => each.standing)).toEqual(["revoked"]);
      expect(made.engine.status.value).toMatchObject({ onPhone: 2, onHub: 0, waiting: 2 });
      hub.revoked.clear();
      await world.pass(600_000);
      expect(made.engine.enrolments.value.map((each) => each.standing)).toEqual([standing]);
      expect(made.engine.status.value).toMatchObject({ onPhone: 2, onHub: 2, waiting: 0 });
      expect(made.engine.status.value.problem).toBeUndefined();
      expect((await areas()).sort()).toEqual(["one", "two"]);
    },
  );

  test("that has the programme's signature on it is asked no more; everything stays on the phone", async () => {
    const made = await certified();
    await made.vault.setAutoLock({ idle_seconds: 1_000_000, hidden_seconds: 60 });
    await log(made, "one");
    for (const asking of hub.enrolled) {
      const revoked = { n: 2, revoked: true };
      hub.certificates.push(await programme.certify(asking, asking.lane, revoked));
    }
    await world.pass(86_400_000);
    await made.engine.syncNow();
    await settle();
    expect(made.engine.status.value.problem).toBe("revoked");
    expect(made.engine.enrolments.value.map(({ standing }) => standing)).toEqual(["revoked"]);
    const record = await log(made, "two");
    expect((await made.engine.readContact(record)).fields.get("area")).toEqual(["two"]);
    hub.requests = [];
    made.engine.start();
    await made.engine.syncNow();
    await world.pass(3_600_000);
    expect(hub.requests).toEqual([]);
    expect(made.engine.enrolments.value.map(({ standing }) => standing)).toEqual(["revoked"]);
    expect(made.engine.status.value).toMatchObject({ onPhone: 2, onHub: 0, waiting: 2 });
  });

  test("is sent small requests first, then larger ones", async () => {
    const made = await certified();
    for (let at = 0; at < 60; at += 1) await log(made, `area ${at}`);
    hub.pushes = [];
    await made.engine.syncNow();
    expect(hub.pushes.reduce((sum, count) => sum + count)).toBe(60);
    expect(hub.pushes.length).toBeGreaterThan(1);
    expect(hub.pushes.length).toBeLessThan(5);
  });

  test("that finds one request too large gets its parts, and only what is too large waits", async () => {
    const made = await certified();
    for (const area of ["one", "two", "three"]) await log(made, area);
    await made.engine.syncNow();
    for (const area of ["four", "five", "six"]) await log(made, area);
    hub.faults = [undefined, "too-large", "too-large", "too-large"];
    hub.pushes = [];
    await made.engine.syncNow();
    expect(made.engine.status.value).toMatchObject({ onPhone: 6, onHub: 5, attention: 1 });
    expect((await areas()).length).toBe(5);
  });
});

describe("two phones in one lane", () => {
  interface Pair {
    readonly one: Phone;
    readonly two: Phone;
  }

  async function pair(): Promise<Pair> {
    const lane = randomBytes(16);
    const one = await phone(lane);
    // Another phone has another database; the first one's is open already.
    const time = world.time;
    world = new World();
    world.time = time;
    const two = await phone(lane);
    await hub.certifyAll();
    return { one, two };
  }

  /** Certificates are asked for once a day, so two days pass. */
  async function syncAll({ one, two }: Pair): Promise<void> {
    for (const { engine } of [one, two, one, two]) {
      await engine.syncNow();
      world.time += 43_200_000;
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

describe("by itself", () => {
  test("it goes on after faults, later and later, and not after it is stopped", async () => {
    const made = await phone();
    await made.vault.setAutoLock({ idle_seconds: 1_000_000, hidden_seconds: 60 });
    made.engine.start();
    await world.pass(100);
    hub.faults = Array.from({ length: 6 }, () => "unreachable");
    hub.requests = [];
    await log(made, "north");
    await world.pass(1000);
    expect(hub.requests).toHaveLength(1);
    await world.pass(10_000);
    expect(hub.requests.length).toBeLessThan(4);
    await world.pass(20 * 60_000);
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
    made.engine.stop();
    hub.requests = [];
    await world.pass(3_600_000);
    expect(hub.requests).toEqual([]);
  });

  test("it tries at once when the browser says online", async () => {
    const made = await phone();
    made.engine.start();
    await world.pass(100);
    hub.faults = ["unreachable"];
    await log(made, "north");
    await world.pass(100);
    expect(made.engine.status.value.waiting).toBe(1);
    online.dispatchEvent(new Event("online"));
    await world.pass(100);
    expect(made.engine.status.value).toMatchObject({ onHub: 1, waiting: 0, sending: false });
  });

  test("it leaves the work to another tab's engine, and sees what that did", async () => {
    const made = await phone();
    const vault = await openVault(world.tab(), "passphrase");
    const other = { vault, engine: engineOf(vault), enrolment: made.enrolment };
    made.engine.start();
    other.engine.start();
    await world.pass(100);
    await log(other, "north");
    await world.pass(100);
    await log(made, "south");
    await world.pass(100);
    expect(hub.pushes.reduce((sum, count) => sum + count)).toBe(2);
    await expectStates(other.engine, made.enrolment, ["on-hub", "on-hub"]);
  });

  test("it ends with the vault", async () => {
    const made = await phone();
    made.engine.start();
    await world.pass(100);
    await made.vault.lock();
    hub.requests = [];
    await world.pass(3_600_000);
    await made.engine.syncNow();
    expect(hub.requests).toEqual([]);
  });
});

test("nothing that is kept says in clear where it goes or what it is", async () => {
  const made = await certified();
  await log(made, "Mae Sot");
  await made.engine.syncNow();
  const { header, rows } = await disk();
  const all = Buffer.concat([...header, ...rows.values()]);
  const device = fromHex(hub.enrolled[0]?.device ?? "");
  for (const word of ["Mae Sot", "hub.example", "contact", "Border", toHex(device)]) {
    expect(all.includes(Buffer.from(word))).toBe(false);
  }
  expect(all.includes(Buffer.from(device))).toBe(false);
  expect(all.includes(Buffer.from(programme.id))).toBe(false);
});
