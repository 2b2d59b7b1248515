import { beforeEach, describe, expect, test } from "vitest";

import { settle, World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});

describe("the clock", () => {
  test("locks after five minutes without a touch", async () => {
    const vault = await world.made();
    await world.pass(4 * 60_000);
    vault.touch();
    await world.pass(4 * 60_000);
    expect(vault.isOpen.value).toBe(true);
    await world.pass(60_000);
    expect(vault.isOpen.value).toBe(false);
  });

  test("locks after a minute in which nobody sees it, with the draft kept", async () => {
    const vault = await world.made();
    const draft = vault.drafts.begin({ kind: "note" });
    vault.drafts.save(draft, { text: "half a sentence" });
    vault.setVisible(false);
    await world.pass(59_000);
    expect(vault.isOpen.value).toBe(true);
    await world.pass(1000);
    expect(vault.isOpen.value).toBe(false);
    expect((await (await world.opened()).drafts.read(draft)).values).toEqual({
      text: "half a sentence",
    });
  });

  test("a tab that was only hidden for a moment stays open", async () => {
    const vault = await world.made();
    vault.setVisible(false);
    await world.pass(30_000);
    vault.setVisible(true);
    await world.pass(60_000);
    expect(vault.isOpen.value).toBe(true);
  });

  test("stays open while a file is chosen outside it, and no longer than nobody touches it", async () => {
    const vault = await world.made();
    vault.setVisible(false, true);
    await world.pass(299_000);
    expect(vault.isOpen.value).toBe(true);
    await world.pass(1000);
    expect(vault.isOpen.value).toBe(false);
  });

  test("who comes back from a sleep finds it locked, whatever the timers did", async () => {
    const vault = await world.made();
    vault.setVisible(false);
    world.time += 3_600_000;
    vault.setVisible(true);
    await settle();
    expect(vault.isOpen.value).toBe(false);
  });

  test("a touch in one tab is one in all", async () => {
    const [one, two] = [await world.made(), await world.opened()];
    await world.pass(200_000);
    one.touch();
    await world.pass(200_000);
    expect([one.isOpen.value, two.isOpen.value]).toEqual([true, true]);
  });

  test("its times are kept with the vault", async () => {
    const vault = await world.made();
    await vault.setAutoLock({ idle_seconds: 60, hidden_seconds: 10 });
    const again = await world.opened();
    expect(again.autoLock).toEqual({ idle_seconds: 60, hidden_seconds: 10 });
    await world.pass(60_000);
    expect(vault.isOpen.value).toBe(false);
  });
});
