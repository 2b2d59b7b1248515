/** One request to a hub: MessagePack out, MessagePack in, every fault one of ours. */
import * as msgpack from "@msgpack/msgpack";

import { type HubCode, HUB_CODES, ProblemError, UnreachableError } from "../errors.ts";

const MSGPACK = "application/vnd.msgpack";
const PROBLEM = "application/problem+json";
/** 16 KiB at 2 kbit/s take a minute; a hub that is silent for longer is none. */
const TIMEOUT_MILLISECONDS = 90_000;

export interface HubEnvironment {
  readonly fetch: typeof fetch;
  readonly after: (milliseconds: number, call: () => void) => () => void;
}

export interface Asked {
  readonly method: "GET" | "POST";
  /** Below /api/v1/. */
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string | undefined;
}

export class Hub {
  readonly #origin: string;
  readonly #environment: HubEnvironment;
  readonly #stopped: AbortSignal;

  constructor(origin: string, environment: HubEnvironment, stopped: AbortSignal) {
    this.#origin = origin;
    this.#environment = environment;
    this.#stopped = stopped;
  }

  /** Throws ProblemError for what the hub refuses, UnreachableError for everything else that goes wrong. */
  async ask<T>(asked: Asked, decoded: (answer: unknown) => T): Promise<T> {
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    const cancel = this.#environment.after(TIMEOUT_MILLISECONDS, stop);
    this.#stopped.addEventListener("abort", stop);
    try {
      this.#stopped.throwIfAborted();
      const response = await this.#fetch(asked, controller.signal);
      return decoded(await answerIn(response));
    } catch (error) {
      if (error instanceof ProblemError || error instanceof UnreachableError) throw error;
      // No connection, a cut one, a captive portal, an answer that nobody understands: all as good as no hub.
      throw new UnreachableError();
    } finally {
      cancel();
      this.#stopped.removeEventListener("abort", stop);
    }
  }

  async #fetch({ method, path, body, token }: Asked, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { accept: MSGPACK };
    if (body !== undefined) headers["content-type"] = MSGPACK;
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
    const { fetch } = this.#environment;
    return fetch(`${this.#origin}/api/v1/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: msgpack.encode(body) }),
      signal,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
  }
}

async function answerIn(response: Response): Promise<unknown> {
  const type = response.headers.get("content-type")?.split(";")[0]?.trim();
  if (response.ok && type === MSGPACK) {
    return msgpack.decode(new Uint8Array(await response.arrayBuffer()));
  }
  const pause = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfter = Number.isFinite(pause) ? pause : undefined;
  const code = type === PROBLEM ? codeIn(await response.json()) : undefined;
  if (code === undefined) throw new UnreachableError(retryAfter);
  throw new ProblemError(code, retryAfter);
}

function codeIn(problem: unknown): HubCode | undefined {
  if (typeof problem !== "object" || problem === null || !("type" in problem)) return undefined;
  return HUB_CODES.find((code) => problem.type === `urn:sojourn:problem:${code}`);
}
