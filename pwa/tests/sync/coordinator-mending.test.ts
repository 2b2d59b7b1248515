/** What a coordinator's browser comes through: refusals, damaged rows, phones that are late, a hub that was put back. */
import { decode, encode } from "@msgpack/msgpack";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { toHex } from "../../src/sync/bytes.ts";
import { fromText, toText } from "../../src/sync/canonical.ts";
import { readDevice } from "../../src/sync/client/device-layout.ts";
import { readerOf } from "../../src/sync/client/reading.ts";
import { deskAt, secretOf } from "../../src/sync/coordinator/desk.ts";
import { decodePulled, readPulled } from "../../src/sync/coordinator/pages.ts";
import { importPrivateKey } from "../../src/sync/crypto/signing.ts";
import { decodeCertificates, signCertificate } from "../../src/sync/enrolment.ts";
import { sealingKeyId } from "../../src/sync/identifiers.ts";
import type { Vault } from "../../src/vault/index.ts";
import { anew, type Desk, desksAt, synced } from "./desks.ts";
import { HAS_HUB, RealHub } from "./real-hub.ts";

const FORM = { id: "contact", hash: "cd".repeat(32) };
const hub = new RealHub();
const { opened, founded, beside, kept, putBack } = desksAt(hub);

beforeAll(async () => hub.start(), 60_000);
afterAll(async () => hub.end());

interface Sent {
  packets: Record<string, unknown>[];
  revisions: unknown[];
}

/** `change` is what becomes of a push on its way. */
function changing(change: (sent: Sent) => void): typeof fetch {
  return async (address, options) => {
    const request = new Request(address, options);
    if (request.method !== "POST" || !request.url.endsWith("/changes")) return fetch(request);
    const body = decode(new Uint8Array(await request.clone().arrayBuffer())) as Sent;
    change(body);
    return fetch(new Request(request, { body: new Uint8Array(encode(body)) }));
  };
}

