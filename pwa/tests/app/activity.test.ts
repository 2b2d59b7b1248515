import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Activity } from "../../src/app/activity.ts";
import type { Vault } from "../../src/vault/index.ts";
import { createVault } from "../../src/vault/index.ts";
import { World } from "../vault/world.ts";

/** As much of a page as tells what a person does. */
class Page extends EventTarget {
  visibilityState = "visible";

  say(type: string, target: object = this): void {
    const event = new Event(type);
    Object.defineProperty(event, "target", { value: target });
    this.dispatchEvent(event);
  }

  show(visibilityState: "visible" | "hidden"): void {
    this.visibilityState = visibilityState;
    this.say("visibilitychange");
  }
}

class Input {
  readonly type: string;

  constructor(type: string) {
    this.type = type;
  }
}

const FILE = new Input("file");
const MINUTE = 60_000;
let world: World;
let vault: Vault;
let page: Page;
let activity: Activity;

beforeEach(async () => {
  world = new World();
  vault = await createVault(world.tab(), "passphrase");
  page = new Page();
  vi.stubGlobal("document", page);
  vi.stubGlobal("HTMLInputElement", Input);
  for (const name of ["addEventListener", "removeEventListener"] as const) {
    vi.stubGlobal(name, page[name].bind(page));
  }
  activity = new Activity(() => vault);
  activity.listen();
});

afterEach(() => {
  activity.end();
  vi.unstubAllGlobals();
});

test("a file that somebody takes minutes to choose finds the place still open", async () => {
  page.say("pointerdown", FILE);
  page.say("click", FILE);
  page.show("hidden");
  await world.pass(4 * MINUTE);
  expect(vault.isOpen.value).toBe(true);
  page.show("visible");
  page.say("change", FILE);
  expect(vault.isOpen.value).toBe(true);
});

test("whoever never comes back from choosing finds it locked all the same", async () => {
  page.say("pointerdown", FILE);
  page.say("click", FILE);
  page.show("hidden");
  await world.pass(5 * MINUTE);
  expect(vault.isOpen.value).toBe(false);
});

test.each<[string, () => void]>([
  ["another thing was pressed since", () => page.say("click", new Input("text"))],
  ["nothing was chosen", () => page.say("cancel", FILE)],
  [
    "the page was seen since",
    () => {
      page.show("hidden");
      page.show("visible");
    },
  ],
  ["the page is left", () => page.say("pagehide")],
])("the shorter clock goes where %s", async (_, act) => {
  page.say("click", FILE);
  act();
  page.show("hidden");
  await world.pass(MINUTE);
  expect(vault.isOpen.value).toBe(false);
});
