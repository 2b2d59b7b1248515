/** The engine before the real hub, and the command line's coordinator: what was typed comes out there. */
import { copyFileSync, renameSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { fieldsOf, text } from "../../src/sync/decoding.ts";
import type { Engine } from "../../src/sync/index.ts";
import { createVault } from "../../src/vault/index.ts";
import { World } from "../vault/world.ts";
import { HAS_HUB, RealHub } from "./real-hub.ts";

const FORM = { id: "contact", hash: "cd".repeat(32) };

const hub = new RealHub();
const state = join(hub.folder, "coordinator");

beforeAll(async () => hub.start(), 60_000);
afterAll(async () => hub.end());

test.skipIf(!HAS_HUB)(
  "contacts typed on a phone come out at the coordinator, across the hub's death",
  async () => {
    const founding = await hub.programme("Border", "--practice");
    await hub.sojourn("coordinator", "init", "--state", state, "--invite", founding);
    const engine = await phone();
    const { id: enrolment } = await engine.enrol(await invite());
    const log = async (area: string): Promise<string> =>
      engine.logContact({ enrolment, form: FORM, values: { area, needs: ["food", "legal"] } });

    await log("before it was let in");
    await synced(engine);
    expect(engine.status.value).toMatchObject({ onHub: 1, waiting: 0 });

    await hub.sojourn("coordinator", "pull", "--state", state);
    const edited = await log("to be changed");
    await log("ទីនេះ");
    await synced(engine);
    expect(engine.enrolments.value.map(({ standing }) => standing)).toEqual(["certified"]);

    await hub.stop("SIGKILL");
    await engine.editContact({ record: edited, form: FORM, values: { area: "changed" } });
    const deleted = await log("to be deleted");
    await engine.deleteContact(deleted);
    await engine.syncNow();
    expect(engine.status.value).toMatchObject({ problem: "unreachable", onHub: 2, waiting: 2 });

    await hub.start();
    await synced(engine);
    expect(engine.status.value).toMatchObject({ onPhone: 3, onHub: 3, waiting: 0, attention: 0 });
    await hub.sojourn("coordinator", "pull", "--state", state);
    const why = ["--why", "a test", "--practice"];
    const exported = await hub.sojourn(
      ...["coordinator", "export", "--state", state, "--format", "jsonl", ...why],
    );
    for (const area of ["before it was let in", "changed", "ទីនេះ"]) {
      expect(exported).toContain(area);
    }
    for (const area of ["to be changed", "to be deleted"]) expect(exported).not.toContain(area);
  },
  120_000,
);

test.skipIf(!HAS_HUB)(
  "a file put back by hand is noticed by a phone that may only send",
  async () => {
    const founding = await hub.programme("Harbour", "--practice");
    const folder = join(hub.folder, "other");
    await hub.sojourn("coordinator", "init", "--state", folder, "--invite", founding);
    const phones = [await phone(), await phone()];
    const log = async (engine: Engine, area: string): Promise<void> => {
      const enrolment = engine.enrolments.value[0]?.id ?? "";
      await engine.logContact({ enrolment, form: FORM, values: { area } });
      await synced(engine);
    };
    for (const engine of phones) {
      await engine.enrol(await invite(folder));
      await log(engine, "before");
    }
    const [made, other] = phones as [Engine, Engine];
    await hub.stop();
    copyFileSync(hub.database, `${hub.database}.copy`);
    await hub.start();
    await log(made, "since");
    await hub.stop();
    renameSync(`${hub.database}.copy`, hub.database);
    await hub.start();
    for (const area of ["one", "two", "three"]) await log(other, area);
    await synced(made);
    const { id: enrolment } = made.enrolments.value[0] ?? { id: "" };
    expect(await made.checkHub(enrolment)).toMatchObject({ asked: 2, missing: 0 });
    expect(made.status.value).toMatchObject({ onHub: 2, waiting: 0 });
  },
  120_000,
);

async function phone(): Promise<Engine> {
  const world = new World();
  return hub.engine(world, await createVault(world.tab(), "passphrase"));
}

async function synced(engine: Engine): Promise<void> {
  await engine.syncNow();
  expect(engine.status.value.problem).toBeUndefined();
}

async function invite(folder = state): Promise<string> {
  const told = await hub.sojourn(
    ...["coordinator", "invite", "--state", folder, "--role", "worker", "--json"],
  );
  return fieldsOf(JSON.parse(told), "$")("link", text);
}
