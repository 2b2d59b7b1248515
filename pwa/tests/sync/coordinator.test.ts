/** A coordinator in the browser, before the real hub, beside phones and the command line's coordinator. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { toHex } from "../../src/sync/bytes.ts";
import { SHEET_BYTES } from "../../src/sync/coordinator/index.ts";
import { createVault, openVault, parseRecovery, recoveryGroups } from "../../src/vault/index.ts";
import { disk, settle, World } from "../vault/world.ts";
import { CutLine, desksAt, synced } from "./desks.ts";
import { HAS_HUB, RealHub } from "./real-hub.ts";

const FORM = { id: "contact", hash: "cd".repeat(32) };
const hub = new RealHub();
const { opened, founded, kept, putBack } = desksAt(hub);

beforeAll(async () => hub.start(), 60_000);
afterAll(async () => hub.end());

describe.skipIf(!HAS_HUB)("a coordinator in the browser", () => {
  test("founds a programme across a kill after every request, and is the only one who does", async () => {
    const link = await hub.programme("Border");
    const world = new World();
    let vault = await createVault(world.tab(), "passphrase");
    let answers = 0;
    // Each try is a new browser over the same disk; each gets one answer further than the one before.
    for (; ; answers += 1) {
      const line = new CutLine(answers);
      const engine = hub.engine(world, vault, line.fetch);
      await engine.enrol(link).catch(() => undefined);
      await engine.syncNow();
      engine.stop();
      const isDone = !line.isCut && engine.status.value.problem === undefined;
      await vault.lock();
      vault = await openVault(world.tab(), "passphrase");
      if (isDone) break;
      expect(answers).toBeLessThan(30);
    }
    expect(answers).toBeGreaterThan(3);
    const engine = hub.engine(world, vault);
    await synced(engine);
    const [enrolment] = engine.enrolments.value;
    expect(enrolment).toMatchObject({ standing: "certified", role: "coordinator", name: "Border" });
    const coordinator = await engine.coordinator(enrolment?.id ?? "");
    const seen = await coordinator.seen();
    expect(seen).toMatchObject({ isReady: true, owesSheet: true, removals: [], invites: [] });
    expect(seen.devices).toMatchObject([{ isOwn: true, role: "coordinator", revoked: false }]);
    expect(seen.numbers).toMatchObject([{ last: 1, missing: [], twice: [] }]);

    const late = new World();
    const other = hub.engine(late, await createVault(late.tab(), "passphrase"));
    await expect(other.enrol(link)).rejects.toMatchObject({ code: "already-founded" });
    await settle();
    expect(other.enrolments.value).toMatchObject([{ standing: "refused" }]);
  }, 120_000);

  test("publishes to phones what stands until it is taken back, the newest first", async () => {
    const desk = await founded("Border");
    const phone = await opened();
    const link = await desk.coordinator.invite("worker", { days: 3, note: "" });
    const { id } = await phone.engine.enrol(link);
    const exchange = async (): Promise<void> => {
      await synced(phone.engine);
      await synced(desk.engine);
      await synced(phone.engine);
    };
    await exchange();
    const shown = async (): Promise<unknown[]> =>
      (await phone.engine.published(id)).map(({ values }) => values.get("text"));
    const notice = (text: string): Readonly<Record<string, string>> => ({ type: "notice", text });
    await desk.coordinator.publish(notice("one"), []);
    const [first] = await desk.coordinator.published();
    const { drafts } = desk.vault;
    const draft = drafts.begin({ kind: "notice", enrolment: desk.enrolment });
    drafts.save(draft, { text: "two" });
    await drafts.flush();
    await desk.coordinator.publish(notice("two"), [], draft);
    expect(await drafts.list()).toEqual([]);
    await desk.coordinator.publish(notice("one"), [first?.id ?? ""]);
    await exchange();
    expect(await shown()).toEqual(["one", "two"]);
    const [newest] = await desk.coordinator.published();
    if (newest === undefined) throw new TypeError("nothing stands");
    expect(newest.values.get("text")).toBe("one");
    await desk.coordinator.takeBack(newest.id);
    await exchange();
    expect(await shown()).toEqual(["two"]);
    const kept = drafts.begin({ kind: "notice", enrolment: desk.enrolment });
    drafts.save(kept, { text: "as it was typed" });
    const tooLarge = desk.coordinator.publish(notice("x".repeat(70_000)), [], kept);
    await expect(tooLarge).rejects.toMatchObject({ code: "malformed" });
    expect(await drafts.list()).toHaveLength(1);
    await exchange();
    expect(await shown()).toEqual(["two"]);
  }, 120_000);

  test("invites a phone, lets it in, and puts it out: what it sends then is refused", async () => {
    const desk = await founded("Border");
    const link = await desk.coordinator.invite("worker", { days: 3, note: "Amina, north" });
    expect((await desk.coordinator.seen()).invites).toMatchObject([
      { role: "worker", note: "Amina, north" },
    ]);
    const phone = await opened();
    const { id } = await phone.engine.enrol(link);
    const log = async (area: string): Promise<string> =>
      phone.engine.logContact({ enrolment: id, form: FORM, values: { area } });
    await log("north");
    await synced(phone.engine);
    await synced(desk.engine);
    await synced(phone.engine);
    expect(phone.engine.enrolments.value).toMatchObject([{ standing: "certified" }]);
    const { devices, invites } = await desk.coordinator.seen();
    expect(invites).toEqual([]);
    const worker = devices.find(({ role }) => role === "worker");
    expect(worker).toMatchObject({ note: "Amina, north", revoked: false, isOwn: false });

    await desk.coordinator.revoke(worker?.device ?? "", 1);
    await log("too late");
    await phone.engine.syncNow();
    expect(phone.engine.status.value).toMatchObject({ problem: "revoked", waiting: 1, onHub: 1 });
    const after = await desk.coordinator.seen();
    expect(after.devices.find(({ role }) => role === "worker")).toMatchObject({ revoked: true });
    expect(after.log.map(({ deed }) => deed).sort()).toEqual(["invite", "revoke"]);
    // Nothing of what coordinators keep lies on the disk in clear.
    for (const row of (await disk()).rows.values()) {
      expect(Buffer.from(row).includes("Amina")).toBe(false);
    }
  }, 120_000);

  test("lets nobody in with an invite that was taken back, or by another's secret", async () => {
    const desk = await founded("Border");
    const link = await desk.coordinator.invite("worker", { days: 3, note: "" });
    const [invite] = (await desk.coordinator.seen()).invites;
    await desk.coordinator.withdraw(invite?.invite ?? "");
    const phone = await opened();
    await phone.engine.enrol(link);
    await synced(desk.engine);
    expect(await desk.coordinator.waiting()).toMatchObject([{ why: "unknown-invite" }]);
    const { devices, log, removals } = await desk.coordinator.seen();
    expect(devices).toHaveLength(1);
    expect(log.map(({ deed }) => deed).sort()).toEqual(["invite", "withdraw"]);
    expect(removals).toEqual([]);
  }, 60_000);

  test("lets nobody in with an invite that is taken back while others are let in", async () => {
    const desk = await founded("Border");
    const [first, second] = [await opened(), await opened()];
    for (const { engine } of [first, second]) {
      await engine.enrol(await desk.coordinator.invite("coordinator", { days: 3, note: "" }));
    }
    const before = (await desk.coordinator.seen()).invites.map(({ invite }) => invite);
    desk.engine.stop();
    const taking: typeof fetch = async (address, options) => {
      const request = new Request(address, options);
      const isCertificate = request.method === "POST" && request.url.endsWith("/certificates");
      const left = (await desk.coordinator.seen()).invites.map(({ invite }) => invite);
      // One is used by now, and somebody takes the other back.
      if (isCertificate && left.length < before.length) {
        for (const invite of left) await desk.coordinator.withdraw(invite);
      }
      return fetch(request);
    };
    const engine = hub.engine(desk.world, desk.vault, taking);
    await synced(engine);
    const coordinator = await engine.coordinator(desk.enrolment);
    expect((await coordinator.seen()).devices).toHaveLength(2);
    expect(await coordinator.waiting()).toMatchObject([{ why: "unknown-invite" }]);
  }, 60_000);

  test("shares the programme with a coordinator of the command line, and takes one up from there", async () => {
    const desk = await founded("Border", "--practice");
    const link = await desk.coordinator.invite("coordinator", { days: 3, note: "" });
    const state = `${hub.folder}/second`;
    await hub.sojourn("coordinator", "init", "--state", state, "--invite", link);
    await synced(desk.engine);
    await hub.sojourn("coordinator", "pull", "--state", state);
    const own = await hub.sojourn(
      ...["coordinator", "invite", "--state", state, "--role", "coordinator", "--json"],
    );
    const third = await opened();
    const { link: thirdLink } = JSON.parse(own) as { link: string };
    const { id } = await third.engine.enrol(thirdLink);
    await synced(third.engine);
    await hub.sojourn("coordinator", "pull", "--state", state);
    await synced(third.engine);
    const coordinator = await third.engine.coordinator(id);
    expect(await coordinator.seen()).toMatchObject({ isReady: true, owesSheet: false });

    // And a phone that the third one lets in reads what the second one publishes.
    const worker = await opened();
    await worker.engine.enrol(await coordinator.invite("worker", { days: 1, note: "" }));
    await hub.sojourn(
      "coordinator",
      "notice",
      "publish",
      "--state",
      state,
      "--text",
      "Meet at nine",
    );
    await synced(third.engine);
    await synced(worker.engine);
    await synced(worker.engine);
    const [joined] = worker.engine.enrolments.value;
    const published = await worker.engine.published(joined?.id ?? "");
    expect(published.map(({ values }) => values.get("text"))).toEqual(["Meet at nine"]);
  }, 120_000);

  test("is taken up again from the printed sheet where every device is lost", async () => {
    const desk = await founded("Border");
    const link = await desk.coordinator.invite("worker", { days: 3, note: "Amina" });
    const sheet = await desk.coordinator.sheet();
    expect(sheet).toHaveLength(80);
    await desk.coordinator.sheetIsOnPaper();
    expect(await desk.coordinator.seen()).toMatchObject({ owesSheet: false });
    await synced(desk.engine);

    const again = await opened();
    // As it is typed from the paper, in the digits that somebody writes.
    const paper = recoveryGroups(sheet).join(" \n");
    const typed = paper.replace(/\d/g, (digit) => String.fromCharCode(0x17e0 + Number(digit)));
    const read = parseRecovery(typed, SHEET_BYTES);
    if (!("key" in read)) throw new Error("a slip");
    const { id, fingerprint, name } = await again.engine.takeUp(read.key);
    expect({ name, fingerprint }).toEqual({
      name: "Border",
      fingerprint: desk.engine.enrolments.value[0]?.fingerprint,
    });
    const phone = await opened();
    await phone.engine.enrol(link);
    await synced(again.engine);
    await synced(phone.engine);
    expect(phone.engine.enrolments.value).toMatchObject([{ standing: "certified" }]);
    const coordinator = await again.engine.coordinator(id);
    const seen = await coordinator.seen();
    expect(seen.log.map(({ deed }) => deed).sort()).toEqual(["invite", "restore", "sheet"]);
    expect(seen.devices.find(({ role }) => role === "worker")).toMatchObject({ note: "Amina" });
    // The lost one is put out from here.
    const lost = seen.devices.find((each) => each.role === "coordinator" && !each.isOwn);
    await coordinator.revoke(lost?.device ?? "", 0);
    await desk.engine.syncNow();
    expect(desk.engine.status.value.problem).toBe("revoked");
    // What is wrong on the paper takes up nothing.
    const wrong = sheet.slice();
    wrong[60] = (wrong[60] ?? 0) ^ 1;
    const typing = await opened();
    await expect(typing.engine.takeUp(wrong)).rejects.toMatchObject({ code: "bad-signature" });
    // Nor does it stand in the way of the right one.
    const right = await coordinator.sheet();
    expect(await typing.engine.takeUp(right)).toMatchObject({ standing: "certified" });
    expect(toHex(sheet)).not.toBe(toHex(wrong));
  }, 120_000);

  test("gives a hub that was put back from an old copy all that it lost", async () => {
    const desk = await founded("Border");
    await kept("copy");
    await desk.coordinator.invite("worker", { days: 3, note: "after the copy" });
    await synced(desk.engine);
    await putBack("copy");
    await synced(desk.engine);
    const again = await opened();
    const { id } = await again.engine.takeUp(await desk.coordinator.sheet());
    await synced(again.engine);
    const { invites } = await (await again.engine.coordinator(id)).seen();
    expect(invites).toMatchObject([{ note: "after the copy" }]);
  }, 120_000);

  test("asks a hub that repeats a page not for ever", async () => {
    const desk = await founded("Border");
    await desk.coordinator.invite("worker", { days: 3, note: "" });
    await synced(desk.engine);
    desk.engine.stop();
    let first: Response | undefined;
    let asked = 0;
    const repeating: typeof fetch = async (address, options) => {
      const request = new Request(address, options);
      if (!/changes\?.*after=/.test(request.url)) return fetch(request);
      asked += 1;
      if (asked > 10) throw new TypeError("asked for ever");
      first ??= await fetch(new Request(request.url.replace(/&after=.*/, ""), request));
      return first.clone();
    };
    const engine = hub.engine(desk.world, desk.vault, repeating);
    await engine.syncNow();
    expect(engine.status.value.problem).toBe("unreachable");
    expect(asked).toBeLessThan(4);
  }, 60_000);

  test("leads a hub on that was put back from before the card, or from before somebody was put out", async () => {
    const desk = await founded("Border");
    const state = `${hub.folder}/led-out`;
    const leaver = await desk.coordinator.invite("coordinator", { days: 3, note: "" });
    await hub.sojourn("coordinator", "init", "--state", state, "--invite", leaver);
    const phone = await opened();
    const { id } = await phone.engine.enrol(
      await desk.coordinator.invite("worker", { days: 3, note: "" }),
    );
    for (const engine of [desk.engine, phone.engine, desk.engine]) await synced(engine);
    await kept("first-card");
    const { devices } = await desk.coordinator.seen();
    const out = devices.find((each) => each.role === "coordinator" && !each.isOwn);
    await desk.coordinator.revoke(out?.device ?? "", 0);
    await synced(desk.engine);
    await synced(phone.engine);
    await kept("second-card");
    const worker = devices.find(({ role }) => role === "worker");
    await desk.coordinator.revoke(worker?.device ?? "", 0);
    await synced(desk.engine);

    for (const copy of ["second-card", "first-card"]) {
      await putBack(copy);
      await desk.coordinator.publish({ type: "notice", text: copy }, []);
      await synced(desk.engine);
      const { fingerprint } = desk.engine.enrolments.value[0] ?? {};
      const later = await opened();
      const taken = await later.engine.takeUp(await desk.coordinator.sheet());
      expect(taken.fingerprint).toBe(fingerprint);
      await phone.engine.logContact({ enrolment: id, form: FORM, values: { area: copy } });
      await phone.engine.syncNow();
      expect(phone.engine.status.value).toMatchObject({ problem: "revoked", onHub: 0 });
      await expect(hub.sojourn("coordinator", "pull", "--state", state)).rejects.toThrow();
    }
  }, 240_000);
});
