/**
 * Writes tests/vault/golden/layout-N-ADDED.json: a store of the present layout with notes, a draft, keepsakes,
 * a copy, an enrolment, contacts and what coordinators published. To be run once a layout, before its release,
 * and once more where it gains a type of row or another version of one.
 */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";

import { randomBytes } from "../src/sync/identifiers.ts";
import { createEngine } from "../src/sync/index.ts";
import { LAYOUT } from "../src/vault/database.ts";
import { createVault, openVault } from "../src/vault/index.ts";
import { MemoryHub } from "../tests/sync/hub.ts";
import { ORIGIN, Programme } from "../tests/sync/programme.ts";
import { Publisher } from "../tests/sync/publisher.ts";
import {
  COPY,
  PASSKEY,
  PASSPHRASE,
  realTab,
  RECOVERY,
  SECOND,
  takeGolden,
} from "../tests/vault/golden.ts";
import { World } from "../tests/vault/world.ts";

/** What this store has that the one before of its layout has not. */
const ADDED = "published-rotated";
const FORM = { id: "contact", hash: "ab".repeat(32) };

export async function main(): Promise<void> {
  const golden = new URL("../tests/vault/golden/", import.meta.url);
  const file = new URL(`layout-${LAYOUT}-${ADDED}.json`, golden);
  if (existsSync(file)) throw new Error(`${file.pathname} is there already`);
  const environment = realTab(new World());
  const vault = await createVault(environment, PASSPHRASE);
  await vault.notes.create("The first note\nwith a second line");
  await vault.notes.create("บันทึก ဗမာ ភាសា اردو");
  const draft = vault.drafts.begin({ kind: "contact", form: FORM });
  vault.drafts.save(draft, { area: "north", needs: ["legal", "food"], age: 3, safe: true });
  await vault.drafts.flush();
  await vault.keepsakes.keep("date", { name: "My visa ends on", date: "2027-03-01" }, { order: 1 });
  await vault.copies.keep({ name: "Passport", media: "image/jpeg", ...COPY });
  const programme = await Programme.make();
  const hub = new MemoryHub(programme);
  const online = new EventTarget();
  const { fetch } = hub;
  const engine = createEngine(vault, {
    ...environment,
    fetch,
    origin: ORIGIN,
    randomBytes,
    online,
  });
  const { invite, link } = await programme.invite();
  await hub.register(invite);
  const { id: enrolment } = await engine.enrol(link);
  const coordinator = await Publisher.make(hub);
  await hub.certifyAll();
  await coordinator.share();
  await coordinator.publish({ type: "notice", text: "an old notice", published: 1 });
  await coordinator.publish({ type: "notice", text: "a new notice", published: 2 });
  await engine.logContact({ enrolment, form: FORM, values: { area: "on the hub" } });
  await engine.syncNow();
  const old = (await engine.published(enrolment)).filter(({ published }) => published === 1);
  await engine.markSeen(
    enrolment,
    old.map(({ id }) => id),
  );
  await hub.rotate();
  await engine.syncNow();
  await engine.logContact({ enrolment, form: FORM, values: { area: "waiting", age: 30 } });
  await vault.setAutoLock({ idle_seconds: 120, hidden_seconds: 30 });
  await vault.ways.setWay("recovery", PASSPHRASE, RECOVERY.recovery);
  await vault.ways.setWay("passkey", PASSPHRASE, PASSKEY.passkey);
  await vault.ways.setSecond(SECOND, "open");
  await vault.lock();
  const second = await openVault(environment, SECOND);
  await second.notes.create("An ordinary note");
  await second.lock();
  await mkdir(golden, { recursive: true });
  await writeFile(file, `${JSON.stringify(await takeGolden(LAYOUT), null, 1)}\n`);
}
