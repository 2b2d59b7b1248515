/**
 * Writes tests/vault/golden/layout-N-coordinator.json: a coordinator's store of the present layout, made before a
 * real hub. One programme with a worker's contacts, a report, a threshold and a notice; and one whose keys were
 * changed, and begun to be changed once more. To be run as golden-store.ts.
 */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";

import type { Coordinator } from "../src/sync/coordinator/index.ts";
import type { Engine } from "../src/sync/index.ts";
import { LAYOUT } from "../src/vault/database.ts";
import { createVault } from "../src/vault/index.ts";
import { RealHub } from "../tests/sync/real-hub.ts";
import { bookReader, PASSPHRASE, realTab, REPORT, takeGolden } from "../tests/vault/golden.ts";
import { World } from "../tests/vault/world.ts";

const FORM = { id: "contact", hash: "ab".repeat(32) };

// As it is loaded, and not in `main`: the engine loads a coordinator's part only when there is one, and by then
// whoever loads the tool for us (run.js) loads nothing any more.
await make();

export function main(): void {
  // It is done.
}

async function make(): Promise<void> {
  const golden = new URL("../tests/vault/golden/", import.meta.url);
  const file = new URL(`layout-${LAYOUT}-coordinator.json`, golden);
  if (existsSync(file)) throw new Error(`${file.pathname} is there already`);
  const hub = new RealHub();
  await hub.start();
  try {
    const away = new World();
    const phone = hub.engine(away, await createVault(away.tab(), "passphrase"));
    const world = new World();
    const vault = await createVault(realTab(world), PASSPHRASE);
    const engine = hub.engine(world, vault);
    const border = await founded(engine, await hub.programme("Border"));
    const { id } = await phone.enrol(await border.invite("worker", { days: 3, note: "Amina" }));
    await border.invite("worker", { days: 3, note: "not used" });
    const first = await phone.logContact({ enrolment: id, form: FORM, values: { area: "north" } });
    const values = { area: "east", needs: ["legal", "food"], age: 3, safe: true };
    await phone.logContact({ enrolment: id, form: FORM, values });
    for (const each of [phone, engine, phone]) await each.syncNow();
    await phone.editContact({ record: first, form: FORM, values: { area: "south" } });
    await border.setThreshold(7, "few people live there");
    await border.keepReport("2026-Q3", REPORT, () => "2026-Q3");
    await border.logExport("for the ministry", "csv", 2);
    await border.publish({ type: "notice", text: "a notice" }, []);
    for (const each of [phone, engine]) await each.syncNow();
    await border.contacts(() => bookReader()).settled();

    const river = await founded(engine, await hub.programme("River", "--practice"));
    const enrolment = engine.enrolments.value.find(({ name }) => name === "River")?.id ?? "";
    await river.rotate();
    await engine.syncNow();
    engine.stop();
    const noCard: typeof fetch = async (address, options) => {
      const request = new Request(address, options);
      const isCard = request.method === "POST" && request.url.endsWith("/certificates");
      if (isCard) throw new TypeError("cut");
      return fetch(request);
    };
    const cut = hub.engine(world, vault, noCard);
    await (await cut.coordinator(enrolment)).rotate().then(
      () => Promise.reject(new Error("the hub has the new card")),
      () => undefined,
    );
    cut.stop();
    await vault.lock();
    await writeFile(file, `${JSON.stringify(await takeGolden(LAYOUT), null, 1)}\n`);
    phone.stop();
  } finally {
    await hub.end();
  }
}

async function founded(engine: Engine, link: string): Promise<Coordinator> {
  const { id } = await engine.enrol(link);
  await engine.syncNow();
  const coordinator = await engine.coordinator(id);
  await coordinator.sheetIsOnPaper();
  await engine.syncNow();
  return coordinator;
}
