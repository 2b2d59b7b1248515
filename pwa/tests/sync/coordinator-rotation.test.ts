/** A coordinator in the browser changes the programme's keys, or puts somebody out, while others do the same. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { toHex } from "../../src/sync/bytes.ts";
import { readDevice } from "../../src/sync/client/device-layout.ts";
import { readerOf } from "../../src/sync/client/reading.ts";
import { foundSecrets } from "../../src/sync/coordinator/administration.ts";
import { deskAt } from "../../src/sync/coordinator/desk.ts";
import { filedRecords } from "../../src/sync/coordinator/filed.ts";
import { decodePulled, readPulled } from "../../src/sync/coordinator/pages.ts";
import { sealingKeyId } from "../../src/sync/identifiers.ts";
import { anew, CutLine, type Desk, desksAt, synced } from "./desks.ts";
import { HAS_HUB, RealHub } from "./real-hub.ts";

const FORM = { id: "contact", hash: "cd".repeat(32) };
const hub = new RealHub();
const { opened, founded, beside } = desksAt(hub);

beforeAll(async () => hub.start(), 60_000);
afterAll(async () => hub.end());

describe.skipIf(!HAS_HUB)("a coordinator who changes the keys", () => {
  test("changes the programme's keys when a coordinator goes, across a kill after every request", async () => {
    const desk = await founded("Border");
    const state = `${hub.folder}/leaver`;
    const leaver = await desk.coordinator.invite("coordinator", { days: 3, note: "leaver" });
    await hub.sojourn("coordinator", "init", "--state", state, "--invite", leaver);
    const phone = await opened();
    const link = await desk.coordinator.invite("worker", { days: 3, note: "" });
    const { id } = await phone.engine.enrol(link);
    const log = async (area: string): Promise<string> =>
      phone.engine.logContact({ enrolment: id, form: FORM, values: { area } });
    await log("north");
    for (const engine of [phone.engine, desk.engine, phone.engine, desk.engine])
      await synced(engine);
    await hub.sojourn("coordinator", "pull", "--state", state);
    const before = desk.engine.enrolments.value[0]?.fingerprint;
    const { devices } = await desk.coordinator.seen();
    const other = devices.find((each) => each.role === "coordinator" && !each.isOwn);

    desk.engine.stop();
    const { vault } = desk;
    for (let answers = 0; ; answers += 1) {
      const line = new CutLine(answers);
      const engine = hub.engine(desk.world, vault, line.fetch);
      const coordinator = await engine.coordinator(desk.enrolment);
      // Pressed until it is begun; what was begun goes on by itself.
      const { log } = await coordinator.seen();
      if (!log.some(({ deed }) => deed === "revoke")) {
        await coordinator.revoke(other?.device ?? "", 0).catch(() => undefined);
      }
      await engine.syncNow();
      engine.stop();
      const isDone = !line.isCut && engine.status.value.problem === undefined;
      if (isDone) break;
      expect(answers).toBeLessThan(60);
    }
    const engine = hub.engine(desk.world, vault);
    await synced(engine);
    await synced(engine);
    const coordinator = await engine.coordinator(desk.enrolment);
    const seen = await coordinator.seen();
    expect(seen).toMatchObject({ isReady: true, owesSheet: true, removals: [], invites: [] });
    expect(seen.devices.find(({ device }) => device === other?.device)).toMatchObject({
      revoked: true,
    });
    const { card } = readDevice(await vault.readRow(desk.enrolment));
    expect(card?.generation).toBe(2);
    // Every content key is sealed to the new card, by whoever it was made.
    const newest = toHex(await sealingKeyId(card?.sealing_key ?? new Uint8Array()));
    const sealed = new Map<string, string[]>();
    for (const { address } of vault.entries("pulled")) {
      for (const page of readPulled(await vault.readRow(address))) {
        for (const { key, recipient } of decodePulled(page).packets) {
          sealed.set(toHex(key), [...(sealed.get(toHex(key)) ?? []), toHex(recipient)]);
        }
      }
    }
    expect(sealed.size).toBeGreaterThan(0);
    for (const recipients of sealed.values()) expect(recipients).toContain(newest);

    await synced(phone.engine);
    const after = phone.engine.enrolments.value[0]?.fingerprint;
    expect(after).toBe(engine.enrolments.value[0]?.fingerprint);
    expect(after).not.toBe(before);
    await log("south");
    await synced(phone.engine);
    await expect(hub.sojourn("coordinator", "pull", "--state", state)).rejects.toThrow();

    // Whoever comes later reads what was before and what is now, and what was sealed to the old card is not needed.
    const later = `${hub.folder}/later`;
    const next = await coordinator.invite("coordinator", { days: 3, note: "later" });
    await hub.sojourn("coordinator", "init", "--state", later, "--invite", next);
    await synced(engine);
    await hub.sojourn("coordinator", "pull", "--state", later);
    const told = await hub.sojourn("coordinator", "show", "--state", later, "--json");
    const shown = JSON.parse(told) as { contacts: { fields: { area: string } }[] };
    expect(shown.contacts.map(({ fields }) => fields.area).sort()).toEqual(["north", "south"]);
  }, 240_000);

  test("puts out who is to go where another's card came first, and nobody whom they rightly let in", async () => {
    const desk = await founded("Border");
    const [second, leaver] = [await beside(desk, "second"), await beside(desk, "leaver")];
    const phone = await opened();
    const link = await leaver.coordinator.invite("worker", { days: 3, note: "" });
    const { id } = await phone.engine.enrol(link);
    await synced(leaver.engine);

    desk.engine.stop();
    const noCard: typeof fetch = async (address, options) => {
      const request = new Request(address, options);
      if (request.method === "POST" && request.url.endsWith("/certificates")) {
        const headers = { "content-type": "application/problem+json" };
        const type = "urn:sojourn:problem:too-large";
        return Response.json({ type }, { status: 413, headers });
      }
      return fetch(request);
    };
    let engine = hub.engine(desk.world, desk.vault, noCard);
    let coordinator = await engine.coordinator(desk.enrolment);
    const out = (await coordinator.seen()).devices.find(({ note }) => note === "leaver");
    await expect(coordinator.revoke(out?.device ?? "", 0)).rejects.toThrow();
    // The card does not get through; what phones send does.
    await phone.engine.logContact({ enrolment: id, form: FORM, values: { area: "north" } });
    await synced(phone.engine);
    await engine.syncNow();
    expect(engine.status.value.problem).toBe("too-large");
    expect(desk.vault.entries("pulled")).toHaveLength(1);
    engine.stop();
    await synced(second.engine);
    await second.coordinator.rotate();

    engine = hub.engine(desk.world, desk.vault);
    await synced(engine);
    coordinator = await engine.coordinator(desk.enrolment);
    const { devices } = await coordinator.seen();
    const gone = devices.filter(({ revoked }) => revoked).map((each) => each.device);
    expect(gone).toEqual([out?.device]);
    const { card } = readDevice(await desk.vault.readRow(desk.enrolment));
    expect(card?.generation).toBe(3);
  }, 240_000);

  test("gives secrets of a card that is to be to those who stay with it, once it holds", async () => {
    const desk = await founded("Border");
    const [leaver, second] = [await beside(desk, "leaver"), await beside(desk, "second")];
    await desk.coordinator.rotate();
    const { devices } = await desk.coordinator.seen();
    const out = devices.find(({ note }) => note === "leaver")?.device ?? "";
    desk.engine.stop();
    const noCard: typeof fetch = async (address, options) => {
      const request = new Request(address, options);
      const isCard = request.method === "POST" && request.url.endsWith("/certificates");
      if (isCard) throw new TypeError("cut");
      return fetch(request);
    };
    const cut = hub.engine(desk.world, desk.vault, noCard);
    await expect((await cut.coordinator(desk.enrolment)).revoke(out, 0)).rejects.toThrow();
    cut.stop();
    // Others find the card that holds, seal to it what is not, and let somebody in.
    await anew(second);
    const joined = await opened();
    const { coordinator } = second;
    await joined.engine.enrol(await coordinator.invite("coordinator", { days: 3, note: "joined" }));
    await synced(second.engine);
    for (const each of [leaver, joined, second]) await anew(each);
    expect(await generations(second)).toEqual([1, 2, 3]);
    expect(await generations(leaver)).toEqual([1, 2]);
    expect(await generations(joined)).toEqual([1, 2]);

    const engine = hub.engine(desk.world, desk.vault);
    await synced(engine);
    await synced(engine);
    await anew(joined);
    expect(await generations(joined)).toContain(3);
    const id = joined.engine.enrolments.value[0]?.id ?? "";
    expect(await (await joined.engine.coordinator(id)).seen()).toMatchObject({ isReady: true });
  }, 120_000);

  test("lets nobody in again, with new keys, whom another coordinator put out meanwhile", async () => {
    const desk = await founded("Border");
    const phone = await opened();
    await phone.engine.enrol(await desk.coordinator.invite("worker", { days: 3, note: "phone" }));
    await synced(desk.engine);
    const [leaver, second] = [await beside(desk, "leaver"), await beside(desk, "second")];
    const { devices } = await desk.coordinator.seen();
    const [out, gone] = ["phone", "leaver"].map(
      (name) => devices.find(({ note }) => note === name)?.device ?? "",
    );
    leaver.engine.stop();
    desk.engine.stop();
    let isOut = false;
    const meanwhile: typeof fetch = async (address, options) => {
      const request = new Request(address, options);
      if (!isOut && request.method === "POST" && request.url.endsWith("/certificates")) {
        isOut = true;
        // The card is signed by now, with a certificate for the one who is put out here.
        await second.coordinator.revoke(out ?? "", 0);
      }
      return fetch(request);
    };
    const engine = hub.engine(desk.world, desk.vault, meanwhile);
    const coordinator = await engine.coordinator(desk.enrolment);
    await coordinator.revoke(gone ?? "", 0);
    await synced(engine);
    const revoked = (await coordinator.seen()).devices.filter((each) => each.revoked);
    expect(revoked.map(({ device }) => device).sort()).toEqual([out, gone].sort());
    const { card } = readDevice(await desk.vault.readRow(desk.enrolment));
    expect(card?.generation).toBe(2);
    await phone.engine.syncNow();
    expect(phone.engine.status.value.problem).toBe("revoked");
  }, 120_000);
});

/** How many secrets each record has that lies open here. */
async function generations({ vault, engine }: Pick<Desk, "vault" | "engine">): Promise<number[]> {
  const id = engine.enrolments.value[0]?.id ?? "";
  const desk = await deskAt(readerOf(vault), id, "admin");
  const found = foundSecrets(await filedRecords(readerOf(vault), desk), desk.certificates);
  return found.map(({ secrets }) => secrets.length).sort();
}
