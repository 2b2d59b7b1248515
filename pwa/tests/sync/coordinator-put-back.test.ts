/** What a coordinator's browser does before a hub that was put back from before a card, and before a relay. */
import { decode } from "@msgpack/msgpack";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { fromText, toText } from "../../src/sync/canonical.ts";
import { readDevice } from "../../src/sync/client/device-layout.ts";
import { readerOf } from "../../src/sync/client/reading.ts";
import { deskAt, secretOf } from "../../src/sync/coordinator/desk.ts";
import { pulledLines } from "../../src/sync/coordinator/intake.ts";
import { importPrivateKey } from "../../src/sync/crypto/signing.ts";
import { decodeCertificates, signCertificate } from "../../src/sync/enrolment.ts";
import { collectionId } from "../../src/sync/identifiers.ts";
import { changing, isPush, isTelling, saying, through } from "./between.ts";
import { anew, type Desk, desksAt, type Phone, synced } from "./desks.ts";
import { HAS_HUB, RealHub } from "./real-hub.ts";

const FORM = { id: "contact", hash: "cd".repeat(32) };
const hub = new RealHub();
const { opened, founded, beside, entered, worker, kept, putBack } = desksAt(hub);

beforeAll(async () => hub.start(), 60_000);
afterAll(async () => hub.end());

