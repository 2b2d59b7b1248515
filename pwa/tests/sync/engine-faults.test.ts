import * as msgpack from "@msgpack/msgpack";
import { beforeEach, describe, expect, test } from "vitest";

import { expectStates, log, type Phone, Scene } from "./scene.ts";

let scene: Scene;
let made: Phone;

beforeEach(async () => {
  scene = await Scene.make();
  made = await scene.certified();
  await made.vault.setAutoLock({ idle_seconds: 1_000_000, hidden_seconds: 1_000_000 });
  made.engine.start();
  await scene.world.pass(100);
});

function answer(
  status: number,
  type: string,
  body: BodyInit,
  headers: Record<string, string> = {},
): Response {
  return new Response(body, { status, headers: { "content-type": type, ...headers } });
}

const problem = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  answer(
    status,
    "application/problem+json",
    JSON.stringify({ type: `urn:sojourn:problem:${code}` }),
    headers,
  );

const cut = (): Response => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(msgpack.encode({ cursor: new Uint8Array(32) }).subarray(0, 9));
      controller.error(new TypeError("network error"));
    },
  });
  return answer(200, "application/vnd.msgpack", body);
};

/** Answers nothing until the caller gives up. */
const silent = async ({ signal }: Request): Promise<Response> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
  });

describe("whatever goes wrong, the outbox stays and it goes on by itself", () => {
  test.each([
    ["500", () => problem(500, "fault")],
    ["502 of a proxy", () => answer(502, "text/html", "<h1>Bad Gateway</h1>")],
    ["503", () => problem(503, "unavailable")],
    ["an answer cut half way", cut],
    ["bytes that nobody understands", () => answer(200, "application/vnd.msgpack", "\xc1garbage")],
    ["an answer to something else", () => answer(200, "application/vnd.msgpack", "\x80")],
    ["a page that wants a login", () => answer(200, "text/html", "<form>Wi-Fi</form>")],
    ["a page that forbids", () => answer(403, "text/html", "<p>blocked</p>")],
    ["a body too slow for the hub", () => problem(408, "too-slow")],
  ])("%s", async (_, fault) => {
    scene.hub.faults = [fault, fault, fault];
    await log(made, "north");
    await scene.world.pass(500);
    const { status } = made.engine;
    expect(["unreachable", "unavailable"]).toContain(status.value.problem);
    expect(status.value).toMatchObject({ waiting: 1, waitingSince: scene.world.time - 500 });
    expect(status.value.nextTry).toBeGreaterThan(scene.world.time);
    await expectStates(made.engine, made.enrolment, ["waiting"]);
    await scene.world.pass(60_000);
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
    expect(status.value).toMatchObject({ nextTry: undefined, waitingSince: undefined });
    expect(await scene.areas()).toEqual(["north"]);
  });
});

test("a hub that does not answer is given up after two minutes", async () => {
  scene.hub.faults = [silent];
  await log(made, "north");
  await scene.world.pass(30_000);
  expect(made.engine.status.value.sending).toBe(true);
  await scene.world.pass(96_500);
  expect(made.engine.status.value).toMatchObject({ sending: false, problem: "unreachable" });
  await scene.world.pass(10_000);
  await expectStates(made.engine, made.enrolment, ["on-hub"]);
});

test("a request that the phone slept over is given up by whoever comes back", async () => {
  scene.hub.faults = [silent];
  await log(made, "north");
  await scene.world.pass(100);
  scene.world.time += 3_600_000;
  scene.online.dispatchEvent(new Event("visibilitychange"));
  await scene.world.pass(0);
  expect(made.engine.status.value).toMatchObject({ sending: false, problem: "unreachable" });
  await scene.world.pass(10_000);
  await expectStates(made.engine, made.enrolment, ["on-hub"]);
});

test("a pause that the phone slept over ends when somebody comes back", async () => {
  scene.drawn = 255;
  scene.hub.faults = Array.from({ length: 8 }, () => "unreachable");
  await log(made, "north");
  await scene.world.pass(16 * 60_000);
  const { nextTry } = made.engine.status.value;
  expect(nextTry).toBeGreaterThan(scene.world.time + 10_000);
  scene.hub.faults = [];
  scene.world.time = nextTry ?? 0;
  scene.online.dispatchEvent(new Event("visibilitychange"));
  await scene.world.pass(10);
  await expectStates(made.engine, made.enrolment, ["on-hub"]);
});

describe("a hub that asks for a pause", () => {
  test("is left alone until then, whatever is written meanwhile", async () => {
    scene.hub.faults = [() => problem(503, "unavailable", { "retry-after": "120" })];
    await log(made, "north");
    await scene.world.pass(100);
    scene.hub.requests = [];
    await log(made, "south");
    await scene.world.pass(110_000);
    expect(scene.hub.requests).toEqual([]);
    await scene.world.pass(20_000);
    await expectStates(made.engine, made.enrolment, ["on-hub", "on-hub"]);
  });

  test("is asked at once by a person who presses", async () => {
    scene.hub.faults = [() => problem(429, "too-fast", { "retry-after": "120" })];
    await log(made, "north");
    await scene.world.pass(100);
    await made.engine.syncNow();
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
  });

  test("for a year is asked again the same day, and never in a circle", async () => {
    scene.hub.faults = Array.from(
      { length: 2 },
      () => () => problem(503, "unavailable", { "retry-after": "31536000" }),
    );
    scene.hub.requests = [];
    await log(made, "north");
    await scene.world.pass(60_000);
    expect(scene.hub.requests).toHaveLength(1);
    await scene.world.pass(4 * 3_600_000);
    await expectStates(made.engine, made.enrolment, ["on-hub"]);
  });
});

test("a hub that always has more and never goes on is not asked for ever", async () => {
  await log(made, "north");
  await scene.world.pass(100);
  const stuck = async (request: Request): Promise<Response> => {
    const real = await scene.hub.fetch(request.clone());
    const read = msgpack.decode(await real.arrayBuffer());
    const body = typeof read === "object" ? { ...read, more: true } : read;
    return answer(200, "application/vnd.msgpack", new Uint8Array(msgpack.encode(body)));
  };
  scene.hub.requests = [];
  scene.hub.faults = [stuck, undefined, stuck, undefined];
  await made.engine.syncNow();
  expect(made.engine.status.value.problem).toBe("unreachable");
  expect(scene.hub.requests.length).toBeLessThan(5);
});
