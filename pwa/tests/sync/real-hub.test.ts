/** The engine before the real hub, and the command line's coordinator: what was typed comes out there. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, test } from "vitest";

import { randomBytes } from "../../src/sync/identifiers.ts";
import { createEngine, type Engine } from "../../src/sync/index.ts";
import { fieldsOf, text } from "../../src/sync/decoding.ts";
import { createVault } from "../../src/vault/index.ts";
import { World } from "../vault/world.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const COMMAND = join(ROOT, ".venv/bin/sojourn");
const FORM = { id: "contact", hash: "cd".repeat(32) };

const folder = mkdtempSync(join(tmpdir(), "hub-"));
const state = join(folder, "coordinator");
let origin = "";
let environment: NodeJS.ProcessEnv = {};
let server: ChildProcess | undefined;

beforeAll(async () => {
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  environment = {
    PATH: process.env["PATH"],
    SOJOURN_PORT: String(port),
    SOJOURN_DATA: join(folder, "data"),
    SOJOURN_PASSPHRASE: "coordinator",
  };
  await start();
}, 60_000);

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

test.skipIf(!existsSync(COMMAND))(
  "contacts typed on a phone come out at the coordinator, across the hub's death",
  async () => {
    const made = await sojourn("programme", "create", "Border", "--practice", "--json");
    const founding = fieldsOf(JSON.parse(made), "$")("link", text);
    await sojourn("coordinator", "init", "--state", state, "--invite", founding);
    const engine = await phone();
    const { id: enrolment } = await engine.enrol(await invite());
    const log = async (area: string): Promise<string> =>
      engine.logContact({ enrolment, form: FORM, values: { area, needs: ["food", "legal"] } });

    await log("before it was let in");
    await synced(engine);
    expect(engine.status.value).toMatchObject({ onHub: 1, waiting: 0 });

    await sojourn("coordinator", "pull", "--state", state);
    const edited = await log("to be changed");
    await log("ទីនេះ");
    await synced(engine);
    expect(engine.enrolments.value.map(({ standing }) => standing)).toEqual(["certified"]);

    await stop("SIGKILL");
    await engine.editContact({ record: edited, form: FORM, values: { area: "changed" } });
    const deleted = await log("to be deleted");
    await engine.deleteContact(deleted);
    await engine.syncNow();
    expect(engine.status.value).toMatchObject({ problem: "unreachable", onHub: 2, waiting: 2 });

    await start();
    await synced(engine);
    expect(engine.status.value).toMatchObject({ onPhone: 3, onHub: 3, waiting: 0, attention: 0 });
    await sojourn("coordinator", "pull", "--state", state);
    const why = ["--why", "a test", "--practice"];
    const exported = await sojourn(
      ...["coordinator", "export", "--state", state, "--format", "jsonl", ...why],
    );
    for (const area of ["before it was let in", "changed", "ទីនេះ"]) {
      expect(exported).toContain(area);
    }
    for (const area of ["to be changed", "to be deleted"]) expect(exported).not.toContain(area);
  },
  120_000,
);

async function phone(): Promise<Engine> {
  const world = new World();
  const { locks, after } = world.tab();
  const vault = await createVault(world.tab(), "passphrase");
  return createEngine(vault, {
    fetch,
    origin,
    locks,
    now: () => Date.now(),
    randomBytes,
    after,
    online: new EventTarget(),
  });
}

async function synced(engine: Engine): Promise<void> {
  await engine.syncNow();
  expect(engine.status.value.problem).toBeUndefined();
}

async function invite(): Promise<string> {
  const told = await sojourn(
    "coordinator",
    "invite",
    "--state",
    state,
    "--role",
    "worker",
    "--json",
  );
  return fieldsOf(JSON.parse(told), "$")("link", text);
}

async function sojourn(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(COMMAND, words, { env: environment, cwd: folder });
  return stdout;
}

async function start(): Promise<void> {
  if (!existsSync(COMMAND)) return;
  server = spawn(COMMAND, ["serve", "--no-build"], { env: environment, cwd: folder });
  for (;;) {
    const answer = await fetch(`${origin}/api/v1/challenge`, { method: "POST" }).catch(() => null);
    if (answer !== null) return;
    if (server.exitCode !== null) throw new Error("the hub did not start");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  const running = server;
  server = undefined;
  if (running?.exitCode !== null) return;
  const ended = new Promise((resolve) => running.once("exit", resolve));
  running.kill(signal);
  await ended;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
