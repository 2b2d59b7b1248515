/** What coordinators publish, on a phone: believed only where one of them signed it. */
import { beforeEach, expect, test } from "vitest";

import { openBody, sealBody } from "../../src/sync/crypto/bodies.ts";
import { importPrivateKey, newKeyPair } from "../../src/sync/crypto/signing.ts";
import { revOf } from "../../src/sync/revisions.ts";
import { Publisher } from "./publisher.ts";
import { log, type Phone, Scene } from "./scene.ts";

const DAY = 86_400_000;
let scene: Scene;
let phone: Phone;
let coordinator: Publisher;

beforeEach(async () => {
  scene = await Scene.make();
  coordinator = await Publisher.make(scene.hub);
  phone = await scene.certified();
  await coordinator.share();
});

async function texts(): Promise<unknown[]> {
  await phone.engine.syncNow();
  const published = await phone.engine.published(phone.enrolment);
  return published.filter(({ isStanding }) => isStanding).map(({ values }) => values.get("text"));
}

function notice(text: string, published = 1): Record<string, string | number> {
  return { type: "notice", text, published };
}

test("the newest comes first, and what is withdrawn is gone", async () => {
  const first = await coordinator.publish(notice("first", 1));
  await coordinator.publish(notice("second", 2));
  expect(await texts()).toEqual(["second", "first"]);
  await coordinator.publish(undefined, { instead: first });
  expect(await texts()).toEqual(["second"]);
});

test("what was withdrawn stays so, whoever seals it anew with its old signature", async () => {
  const first = await coordinator.publish(notice("first"));
  const { members } = scene.hub.programme;
  const revision = scene.hub.members.at(-1)?.revision;
  if (revision === undefined) throw new Error("nothing was published");
  const signed = await openBody(coordinator.contentKey, members, revision);
  const anew = await sealBody(coordinator.contentKey, members, revision, signed);
  await coordinator.publish(undefined, { instead: first });
  scene.hub.members.push({ name: await revOf(members, anew), revision: anew });
  expect(await texts()).toEqual([]);
});

test("it is there after the vault was locked, with no hub", async () => {
  await coordinator.publish(notice("kept"));
  await texts();
  scene.hub.faults.push("unreachable");
  const engine = scene.engineOf(phone.vault);
  const [found] = await engine.published(phone.enrolment);
  expect(found?.values.get("text")).toBe("kept");
});

test("what somebody else signed in a coordinator's name is not kept", async () => {
  const { privateKey } = await newKeyPair();
  await coordinator.publish(notice("false"), { signer: await importPrivateKey(privateKey) });
  await coordinator.publish(notice("true"));
  expect(await texts()).toEqual(["true"]);
  expect(phone.vault.entries("member")).toHaveLength(1);
});

test("what a worker signed under a coordinator's key is not kept, and hides nothing", async () => {
  const worker = await Publisher.make(scene.hub, "worker");
  scene.world.time += DAY;
  await coordinator.publish(notice("true"));
  worker.contentKey = coordinator.contentKey;
  await worker.publish(notice("false"));
  expect(await texts()).toEqual(["true"]);
});

test("a coordinator of another programme says nothing here", async () => {
  const { hub } = await Scene.make();
  const stranger = await Publisher.make(hub);
  scene.hub.certificates.push(stranger.certificate);
  stranger.contentKey = coordinator.contentKey;
  await stranger.publish(notice("false"));
  scene.hub.members.push(...hub.members);
  expect(await texts()).toEqual([]);
});

test("a coordinator who came since is believed as soon as something of theirs comes", async () => {
  const second = await Publisher.make(scene.hub);
  await second.share();
  await second.publish(notice("from the second"));
  expect(await texts()).toEqual(["from the second"]);
});

test("once a coordinator is revoked nothing of theirs is shown, but it is still read", async () => {
  await coordinator.publish({ type: "form", form_hash: "ab", published: 1 });
  await texts();
  await coordinator.revoke();
  scene.world.time += DAY;
  expect(await texts()).toEqual([]);
  const [form] = await phone.engine.published(phone.enrolment);
  expect(form).toMatchObject({ type: "form", isStanding: false });
});

test("once revoked a coordinator hides nothing, though the hub helps, and what they withdrew before stays so", async () => {
  const second = await Publisher.make(scene.hub);
  const withdrawn = await coordinator.publish(notice("withdrawn", 1));
  const deleted = await coordinator.publish(notice("deleted", 2));
  const changed = await coordinator.publish(notice("changed", 3));
  await second.replace(coordinator, withdrawn, undefined);
  await second.revoke();
  expect(await texts()).toEqual(["changed", "deleted"]);
  await second.replace(coordinator, deleted, undefined);
  await second.replace(coordinator, changed, "false");
  expect(await texts()).toEqual(["changed", "deleted"]);
});

test("a key that comes later opens what came before", async () => {
  const second = await Publisher.make(scene.hub);
  await second.publish(notice("sealed"));
  expect(await texts()).toEqual([]);
  await second.share();
  expect(await texts()).toEqual(["sealed"]);
});

test("what was looked at is marked, on this phone alone", async () => {
  await coordinator.publish(notice("first"));
  await texts();
  const [found] = await phone.engine.published(phone.enrolment);
  expect(found?.isSeen).toBe(false);
  await phone.engine.markSeen(phone.enrolment, [found?.id ?? ""]);
  const [seen] = await phone.engine.published(phone.enrolment);
  expect(seen?.isSeen).toBe(true);
});

test("a hub that was put back brings nothing back that was withdrawn", async () => {
  const first = await coordinator.publish(notice("first"));
  await texts();
  const before = [...scene.hub.members];
  await coordinator.publish(undefined, { instead: first });
  expect(await texts()).toEqual([]);
  scene.hub.members = before;
  scene.hub.restore(scene.hub.feed);
  expect(await texts()).toEqual([]);
});

test("a fault there keeps no contact from the hub, and nothing of it stays with the programme gone", async () => {
  await coordinator.publish(notice("first"));
  await texts();
  await log(phone, "north");
  await phone.engine.syncNow();
  expect(await scene.areas()).toEqual(["north"]);
  await phone.engine.leave(phone.enrolment);
  expect(phone.vault.entries("member")).toEqual([]);
  expect(phone.vault.entries("members")).toEqual([]);
});
