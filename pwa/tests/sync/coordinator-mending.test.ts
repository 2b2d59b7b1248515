/** What a coordinator's browser comes through: refusals, damaged rows, phones that are late. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { toHex } from "../../src/sync/bytes.ts";
import { readDevice } from "../../src/sync/client/device-layout.ts";
import { decodePulled, readPulled } from "../../src/sync/coordinator/pages.ts";
import { sealingKeyId } from "../../src/sync/identifiers.ts";
import type { Vault } from "../../src/vault/index.ts";
import { changing, isPush, through, unsign } from "./between.ts";
import { anew, type Desk, desksAt, type Phone, synced } from "./desks.ts";
import { HAS_HUB, RealHub } from "./real-hub.ts";

const FORM = { id: "contact", hash: "cd".repeat(32) };
const hub = new RealHub();
const { founded, beside, entered, worker } = desksAt(hub);

beforeAll(async () => hub.start(), 60_000);
afterAll(async () => hub.end());

describe.skipIf(!HAS_HUB)("a coordinator's browser", () => {
  test("sends again what a hub refused once certificates are others, and not before", async () => {
    const desk = await founded("Border");
    desk.engine.stop();
    let isWrong = true;
    let pushes = 0;
    const wrong = changing((sent) => {
      pushes += 1;
      if (isWrong) unsign(sent);
    });
    const engine = hub.engine(desk.world, desk.vault, wrong);
    const coordinator = await engine.coordinator(desk.enrolment);
    const phone = await entered({ coordinator });
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
    const shown = await phone.engine.published(phone.enrolment);
    expect(shown.map(({ values }) => values.get("text"))).toEqual(["Meet at nine"]);
  }, 120_000);

  test("holds up a new card for nothing but the record with its secrets", async () => {
    const desk = await founded("Border");
    desk.engine.stop();
    let isWrong = true;
    const wrong = changing((sent) => {
      if (isWrong) unsign(sent);
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
    const phone = await worker(desk);
    await synced(phone.engine);
    for (const { vault } of [desk, phone]) {
      expect(vault.entries("certificate")).toHaveLength(1);
      await vault.change((change) => {
        for (const entry of change.entries("certificate")) change.put(entry, [entry.type, 9]);
      });
    }
    await write(phone, "typed");
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
    const phone = await worker(desk);
    await synced(phone.engine);
    await write(phone, "late");
    phone.engine.stop();
    let isLate = false;
    const late = through(async (request) => {
      if (isPush(request) && !isLate) {
        isLate = true;
        // It has asked for the card, and has not sent yet.
        await desk.coordinator.rotate();
        await synced(desk.engine);
      }
      return fetch(request);
    });
    const engine = hub.engine(phone.world, phone.vault, late);
    await synced(engine);
    expect(isLate).toBe(true);
    await synced(desk.engine);
    await synced(desk.engine);
    expect(await unsealed(desk)).toEqual([]);
  }, 120_000);
});

async function write({ engine, enrolment }: Phone, area: string): Promise<void> {
  await engine.logContact({ enrolment, form: FORM, values: { area } });
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