describe.skipIf(!HAS_HUB)("a coordinator's browser before another hub", () => {
  test("leads a hub on that was put back from before a card, with what others did there since", async () => {
    const desk = await founded("Border");
    let second = await beside(desk, "second");
    let leaver = await beside(desk, "leaver");
    const phones = [await opened(), await opened(), await opened()];
    const enter = async (by: Desk, at: number, note: string): Promise<string> => {
      const link = await by.coordinator.invite("worker", { days: 3, note });
      const { id } = (await phones[at]?.engine.enrol(link)) ?? { id: "" };
      await synced(by.engine);
      return id;
    };
    await enter(desk, 0, "out");
    await anew(second);
    const { devices } = await desk.coordinator.seen();
    const deviceOf = (note: string): string =>
      devices.find((each) => each.note === note)?.device ?? "";
    for (const each of [desk, second, leaver]) each.engine.stop();
    await kept("before");
    const revoking = hub.engine(desk.world, desk.vault);
    const coordinator = await revoking.coordinator(desk.enrolment);
    await coordinator.revoke(deviceOf("leaver"), 0);
    await synced(revoking);
    revoking.stop();

    await putBack("before");
    [second, leaver] = [await again(second), await again(leaver)];
    const id = await enter(second, 1, "let in");
    await second.coordinator.revoke(deviceOf("out"), 0);
    await enter(leaver, 2, "of the leaver");
    // The first time it asks, and then again where it was cut; also when it knows the hub by then.
    let isCut = true;
    const cut = through(async (request) => {
      const asked = fetch(request);
      if (!isTelling(request) || !isCut) return asked;
      if ((await (await asked).clone().text()).includes("card-changed")) return asked;
      isCut = false;
      throw new TypeError("cut");
    });
    const engine = hub.engine(desk.world, desk.vault, cut);
    await engine.syncNow();
    await synced(engine);
    for (const each of [await again(desk), second]) {
      await anew(each);
      const seen = await each.coordinator.seen();
      const gone = seen.devices.filter(({ revoked }) => revoked).map(({ note }) => note);
      expect(gone.sort()).toEqual(["", "leaver", "out"]);
      expect(seen.devices.map(({ note }) => note)).toContain("let in");
      const { card } = readDevice(await each.vault.readRow(each.enrolment));
      expect(card?.generation).toBe(2);
    }
    const phone = phones[1]?.engine;
    await phone?.logContact({ enrolment: id, form: FORM, values: { area: "let in" } });
    await phone?.syncNow();
    expect(phone?.status.value).toMatchObject({ onHub: 1, waiting: 0 });
    expect(phone?.status.value.problem).toBeUndefined();
  }, 240_000);

  test("puts nobody out, itself neither, for a revocation by the key of before that nobody who stays logged", async () => {
    const desk = await founded("Border");
    const leaver = await beside(desk, "leaver");
    const phone = await opened();
    await phone.engine.enrol(await desk.coordinator.invite("worker", { days: 3, note: "phone" }));
    await synced(desk.engine);
    await anew(leaver);
    const secret = await secretOf(await deskAt(readerOf(desk.vault), desk.enrolment, "admin"));
    const { devices } = await desk.coordinator.seen();
    await kept("before-leaving");
    const left = devices.find(({ note }) => note === "leaver")?.device ?? "";
    await desk.coordinator.revoke(left, 0);
    await synced(desk.engine);
    for (const each of [desk, leaver]) each.engine.stop();

    await putBack("before-leaving");
    // In their own log it says so.
    const still = await again(leaver);
    await still.coordinator.revoke(devices.find(({ note }) => note === "phone")?.device ?? "", 0);
    const key = await importPrivateKey(secret?.signing_key ?? new Uint8Array());
    let offered = 0;
    const lying = through(async (request) => {
      const answer = await fetch(request);
      if (request.method !== "GET" || !request.url.endsWith("/certificates")) return answer;
      const there = decodeCertificates(decode(new Uint8Array(await answer.arrayBuffer())));
      const own = there.cards.length > 1 ? [] : there.certificates;
      offered += own.length;
      const forged = own.map(async (each) =>
        signCertificate(key, { ...each, n: each.n + 1, revoked: true }),
      );
      const certificates = own.length > 0 ? await Promise.all(forged) : there.certificates;
      const [card, ...cards] = [...there.cards].reverse();
      return saying(answer, { card, cards, certificates });
    });
    await synced(hub.engine(desk.world, desk.vault, lying));
    expect(offered).toBeGreaterThan(0);
    const seen = await desk.coordinator.seen();
    const gone = seen.devices.filter(({ revoked }) => revoked);
    expect(gone.map(({ device }) => device)).toEqual([left]);
  }, 120_000);

  test("exchanges all but the card where it is not taken, as at a relay that has the one of before", async () => {
    const desk = await founded("Border");
    const phone = await entered(desk);
    await kept("pending");
    await synced(desk.engine);
    await desk.coordinator.rotate();
    await synced(desk.engine);
    desk.engine.stop();
    await putBack("pending");
    await write(phone, "at a relay");
    await synced(phone.engine);
    const relay = through(async (request) => {
      if (!isTelling(request)) return fetch(request);
      const body = decode(new Uint8Array(await request.clone().arrayBuffer()));
      if ((body as Record<string, unknown>)["card"] === undefined) return fetch(request);
      const headers = { "Content-Type": "application/problem+json" };
      const problem = { type: "urn:sojourn:problem:card-changed", status: 409 };
      return new Response(JSON.stringify(problem), { status: 409, headers });
    });
    await synced(hub.engine(desk.world, desk.vault, relay));
    expect(desk.vault.entries("pulled")).not.toEqual([]);
  }, 120_000);

  test("goes between a relay and its hub without uploading everything each time", async () => {
    const desk = await founded("Border");
    const phone = await worker(desk);
    await write(phone, "one");
    await synced(phone.engine);
    await synced(desk.engine);
    desk.engine.stop();
    // One hub with two faces: cursors of another epoch.
    let isRelay = false;
    let pushes = 0;
    let questions = 0;
    const turned = (bytes: Uint8Array): Uint8Array =>
      bytes.map((byte, at) => (isRelay && at === 0 ? byte ^ 255 : byte));
    const turning = through(async (request) => {
      if (request.url.endsWith("/missing")) questions += 1;
      if (!request.url.includes("/changes")) return fetch(request);
      if (request.method === "POST") pushes += 1;
      const url = new URL(request.url);
      const after = url.searchParams.get("after");
      if (after !== null) url.searchParams.set("after", toText(turned(fromText(after))));
      const answer = await fetch(new Request(url, request));
      if (!answer.ok) return answer;
      const told = decode(new Uint8Array(await answer.arrayBuffer())) as Record<string, unknown>;
      for (const name of ["before", "cursor"]) {
        const cursor = told[name];
        if (cursor instanceof Uint8Array) told[name] = turned(cursor);
      }
      return saying(answer, told);
    });
    const engine = hub.engine(desk.world, desk.vault, turning);
    await synced(engine);
    isRelay = true;
    await synced(engine);
    // It asks, and all is there.
    expect(questions).toBeGreaterThan(0);
    expect(pushes).toBe(0);
    for (const each of [false, true]) {
      isRelay = each;
      questions = 0;
      await synced(engine);
      expect([questions, pushes]).toEqual([0, 0]);
    }
    expect(desk.vault.entries("pulled").map(({ state }) => state)).not.toContain("back");
  }, 120_000);

  test("hands back, of all lanes and collections, what a hub lacks under the same epoch, and nothing else", async () => {
    const desk = await founded("Border");
    const phones = [await worker(desk), await worker(desk)] as const;
    const send = async (phone: Phone, area: string): Promise<void> => {
      await write(phone, area);
      await synced(phone.engine);
      await synced(desk.engine);
    };
    for (const [at, phone] of phones.entries()) {
      await synced(phone.engine);
      await send(phone, `before ${at}`);
    }
    await kept("lost-since");
    await desk.coordinator.publish({ type: "notice", text: "Meet at nine" }, []);
    await desk.coordinator.invite("coordinator", { days: 3, note: "since" });
    for (const [at, phone] of phones.entries()) await send(phone, `since ${at}`);
    // Of everybody else it is gone.
    for (const { engine } of [desk, ...phones]) engine.stop();
    await putBack("lost-since");
    const rows = heldRevisions(desk);
    let given = 0;
    const counting = changing(({ revisions }) => (given += revisions.length));
    const engine = hub.engine(desk.world, desk.vault, counting);
    await synced(engine);
    // Two contacts, a notice, an invite, and what the log says of it.
    expect(given).toBe(5);
    await synced(engine);
    await synced(engine);
    expect(given).toBe(5);
    expect(heldRevisions(desk)).toBe(rows);

    const later = await opened();
    const { id } = await later.engine.takeUp(await desk.coordinator.sheet());
    await synced(later.engine);
    const coordinator = await later.engine.coordinator(id);
    expect((await coordinator.seen()).invites.map(({ note }) => note)).toContain("since");
    const [notice] = await coordinator.published();
    expect(notice?.values.get("text")).toBe("Meet at nine");
    expect(heldRevisions({ ...later, enrolment: id })).toBe(4);
  }, 120_000);

  test("notices by the last that it sent, beyond what it had read, that an old copy was put back", async () => {
    const desk = await founded("Border");
    const phone = await worker(desk);
    const second = await beside(desk, "second");
    await anew(desk);
    const { devices } = await desk.coordinator.seen();
    const device = devices.find(({ role }) => role === "worker")?.device ?? "";
    for (const each of [desk, phone]) each.engine.stop();
    await kept("before-sending");
    await second.coordinator.invite("worker", { days: 3, note: "meanwhile" });
    await synced(second.engine);
    second.engine.stop();
    // The other one wrote first, and nothing is read after it: the cursor stays before the copy.
    const unread = through(async (request) => {
      if (request.url.includes("/changes?")) throw new TypeError("cut");
      return fetch(request);
    });
    const sending = hub.engine(desk.world, desk.vault, unread);
    await (await sending.coordinator(desk.enrolment)).revoke(device, 0);
    sending.stop();
    await putBack("before-sending");

    const present = await again(desk);
    await anew(present);
    const later = await opened();
    const { id } = await later.engine.takeUp(await desk.coordinator.sheet());
    await synced(later.engine);
    const { log } = await (await later.engine.coordinator(id)).seen();
    expect(log.map(({ deed, about }) => [deed, about])).toContainEqual(["revoke", device]);
    // Once it has read that far, nothing is asked any more.
    present.engine.stop();
    const asked: string[] = [];
    const listening = through(async (request) => {
      asked.push(request.url);
      return fetch(request);
    });
    await synced(hub.engine(desk.world, desk.vault, listening));
    expect(asked.filter((url) => url.endsWith("/missing"))).toEqual([]);
  }, 120_000);

  test("notices so also that the contacts are gone which it brought in itself", async () => {
    const desk = await founded("Border");
    await synced(desk.engine);
    desk.engine.stop();
    await kept("before-import");
    let isSent = false;
    const cut = through(async (request) => {
      if (isSent) throw new TypeError("killed");
      const answer = await fetch(request);
      isSent = isPush(request) && (await isOfContacts(desk, request));
      return answer;
    });
    const engine = hub.engine(desk.world, desk.vault, cut);
    const coordinator = await engine.coordinator(desk.enrolment);
    const contacts = [{ record: "ab".repeat(16), values: { area: "elsewhere" } }];
    await coordinator.bringIn(FORM, contacts, () => undefined);
    await engine.syncNow();
    expect(isSent).toBe(true);
    expect(engine.statusOf(desk.enrolment)).toMatchObject({ onHub: 1, waiting: 0 });
    engine.stop();
    await putBack("before-import");

    const present = await again(desk);
    await synced(present.engine);
    expect(await present.engine.checkHub(desk.enrolment)).toMatchObject({ asked: 1, missing: 0 });
  }, 120_000);
});

function heldRevisions({ vault, enrolment }: Pick<Desk, "vault" | "enrolment">): number {
  const lines = pulledLines(vault, enrolment);
  return lines.reduce((sum, { revisions }) => sum + revisions, 0);
}

async function isOfContacts({ vault, enrolment }: Desk, { url }: Request): Promise<boolean> {
  const { programme } = readDevice(await vault.readRow(enrolment));
  return url.includes(toText(await collectionId(programme, "contacts")));
}

async function write({ engine, enrolment }: Phone, area: string): Promise<void> {
  await engine.logContact({ enrolment, form: FORM, values: { area } });
}

/** The same browser, after it was closed. */
async function again({ vault, world, enrolment }: Desk): Promise<Desk> {
  const engine = hub.engine(world, vault);
  return { vault, world, enrolment, engine, coordinator: await engine.coordinator(enrolment) };
}
