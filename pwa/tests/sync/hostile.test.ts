import { expect, test } from "vitest";

import { fromHex } from "../../src/sync/bytes.ts";
import { toText } from "../../src/sync/canonical.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import { createEngine, type Engine } from "../../src/sync/index.ts";
import { revOf, type Revision } from "../../src/sync/revisions.ts";
import { createVault } from "../../src/vault/index.ts";
import { World } from "../vault/world.ts";
import { MemoryHub } from "./hub.ts";
import { ORIGIN, Programme } from "./programme.ts";

const FORM = { id: "contact", hash: "ab".repeat(32) };

interface Phone {
  readonly hub: MemoryHub;
  readonly engine: Engine;
  readonly enrolment: string;
  readonly join: (programme: Programme) => Promise<{ hub: MemoryHub; enrolment: string }>;
}

async function phone(): Promise<Phone> {
  const world = new World();
  const hubs: MemoryHub[] = [];
  // One host, with as many programmes as there are.
  const fetchAny: typeof fetch = async (input, init) => {
    const names = ({ programme }: MemoryHub): string[] =>
      [programme.id, programme.collection].map(toText);
    const address = new Request(input, { ...init, redirect: "manual" }).url;
    const asked = hubs.find((each) => names(each).some((name) => address.includes(name)));
    return ((asked ?? hubs[0])?.fetch ?? fetch)(input, init);
  };
  const vault = await createVault(world.tab(), "passphrase");
  const { locks, now, after } = world.tab();
  const around = { origin: ORIGIN, locks, now, randomBytes, after, online: new EventTarget() };
  const engine = createEngine(vault, { ...around, fetch: fetchAny });
  const join = async (programme: Programme): Promise<{ hub: MemoryHub; enrolment: string }> => {
    const hub = new MemoryHub(programme);
    hub.tokens = hubs[0]?.tokens ?? hub.tokens;
    hubs.push(hub);
    const { invite, link } = await programme.invite();
    await hub.register(invite);
    const { id } = await engine.enrol(link);
    await hub.certifyAll();
    await engine.syncNow();
    return { hub, enrolment: id };
  };
  return { engine, join, ...(await join(await Programme.make())) };
}

async function plant(hub: MemoryHub, changes: Partial<Revision>): Promise<void> {
  const [genuine] = hub.revisions;
  if (genuine === undefined) throw new Error("nothing was sent");
  const name = await revOf(hub.programme.collection, genuine);
  const noise = { ...genuine, supersedes: [name], body: randomBytes(540), ...changes };
  hub.feed.push({ name: await revOf(hub.programme.collection, noise), revision: noise });
}

test("what does not open deletes nothing, and keeps nobody from what does", async () => {
  const { hub, engine, enrolment } = await phone();
  const record = await engine.logContact({ enrolment, form: FORM, values: { area: "north" } });
  // The hub has it, says nothing of it, and names it in a revision of noise.
  hub.faults = [undefined, "answer-lost"];
  await engine.syncNow();
  await plant(hub, { tombstone: true });
  await engine.syncNow();
  const kept = await engine.readContact(record);
  expect(kept).toMatchObject({ sealed: false, deletedElsewhere: false });
  expect(kept.fields.get("area")).toEqual(["north"]);
  await engine.editContact({ record, form: FORM, values: { area: "south" } });
  expect((await engine.readContact(record)).fields.get("area")).toEqual(["south"]);
});

test("a record of one programme is none of another's", async () => {
  const { engine, enrolment, join } = await phone();
  const record = await engine.logContact({ enrolment, form: FORM, values: { area: "north" } });
  const other = await join(await Programme.make());
  await engine.logContact({ enrolment: other.enrolment, form: FORM, values: { area: "west" } });
  await engine.syncNow();
  await plant(other.hub, { record: fromHex(record), supersedes: [] });
  await engine.syncNow();
  expect(engine.contacts(other.enrolment).map(({ id }) => id)).not.toContain(record);
});
