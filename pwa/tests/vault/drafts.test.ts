import { beforeEach, describe, expect, test, vi } from "vitest";

import { UnknownRowError } from "../../src/vault/index.ts";
import { fullDisk, settle, World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});

describe("drafts", () => {
  const subject = { kind: "contact", form: { id: "contact", hash: "ab12" } } as const;

  test("are on disk a moment after the first key press, and open in another session", async () => {
    const vault = await world.made();
    const draft = vault.drafts.begin({ ...subject, enrolment: "00".repeat(16) });
    vault.drafts.save(draft, { area: "n" });
    await world.pass(300);
    vault.drafts.save(draft, { area: "north", needs: ["legal", "food"], age: 3, safe: true });
    await world.pass(300);
    const again = await world.opened();
    expect(await again.drafts.list()).toEqual([
      {
        id: draft,
        ...subject,
        enrolment: "00".repeat(16),
        changed: expect.any(Number) as number,
        values: { area: "north", needs: ["legal", "food"], age: 3, safe: true },
      },
    ]);
  });

  test("many key presses make few writings", async () => {
    const vault = await world.made();
    const draft = vault.drafts.begin(subject);
    const put = vi.spyOn(IDBObjectStore.prototype, "put");
    for (let at = 1; at <= 40; at += 1) {
      vault.drafts.save(draft, { text: "x".repeat(at) });
      await world.pass(50);
    }
    await world.pass(300);
    expect(put.mock.calls.length).toBeLessThan(15);
    put.mockRestore();
    expect((await (await world.opened()).drafts.read(draft)).values).toEqual({
      text: "x".repeat(40),
    });
  });

  test("what was just typed is written before the keys are forgotten", async () => {
    const vault = await world.made();
    const draft = vault.drafts.begin(subject);
    vault.drafts.save(draft, { area: "east" });
    await vault.lock();
    expect((await (await world.opened()).drafts.read(draft)).values).toEqual({ area: "east" });
  });

  test.each(["notice", "referral"] as const)(
    "a %s that a coordinator is typing is there again after the lock",
    async (kind) => {
      const vault = await world.made();
      const about = { kind, enrolment: "00".repeat(16) };
      const draft = vault.drafts.begin(about);
      vault.drafts.save(draft, { text: "The office is shut on Monday" });
      await vault.lock();
      expect(await (await world.opened()).drafts.list()).toMatchObject([
        { id: draft, ...about, values: { text: "The office is shut on Monday" } },
      ]);
    },
  );

  test("and when the page is hidden", async () => {
    const vault = await world.made();
    const draft = vault.drafts.begin(subject);
    vault.drafts.save(draft, { area: "a" });
    await world.pass(300);
    vault.drafts.save(draft, { area: "west" });
    vault.setVisible(false);
    await settle();
    expect((await (await world.opened()).drafts.read(draft)).values).toEqual({ area: "west" });
  });

  test("a full disk is said, and what was typed is written once there is room", async () => {
    const vault = await world.made();
    const draft = vault.drafts.begin(subject);
    const restore = fullDisk();
    vault.drafts.save(draft, { area: "south" });
    await world.pass(300);
    expect(vault.drafts.trouble.value).toBe("storage-full");
    expect((await vault.drafts.read(draft)).values).toEqual({ area: "south" });
    restore();
    await vault.drafts.flush();
    expect(vault.drafts.trouble.value).toBeUndefined();
    expect((await (await world.opened()).drafts.read(draft)).values).toEqual({ area: "south" });
  });

  test("a draft that became a note is gone, also what was typed last", async () => {
    const vault = await world.made();
    const draft = vault.drafts.begin({ kind: "note" });
    vault.drafts.save(draft, { text: "ab" });
    await world.pass(300);
    vault.drafts.save(draft, { text: "abc" });
    await vault.notes.create("abc", draft);
    await world.pass(1000);
    expect(await vault.drafts.list()).toEqual([]);
    const again = await world.opened();
    expect(await again.drafts.list()).toEqual([]);
    expect(again.entries("draft")).toEqual([]);
    await expect(again.drafts.read(draft)).rejects.toThrow(UnknownRowError);
  });

  test("one draft in two tabs becomes two rather than lose what one typed", async () => {
    const one = await world.made();
    const draft = one.drafts.begin(subject);
    one.drafts.save(draft, { area: "x" });
    await one.drafts.flush();
    const two = await world.opened();
    await two.drafts.read(draft);
    two.drafts.save(draft, { area: "typed in two" });
    await two.drafts.flush();
    one.drafts.save(draft, { area: "typed in one" });
    await one.drafts.flush();
    const values = (await (await world.opened()).drafts.list()).map((each) => each.values["area"]);
    expect(values.sort()).toEqual(["typed in one", "typed in two"]);
  });

  test("nothing is written of a draft in which nothing was typed", async () => {
    const vault = await world.made();
    vault.drafts.begin(subject);
    await vault.drafts.flush();
    expect(await vault.drafts.list()).toEqual([]);
    expect(vault.entries("draft")).toEqual([]);
  });
});
