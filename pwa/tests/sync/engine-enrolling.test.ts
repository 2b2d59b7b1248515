import { beforeEach, describe, expect, test } from "vitest";

import { InviteError, ProblemError } from "../../src/sync/index.ts";
import { createVault } from "../../src/vault/index.ts";
import { settle } from "../vault/world.ts";
import { Programme } from "./programme.ts";
import { Scene } from "./scene.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.make();
});

describe("enrolling", () => {
  test("the device is in, and says under which name", async () => {
    const { engine, enrolment } = await scene.phone();
    await settle();
    expect(engine.enrolments.value).toMatchObject([
      { id: enrolment, standing: "provisional", name: "Border", practice: true, role: "worker" },
    ]);
    expect(engine.enrolments.value[0]?.fingerprint).toMatch(/^([0-9a-f]{4} ){4}[0-9a-f]{4}$/);
  });

  test("a lost answer costs nothing: the same keys ask again by themselves", async () => {
    const vault = await createVault(scene.world.tab(), "passphrase");
    const engine = scene.engineOf(vault);
    const { invite, link } = await scene.programme.invite();
    await scene.hub.register(invite);
    scene.hub.faults = ["answer-lost"];
    await expect(engine.enrol(link)).rejects.toMatchObject({ code: "unreachable" });
    engine.start();
    await scene.world.pass(60_000);
    expect(engine.enrolments.value.map(({ standing }) => standing)).toEqual(["provisional"]);
    expect(scene.hub.enrolled).toHaveLength(1);
  });

  test("the same invite twice is one enrolment", async () => {
    const vault = await createVault(scene.world.tab(), "passphrase");
    const engine = scene.engineOf(vault);
    const { invite, link } = await scene.programme.invite();
    await scene.hub.register(invite);
    const first = await engine.enrol(link);
    expect((await engine.enrol(link)).id).toBe(first.id);
  });

  test("a used invite is refused, kept with its reason, and can be forgotten", async () => {
    const { invite, link } = await scene.programme.invite();
    await scene.hub.register(invite);
    const vault = await createVault(scene.world.tab(), "passphrase");
    const engine = scene.engineOf(vault);
    scene.hub.faults = ["invite-used"];
    await expect(engine.enrol(link)).rejects.toThrow(ProblemError);
    await settle();
    const [refused] = engine.enrolments.value;
    expect(refused).toMatchObject({ standing: "refused", refusal: "invite-used" });
    await engine.forgetEnrolment(refused?.id ?? "");
    await settle();
    expect(engine.enrolments.value).toEqual([]);
  });

  test("an invite of another hub, a broken one, an old one, a card with another key", async () => {
    const engine = scene.engineOf(await createVault(scene.world.tab(), "passphrase"));
    const { invite, link } = await scene.programme.invite();
    const why = async (text: string): Promise<string> => {
      const error: unknown = await engine.enrol(text).catch((caught: unknown) => caught);
      return error instanceof InviteError ? error.why : String(error);
    };
    expect(await why("nonsense")).toBe("malformed");
    expect(await why(link.slice(0, -4))).toBe("malformed");
    expect(await why((await scene.programme.invite(1)).link)).toBe("expired");
    const other = await Programme.make();
    Object.assign(scene.programme, { card: { ...other.card, programme: scene.programme.id } });
    await scene.hub.register(invite);
    expect(await why(link)).toBe("wrong-key");
  });
});
