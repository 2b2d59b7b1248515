/** A real hub for one test file, started as an operator starts it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAMS = join(fileURLToPath(new URL("../../..", import.meta.url)), ".venv/bin");
const COMMAND = join(PROGRAMS, "sojourn");
/** Node before 22 has no SQLite. */
const CHANGE = `
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    for statement in sys.argv[2:]:
        database.execute(statement)
`;
/** Where Python is not set up there is no hub. */
export const HAS_HUB = existsSync(COMMAND);

export class RealHub {
  readonly #folder = mkdtempSync(join(tmpdir(), "hub-"));
  #port = 0;
  #server: ChildProcess | undefined;

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get data(): string {
    return join(this.#folder, "data");
  }

  async start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.#port === 0) this.#port = await freePort();
    const server = spawn(COMMAND, ["serve", "--no-build"], {
      env: {
        PATH: process.env["PATH"],
        SOJOURN_PORT: String(this.#port),
        SOJOURN_DATA: this.data,
        ...settings,
      },
      stdio: "ignore",
    });
    this.#server = server;
    for (;;) {
      if (server.exitCode !== null) throw new Error("the hub ended");
      const answer = await fetch(`${this.origin}/api/v1/health`).catch(() => undefined);
      if (answer?.ok === true) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server?.exitCode !== null) return;
    server.kill("SIGKILL");
    await once(server, "exit");
  }

  /** SQL to its database, once it was stopped. */
  change(...statements: string[]): void {
    const database = join(this.data, "sojourn.sqlite3");
    execFileSync(join(PROGRAMS, "python"), ["-c", CHANGE, database, ...statements]);
  }

  /** Stops it for good, with all that it kept. */
  async end(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
