import { readFileSync } from "node:fs";

import { nothing } from "lit";
import { expect, test } from "vitest";

import { isPracticeOnly, stripeOf } from "../../src/app/contacts.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import { createEngine } from "../../src/sync/index.ts";
import { openVault } from "../../src/vault/index.ts";
import { decodeGolden, PASSPHRASE, putGolden, realTab } from "../vault/golden.ts";
import { settle, World } from "../vault/world.ts";

test("of two programmes on one device the one for practice has the stripe, and the other has none", async () => {
  const environment = realTab(new World());
  // One of its programmes is for practice.
  const file = new URL("../vault/golden/layout-2-coordinator.json", import.meta.url);
  const store: unknown = JSON.parse(readFileSync(file, "utf-8"));
  await putGolden(decodeGolden(store));
  const vault = await openVault(environment, PASSPHRASE);
  const [origin, online] = ["https://hub.example", new EventTarget()];
  const engine = createEngine(vault, { ...environment, fetch, origin, randomBytes, online });
  await settle();
  expect(isPracticeOnly(engine)).toBe(false);
  const striped = engine.enrolments.value.map(({ id, name, practice }) => {
    return { name, practice, hasStripe: stripeOf(engine, id) !== nothing };
  });
  expect(striped).toEqual(
    expect.arrayContaining([
      { name: "Border", practice: false, hasStripe: false },
      { name: "River", practice: true, hasStripe: true },
    ]),
  );
});
