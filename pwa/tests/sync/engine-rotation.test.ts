import { beforeEach, expect, test } from "vitest";

import { equal } from "../../src/sync/bytes.ts";
import { fingerprint } from "../../src/sync/enrolment.ts";
import { sealingKeyId } from "../../src/sync/identifiers.ts";
import { World } from "../vault/world.ts";
import type { MemoryHub } from "./hub.ts";
import type { Programme } from "./programme.ts";
import { log, type Phone, Scene } from "./scene.ts";

/** A coordinator has left: phones follow the new card, and what they write is sealed to it alone. */

let scene: Scene;
let phone: Phone;

beforeEach(async () => {
  scene = await Scene.make();
  phone = await scene.certified();
});

function shown(): string | undefined {
  return phone.engine.enrolments.value[0]?.fingerprint;
}

/** The areas that these secrets open, of all that is on the hub. */
async function readBy(programme: Programme, hub: MemoryHub): Promise<unknown[]> {
  const read = hub.revisions.map(async (revision) =>
    programme.read(hub.packets, [revision]).catch(() => []),
  );
  const plaintexts = (await Promise.all(read)).flat();
  return plaintexts.map(
    ({ fields }) => fields.find(({ name }) => name === "area")?.alternatives[0]?.value,
  );
}

async function packetsTo(programme: Programme): Promise<number> {
  const recipient = await sealingKeyId(programme.card.sealing_key);
  return scene.hub.packets.filter((each) => equal(each.recipient, recipient)).length;
}

test("a phone that was away follows the card before it sends, the same day", async () => {
  const { hub, programme: before } = scene;
  await log(phone, "north");
  await phone.engine.syncNow();
  await hub.rotate();
  await phone.engine.syncNow();
  expect(shown()).toBe(await fingerprint(hub.programme.card));
  await log(phone, "south");
  await phone.engine.syncNow();
  expect(await readBy(before, hub)).toEqual(["north"]);
  expect(await readBy(hub.programme, hub)).toEqual(["south"]);
});

test("a key that waits with its contact is sealed to the new card instead", async () => {
  const { hub, programme: before } = scene;
  await log(phone, "north");
  await hub.rotate();
  await phone.engine.syncNow();
  expect(await packetsTo(before)).toBe(0);
  expect(await readBy(hub.programme, hub)).toEqual(["north"]);
});

test("two cards at once are followed one after the other", async () => {
  const { hub } = scene;
  await hub.rotate();
  await hub.rotate();
  await phone.engine.syncNow();
  expect(shown()).toBe(await fingerprint(hub.programme.card));
});

test("a phone that is not let in yet follows too", async () => {
  const { hub } = scene;
  scene.world = new World();
  const waits = await scene.phone();
  await hub.rotate();
  await log(waits, "west");
  await waits.engine.syncNow();
  expect(await readBy(hub.programme, hub)).toEqual(["west"]);
});

test("no card is followed for the hub's word, nor without a certificate under it", async () => {
  const { hub, programme: before } = scene;
  const own = hub.certificates;
  await hub.rotate();
  const signed = hub.certificates;
  hub.certificates = own;
  await phone.engine.syncNow();
  expect(shown()).toBe(await fingerprint(before.card));

  const rightful = hub.programme;
  Object.assign(rightful, { card: { ...rightful.card, signature: before.card.signature } });
  hub.certificates = signed;
  await phone.engine.syncNow();
  expect(shown()).toBe(await fingerprint(before.card));
  expect(phone.engine.enrolments.value[0]?.standing).toBe("certified");
});

test("what the key of before signs counts no more, however high its number", async () => {
  const { hub, programme: before } = scene;
  const [own] = hub.certificates;
  if (own === undefined) throw new Error("no certificate");
  await hub.rotate();
  await phone.engine.syncNow();
  const rightful = hub.certificates;
  hub.certificates = [await before.certify(own, own.lane, { n: 2 ** 53 - 1, revoked: true })];
  scene.world.time += 86_400_000;
  await phone.engine.syncNow();
  expect(phone.engine.enrolments.value[0]?.standing).toBe("certified");
  hub.certificates = rightful;
  await log(phone, "east");
  await phone.engine.syncNow();
  expect(await readBy(hub.programme, hub)).toEqual(["east"]);
});

test("a number that was used up under the card of before does not keep the new one from counting", async () => {
  const { hub, programme: before } = scene;
  const [own] = hub.certificates;
  if (own === undefined) throw new Error("no certificate");
  const rightful = hub.programme;
  hub.certificates = [await before.certify(own, own.lane, { n: 2 ** 53 - 1 })];
  scene.world.time += 86_400_000;
  await phone.engine.syncNow();
  expect(hub.programme).toBe(rightful);
  hub.certificates = [own];
  await hub.rotate();
  await phone.engine.syncNow();
  expect(shown()).toBe(await fingerprint(hub.programme.card));
});
