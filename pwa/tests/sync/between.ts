/** What stands between a browser and its hub, and changes what goes by. */
import { decode, encode } from "@msgpack/msgpack";

/** A push. */
export interface Sent {
  packets: Record<string, unknown>[];
  revisions: unknown[];
}

export function through(answer: (request: Request) => Promise<Response>): typeof fetch {
  return async (address, options) => answer(new Request(address, options));
}

/** `change` is what becomes of a push on its way. */
export function changing(change: (sent: Sent) => void): typeof fetch {
  return through(async (request) => {
    if (!isPush(request)) return fetch(request);
    const body = decode(new Uint8Array(await request.clone().arrayBuffer())) as Sent;
    change(body);
    return fetch(new Request(request, { body: new Uint8Array(encode(body)) }));
  });
}

/** The hub knows neither who signed the packets nor the key of what comes with them. */
export function unsign({ packets }: Sent): void {
  for (const packet of packets) packet["signature"] = new Uint8Array(64);
}

/** The same answer, with something else in it. */
export function saying({ status, headers }: Response, told: unknown): Response {
  return new Response(new Uint8Array(encode(told)), { status, headers });
}

export function isPush({ method, url }: Request): boolean {
  return method === "POST" && url.endsWith("/changes");
}

/** A coordinator tells the hub cards and certificates. */
export function isTelling({ method, url }: Request): boolean {
  return method === "POST" && url.endsWith("/certificates");
}
