/** A hub of the command line's, for one file of tests: its process, its coordinator's commands, phones before it. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { fieldsOf, text } from "../../src/sync/decoding.ts";
import { randomBytes } from "../../src/sync/identifiers.ts";
import { createEngine, type Engine } from "../../src/sync/index.ts";
import type { Vault } from "../../src/vault/index.ts";
import type { World } from "../vault/world.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const COMMAND = join(ROOT, ".venv/bin/sojourn");

/** Where there is no Python, there is no such hub. */
export const HAS_HUB = existsSync(COMMAND);

export class RealHub {
  readonly folder = mkdtempSync(join(tmpdir(), "hub-"));
  /** Whole by itself once the hub was stopped. */
  readonly database = join(this.folder, "data", "sojourn.sqlite3");
  origin = "";
  readonly #above: RealHub | undefined;
  #environment: NodeJS.ProcessEnv = {};
  #server: ChildProcess | undefined;

  /** `above`: the hub whose relay this is. */
  constructor(above?: RealHub) {
    this.#above = above;
  }

  async start(): Promise<void> {
    if (!HAS_HUB) return;
    await this.#choosePort();
    const options = { env: this.#environment, cwd: this.folder };
    const words = this.#above === undefined ? ["serve", "--no-build"] : ["relay"];
    const server = spawn(COMMAND, words, options);
    this.#server = server;
    for (;;) {
      const asked = fetch(`${this.origin}/api/v1/challenge`, { method: "POST" });
      if ((await asked.catch(() => null)) !== null) return;
      if (server.exitCode !== null) throw new Error("the hub did not start");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const running = this.#server;
    this.#server = undefined;
    if (running?.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill(signal);
    await ended;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** A command as it is typed; what it prints. */
  async sojourn(...words: string[]): Promise<string> {
    await this.#choosePort();
    const options = { env: this.#environment, cwd: this.folder };
    return (await promisify(execFile)(COMMAND, words, options)).stdout;
  }

  /** The founding invite of a new programme. */
  async programme(name: string, ...options: string[]): Promise<string> {
    const made = await this.sojourn("programme", "create", name, ...options, "--json");
    return fieldsOf(JSON.parse(made), "$")("link", text);
  }

  async #choosePort(): Promise<void> {
    if (this.origin !== "") return;
    const port = await freePort();
    this.origin = `http://127.0.0.1:${port}`;
    this.#environment = {
      PATH: process.env["PATH"],
      SOJOURN_PORT: String(port),
      SOJOURN_DATA: join(this.folder, "data"),
      SOJOURN_PASSPHRASE: "coordinator",
      ...(this.#above === undefined ? {} : { SOJOURN_PUBLIC_URL: this.#above.origin }),
    };
  }

  engine(world: World, vault: Vault, fetching: typeof fetch = fetch): Engine {
    const { locks, after } = world.tab();
    return createEngine(vault, {
      fetch: fetching,
      origin: this.origin,
      locks,
      now: () => Date.now(),
      randomBytes,
      after,
      online: new EventTarget(),
    });
  }
}

/** What is sent to the hub's address goes there instead, as in a network that resolves its name so. */
export function at({ origin }: RealHub): typeof fetch {
  return async (address, options) => {
    const request = new Request(address, options);
    const { pathname, search } = new URL(request.url);
    return fetch(new Request(`${origin}${pathname}${search}`, request));
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
