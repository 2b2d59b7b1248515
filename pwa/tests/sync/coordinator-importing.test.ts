/** Contacts made elsewhere, brought in by a coordinator in the browser, before the real hub. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Engine } from "../../src/sync/index.ts";
import { createVault, openVault } from "../../src/vault/index.ts";
import { World } from "../vault/world.ts";
import { HAS_HUB, RealHub } from "./real-hub.ts";

const FORM = { id: "contact", hash: "cd".repeat(32) };
const hub = new RealHub();

beforeAll(async () => hub.start(), 60_000);
afterAll(async () => hub.end());

async function synced(engine: Engine): Promise<void> {
  await engine.syncNow();
  expect(engine.status.value.problem).toBeUndefined();
}

describe.skipIf(!HAS_HUB)("contacts made elsewhere", () => {
  test("come in once each, killed in the middle, pressed twice, and are others' to count", async () => {
    const world = new World();
    let vault = await createVault(world.tab(), "passphrase");
    let engine = hub.engine(world, vault);
    const { id } = await engine.enrol(await hub.programme("Border"));
    await synced(engine);
    let desk = await engine.coordinator(id);
    const second = `${hub.folder}/second`;
    const link = await desk.invite("coordinator", { days: 3, note: "" });
    await hub.sojourn("coordinator", "init", "--state", second, "--invite", link);

    const values = Array.from({ length: 250 }, (_, at) => ({ area: `area ${at % 7}` }));
    const rows = values.map((each, at) => ({ identity: JSON.stringify([each, at]), told: "" }));
    const none = new Set<string>();
    const quiet = (): void => undefined;
    const first = await desk.recordsOf(rows, none, quiet);
    const named = first.map((record, at) => ({ record: record ?? "", values: values[at] ?? {} }));
    expect(new Set(first).size).toBe(250);

    // The vault locks after the first of three batches, as it does when the browser is killed then.
    const cut = desk.bringIn(FORM, named, () => void vault.lock());
    await expect(cut).rejects.toMatchObject({ code: "vault-locked" });
    vault = await openVault(world.tab(), "passphrase");
    engine = hub.engine(world, vault);
    desk = await engine.coordinator(id);
    const left = await desk.recordsOf(rows, none, quiet);
    expect(left.filter((record) => record === undefined)).toHaveLength(100);
    expect(left.slice(100)).toEqual(first.slice(100));
    // What is here is left as it is, whoever asks, and how often.
    await Promise.all([desk.bringIn(FORM, named, quiet), desk.bringIn(FORM, named, quiet)]);
    expect(engine.contacts(id)).toHaveLength(250);
    expect(engine.statusOf(id).lastCounter).toBe(250);
    await synced(engine);
    await synced(engine);
    expect(engine.statusOf(id)).toMatchObject({ onHub: 250, waiting: 0, attention: 0 });
    expect((await desk.seen()).log.filter(({ deed }) => deed === "import")).toHaveLength(3);

    await hub.sojourn("coordinator", "pull", "--state", second);
    const shown = await hub.sojourn("coordinator", "show", "--json", "--state", second);
    const { contacts, unreadable } = JSON.parse(shown) as {
      contacts: { record: string; flags: string[] }[];
      unreadable: number;
    };
    expect(unreadable).toBe(0);
    expect(contacts.map(({ record }) => record).sort()).toEqual([...first].sort());
    expect(contacts.every(({ flags }) => flags.length === 0)).toBe(true);
    // By another coordinator they are known from what was pulled; by the table's own word from an export.
    const known = new Set(contacts.map(({ record }) => record));
    expect((await desk.recordsOf(rows, known, quiet)).every((each) => each === undefined)).toBe(
      true,
    );
    const [exported = ""] = known;
    const again = [{ identity: "another", told: exported }];
    expect(await desk.recordsOf(again, known, quiet)).toEqual([undefined]);
  }, 600_000);
});