describe.skipIf(!HAS_HUB)("a coordinator's browser", () => {
  test("sends again what a hub refused once certificates are others, and not before", async () => {
    const desk = await founded("Border");
    desk.engine.stop();
    let isWrong = true;
    let pushes = 0;
    const wrong = changing(({ packets }) => {
      pushes += 1;
      // The hub knows neither who signed them nor the key of what comes with them.
      if (isWrong) for (const packet of packets) packet["signature"] = new Uint8Array(64);
    });
    const engine = hub.engine(desk.world, desk.vault, wrong);
    const coordinator = await engine.coordinator(desk.enrolment);
    const phone = await opened();
    const { id } = await phone.engine.enrol(
      await coordinator.invite("worker", { days: 3, note: "" }),
    );
    await coordinator.publish({ type: "notice", text: "Meet at nine" }, []);
    await synced(engine);
    isWrong = false;
    const before = pushes;
    await synced(engine);
    expect(pushes).toBe(before);
    await phone.engine.enrol(await coordinator.invite("worker", { days: 3, note: "" }));
    for (const each of [phone.engine, engine, phone.engine, engine, phone.engine]) {
      await synced(each);
    }
    const shown = await phone.engine.published(id);
    expect(shown.map(({ values }) => values.get("text"))).toEqual(["Meet at nine"]);
  }, 120_000);

  test("holds up a new card for nothing but the record with its secrets", async () => {
    const desk = await founded("Border");
    desk.engine.stop();
    let isWrong = true;
    const wrong = changing(({ packets }) => {
      if (isWrong) for (const packet of packets) packet["signature"] = new Uint8Array(64);
    });
    const engine = hub.engine(desk.world, desk.vault, wrong);
    const coordinator = await engine.coordinator(desk.enrolment);
    // In another week there is another key.
    const later = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 8 * 86_400_000);
    await coordinator.invite("worker", { days: 30, note: "stuck" });
    later.mockRestore();
    await synced(engine);
    expect(desk.vault.entries("filed").map(({ state }) => state)).toContain("waiting");
    isWrong = false;
    await coordinator.rotate();
    const { card } = readDevice(await desk.vault.readRow(desk.enrolment));
    expect(card?.generation).toBe(2);
    await synced(engine);
    expect(desk.vault.entries("filed").map(({ state }) => state)).not.toContain("waiting");
  }, 120_000);

  test("goes on with damaged rows, has them from the hub again, and loses nothing that waits", async () => {
    const desk = await founded("Border");
    const second = await beside(desk, "second");
    await second.coordinator.invite("worker", { days: 3, note: "of the second" });
    await synced(second.engine);
    await desk.coordinator.publish({ type: "notice", text: "Meet at nine" }, []);
    await synced(desk.engine);
    await desk.coordinator.sheetIsOnPaper();
    const before = await desk.coordinator.seen();
    const waiting = desk.vault.entries("filed").filter(({ state }) => state === "waiting");
    expect(waiting).not.toEqual([]);
    for (const type of ["filed", "feedkey"] as const) {
      const gone = desk.vault.entries(type).filter(({ state }) => state === "sent");
      expect(gone).not.toEqual([]);
      await desk.vault.change((change) => {
        for (const entry of gone) change.put(entry, [type, 9]);
      });
      await synced(desk.engine);
      for (const { address } of desk.vault.entries(type)) {
        expect(await desk.vault.readRow(address)).not.toContain(9);
      }
      const { log, invites, removals } = await desk.coordinator.seen();
      expect(log.map(({ deed }) => deed).sort()).toEqual(before.log.map(({ deed }) => deed).sort());
      expect(invites.map(({ note }) => note)).toContain("of the second");
      expect(removals).toEqual([]);
      expect(await desk.coordinator.published()).toHaveLength(1);
    }
    await anew(second);
    const seen = await second.coordinator.seen();
    expect(seen.log.map(({ deed }) => deed)).toContain("sheet");
  }, 120_000);

  test("finds the secrets again, and how far was read, and gives no number twice", async () => {
    const desk = await founded("Border");
    await desk.coordinator.sheetIsOnPaper();
    await desk.coordinator.publish({ type: "notice", text: "Meet at nine" }, []);
    await synced(desk.engine);
    const damaged = [...desk.vault.entries("programme"), ...desk.vault.entries("feed")];
    expect(damaged).toHaveLength(3);
    await desk.vault.change((change) => {
      for (const entry of damaged) change.put(entry, [entry.type, 9]);
    });
    await synced(desk.engine);
    await desk.coordinator.invite("worker", { days: 3, note: "" });
    await desk.coordinator.publish({ type: "notice", text: "Meet at ten" }, []);
    await synced(desk.engine);
    const seen = await desk.coordinator.seen();
    expect(seen).toMatchObject({ isReady: true, owesSheet: true });
    expect(seen.numbers).toMatchObject([{ missing: [], twice: [] }]);
    expect(await desk.coordinator.published()).toHaveLength(2);
    expect(desk.vault.entries("filed").map(({ state }) => state)).not.toContain("waiting");
  }, 120_000);

  test("goes on with damaged certificates, as a phone does, and has them from the hub again", async () => {
    const desk = await founded("Border");
    const phone = await opened();
    const { id } = await phone.engine.enrol(
      await desk.coordinator.invite("worker", { days: 3, note: "" }),
    );
    await synced(desk.engine);
    await synced(phone.engine);
    for (const { vault } of [desk, phone]) {
      expect(vault.entries("certificate")).toHaveLength(1);
      await vault.change((change) => {
        for (const entry of change.entries("certificate")) change.put(entry, [entry.type, 9]);
      });
    }
    await phone.engine.logContact({ enrolment: id, form: FORM, values: { area: "typed" } });
    await synced(phone.engine);
    await synced(desk.engine);
    await anew(desk);
    const [held] = desk.vault.entries("certificate");
    expect(await desk.vault.readRow(held?.address ?? "")).not.toContain(9);
    expect(desk.vault.entries("pulled").map(({ state }) => state)).toEqual(["held"]);
    expect(phone.engine.status.value).toMatchObject({ onHub: 1, waiting: 0 });
  }, 120_000);

  test("seals anew what phones sealed to a card of before, also once that was done", async () => {
    const desk = await founded("Border");
    const phone = await opened();
    const { id } = await phone.engine.enrol(
      await desk.coordinator.invite("worker", { days: 3, note: "" }),
    );
    await synced(desk.engine);
    await synced(phone.engine);
    await phone.engine.logContact({ enrolment: id, form: FORM, values: { area: "late" } });
    phone.engine.stop();
    let isLate = false;
    const late: typeof fetch = async (address, options) => {
      const request = new Request(address, options);
      const isPush = request.method === "POST" && request.url.endsWith("/changes");
      if (isPush && !isLate) {
        isLate = true;
        // It has asked for the card, and has not sent yet.
        await desk.coordinator.rotate();
        await synced(desk.engine);
      }
      return fetch(request);
    };
    const engine = hub.engine(phone.world, phone.vault, late);
    await synced(engine);
    expect(isLate).toBe(true);
    await synced(desk.engine);
    await synced(desk.engine);
    expect(await unsealed(desk)).toEqual([]);
  }, 120_000);

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
    const cut: typeof fetch = async (address, options) => {
      const request = new Request(address, options);
      const isTelling = request.method === "POST" && request.url.endsWith("/certificates");
      const asked = fetch(request);
      if (!isTelling || !isCut) return asked;
      if ((await (await asked).clone().text()).includes("card-changed")) return asked;
      isCut = false;
      throw new TypeError("cut");
    };
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
    const lying: typeof fetch = async (address, options) => {
      const request = new Request(address, options);
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
      const body = new Uint8Array(encode({ card, cards, certificates }));
      return new Response(body, { status: answer.status, headers: answer.headers });
    };
    await synced(hub.engine(desk.world, desk.vault, lying));
    expect(offered).toBeGreaterThan(0);
    const seen = await desk.coordinator.seen();
    const gone = seen.devices.filter(({ revoked }) => revoked);
    expect(gone.map(({ device }) => device)).toEqual([left]);
  }, 120_000);

  test("exchanges all but the card where it is not taken, as at a relay that has the one of before", async () => {
    const desk = await founded("Border");
    const phone = await opened();
    const { id } = await phone.engine.enrol(
      await desk.coordinator.invite("worker", { days: 3, note: "" }),
    );
    await kept("pending");
    await synced(desk.engine);
    await desk.coordinator.rotate();
    await synced(desk.engine);
    desk.engine.stop();
    await putBack("pending");
    await phone.engine.logContact({ enrolment: id, form: FORM, values: { area: "at a relay" } });
    await synced(phone.engine);
    const relay: typeof fetch = async (address, options) => {
      const request = new Request(address, options);
      if (request.method !== "POST" || !request.url.endsWith("/certificates")) {
        return fetch(request);
      }
      const body = decode(new Uint8Array(await request.clone().arrayBuffer()));
      if ((body as Record<string, unknown>)["card"] === undefined) return fetch(request);
      const headers = { "Content-Type": "application/problem+json" };
      const problem = { type: "urn:sojourn:problem:card-changed", status: 409 };
      return new Response(JSON.stringify(problem), { status: 409, headers });
    };
    await synced(hub.engine(desk.world, desk.vault, relay));
    expect(desk.vault.entries("pulled")).not.toEqual([]);
  }, 120_000);

  test("goes between a relay and its hub without uploading everything each time", async () => {
    const desk = await founded("Border");
    const phone = await opened();
    const { id } = await phone.engine.enrol(
      await desk.coordinator.invite("worker", { days: 3, note: "" }),
    );
    await synced(desk.engine);
    await phone.engine.logContact({ enrolment: id, form: FORM, values: { area: "one" } });
    await synced(phone.engine);
    await synced(desk.engine);
    desk.engine.stop();
    // One hub with two faces: cursors of another epoch.
    let isRelay = false;
    let pushes = 0;
    const turned = (bytes: Uint8Array): Uint8Array =>
      bytes.map((byte, at) => (isRelay && at === 0 ? byte ^ 255 : byte));
    const turning: typeof fetch = async (address, options) => {
      const request = new Request(address, options);
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
      const body = new Uint8Array(encode(told));
      return new Response(body, { status: answer.status, headers: answer.headers });
    };
    const engine = hub.engine(desk.world, desk.vault, turning);
    await synced(engine);
    isRelay = true;
    await synced(engine);
    expect(pushes).toBeGreaterThan(0);
    for (const each of [false, true]) {
      isRelay = each;
      pushes = 0;
      await synced(engine);
      expect(pushes).toBe(0);
    }
    expect(desk.vault.entries("pulled").map(({ state }) => state)).not.toContain("back");
  }, 120_000);
});

/** The same browser, after it was closed. */
async function again({ vault, world, enrolment }: Desk): Promise<Desk> {
  const engine = hub.engine(world, vault);
  return { vault, world, enrolment, engine, coordinator: await engine.coordinator(enrolment) };
}

/** Content keys of contacts that the present card's key does not open. */
async function unsealed({
  vault,
  enrolment,
}: Pick<Desk, "vault" | "enrolment">): Promise<string[]> {
  const { card } = readDevice(await vault.readRow(enrolment));
  const newest = toHex(await sealingKeyId(card?.sealing_key ?? new Uint8Array()));
  const packets = await pulledPackets(vault);
  expect(packets).not.toEqual([]);
  const done = packets.filter(([, recipient]) => recipient === newest).map(([key]) => key);
  return packets.map(([key]) => key).filter((key) => !done.includes(key));
}

async function pulledPackets(vault: Vault): Promise<(readonly [string, string])[]> {
  const rows = vault.entries("pulled").map(async ({ address }) => vault.readRow(address));
  const pages = (await Promise.all(rows)).flatMap((row) => readPulled(row).map(decodePulled));
  return pages.flatMap(({ packets }) =>
    packets.map(({ key, recipient }) => [toHex(key), toHex(recipient)] as const),
  );
}
