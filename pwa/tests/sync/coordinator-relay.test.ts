/** What a coordinator's browser does at the hub about what was done at a relay. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { toHex } from "../../src/sync/bytes.ts";
import { readDevice } from "../../src/sync/client/device-layout.ts";
import { readerOf } from "../../src/sync/client/reading.ts";
import { deskAt } from "../../src/sync/coordinator/desk.ts";
import type { Certificate } from "../../src/sync/enrolment.ts";
import { anew, type Desk, desksAt, type Phone, synced } from "./desks.ts";
import { at, HAS_HUB, RealHub } from "./real-hub.ts";

const FORM = { id: "contact", hash: "cd".repeat(32) };
const hub = new RealHub();
const relay = new RealHub(hub);
const { founded, beside, worker } = desksAt(hub);

beforeAll(async () => hub.start(), 60_000);
afterAll(async () => Promise.all([relay.end(), hub.end()]));

describe.skipIf(!HAS_HUB)("a coordinator's browser", () => {
  test("puts out at the hub who was put out at a relay under the card before, by the log of one who stays", async () => {
    const desk = await founded("Border");
    const link = await desk.coordinator.invite("relay", { days: 3, note: "relay" });
    await relay.sojourn("relay", "--once", "--invite", link);
    await synced(desk.engine);
    const [stays, leaver] = [await beside(desk, "stays"), await beside(desk, "leaver")];
    const [phone, other] = [await worker(desk), await worker(desk)];
    for (const each of [phone, other]) {
      await synced(each.engine);
      for (const area of ["north", "south"]) await write(each, area);
      await synced(each.engine);
    }
    await synced(desk.engine);
    const [device, another] = [await deviceOf(phone), await deviceOf(other)];
    for (const each of [stays, leaver]) {
      await anew(each);
      each.engine.stop();
    }
    await relay.sojourn("relay", "--once");
    await relay.start();
    // Neither the relay nor the other two hear of the new card.
    const gone = await deviceOf(leaver);
    await desk.coordinator.revoke(gone, 0);
    for (const [by, whom] of [
      [stays, device],
      [leaver, another],
    ] as const) {
      const engine = hub.engine(by.world, by.vault, at(relay));
      await (await engine.coordinator(by.enrolment)).revoke(whom, 0);
      engine.stop();
    }
    expect(await relay.sojourn("relay", "--once")).toContain("put out here and not yet at the hub");
    expect((await certificate(desk, device))?.revoked).toBe(false);

    await synced(desk.engine);
    // Both of its contacts lie here, and are accepted.
    const held = await certificate(desk, device);
    expect(held).toMatchObject({ revoked: true, last_counter: 2 });
    // The one who left said so of another, which counts for nothing.
    const { log } = await desk.coordinator.seen();
    expect(log.map(({ deed, about }) => [deed, about])).toContainEqual(["revoke", another]);
    expect((await certificate(desk, another))?.revoked).toBe(false);
    await phone.engine.syncNow();
    expect(phone.engine.status.value.problem).toBe("revoked");
    await synced(other.engine);
    // Nor is anything signed anew.
    await synced(desk.engine);
    expect((await certificate(desk, device))?.n).toBe(held?.n);
  }, 240_000);
});

async function write({ engine, enrolment }: Phone, area: string): Promise<void> {
  await engine.logContact({ enrolment, form: FORM, values: { area } });
}

async function certificate(
  { vault, enrolment }: Desk,
  device: string,
): Promise<Certificate | undefined> {
  return (await deskAt(readerOf(vault), enrolment, "admin")).certificates.get(device);
}

async function deviceOf({ vault, enrolment }: Phone): Promise<string> {
  return toHex(readDevice(await vault.readRow(enrolment)).device);
}
