/** One request to a hub: MessagePack out, MessagePack in, every fault one of ours. */
import * as msgpack from "@msgpack/msgpack";

import { type HubCode, HUB_CODES, ProblemError, UnreachableError } from "../errors.ts";
import { Alarm, type AlarmEnvironment } from "./alarm.ts";
import { FIRST_BYTES } from "./batches.ts";
import { readRetryAfter } from "./retry.ts";

const MSGPACK = "application/vnd.msgpack";
const OCTETS = "application/octet-stream";
const PROBLEM = "application/problem+json";
/** For a hub that thinks about it, and for a line on which a connection alone takes half a minute. */
const PATIENCE_MILLISECONDS = 60_000;
/** 2 kbit/s: below it nothing comes through at all. */
const SLOWEST_BYTES_PER_SECOND = 250;
const LONGEST_MILLISECONDS = 5 * 60_000;

export interface HubEnvironment extends AlarmEnvironment {
  readonly fetch: typeof fetch;
}

export interface Asked {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "HEAD";
  /** Below /api/v1/. */
  readonly path: string;
  readonly body?: unknown;
  /** Instead of a body: bytes as they are. */
  readonly octets?: Uint8Array<ArrayBuffer>;
  readonly token?: string | undefined;
  /** About how much the answer may hold. */
  readonly answerBytes?: number;
}

export class Hub {
  readonly #origin: string;
  readonly #environment: HubEnvironment;
  readonly #stopped: AbortSignal;
  readonly #limits = new Set<Alarm>();

  constructor(origin: string, environment: HubEnvironment, stopped: AbortSignal) {
    this.#origin = origin;
    this.#environment = environment;
    this.#stopped = stopped;
  }

  /** Throws ProblemError for what the hub refuses, UnreachableError for everything else that goes wrong. */
  async ask<T>(asked: Asked, decoded: (answer: unknown) => T): Promise<T> {
    const body =
      asked.octets ?? (asked.body === undefined ? undefined : msgpack.encode(asked.body));
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    const limit = new Alarm(this.#environment, stop);
    limit.set(limitMilliseconds((body?.length ?? 0) + (asked.answerBytes ?? FIRST_BYTES)));
    this.#limits.add(limit);
    this.#stopped.addEventListener("abort", stop);
    try {
      this.#stopped.throwIfAborted();
      const response = await this.#fetch(asked, body, controller.signal);
      return decoded(asked.method === "HEAD" ? isThere(response) : await this.#answerIn(response));
    } catch (error) {
      if (error instanceof ProblemError || error instanceof UnreachableError) throw error;
      // No connection, a cut one, a captive portal, an answer that nobody understands: all as good as no hub.
      throw new UnreachableError();
    } finally {
      limit.cancel();
      this.#limits.delete(limit);
      this.#stopped.removeEventListener("abort", stop);
    }
  }

  /** Somebody came back: what was under way when the phone fell asleep is given up if its time is over. */
  look(): void {
    for (const limit of this.#limits) limit.look();
  }

  async #fetch(
    { method, path, token, octets }: Asked,
    body: Uint8Array<ArrayBuffer> | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    const headers: Record<string, string> = { accept: MSGPACK };
    if (body !== undefined) headers["content-type"] = octets === undefined ? MSGPACK : OCTETS;
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
    const { fetch } = this.#environment;
    return fetch(`${this.#origin}/api/v1/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
  }

  async #answerIn(response: Response): Promise<unknown> {
    const type = response.headers.get("content-type")?.split(";")[0]?.trim();
    if (response.status === 204) return undefined;
    if (response.ok && type === MSGPACK) {
      return msgpack.decode(new Uint8Array(await response.arrayBuffer()));
    }
    if (response.ok && type === OCTETS) return new Uint8Array(await response.arrayBuffer());
    const pause = readRetryAfter(response.headers.get("retry-after"), this.#environment.now());
    const code = type === PROBLEM ? codeIn(await response.json()) : undefined;
    if (code === undefined) throw new UnreachableError(pause);
    throw new ProblemError(code, pause);
  }
}

/** A `HEAD` has nothing but its status. */
function isThere({ ok, status }: Response): boolean {
  if (!ok && status !== 404) throw new UnreachableError();
  return ok;
}

function limitMilliseconds(bytes: number): number {
  const carrying = (bytes / SLOWEST_BYTES_PER_SECOND) * 1000;
  return Math.min(LONGEST_MILLISECONDS, PATIENCE_MILLISECONDS + carrying);
}

function codeIn(problem: unknown): HubCode | undefined {
  if (typeof problem !== "object" || problem === null || !("type" in problem)) return undefined;
  return HUB_CODES.find((code) => problem.type === `urn:sojourn:problem:${code}`);
}
