/**
 * A small hub in memory, for faults that a real one is slow to show: cut lines, a database restored or
 * made anew, refusals. What it accepts and answers is docs/protocol.md; the real one is tested against too.
 */
import * as msgpack from "@msgpack/msgpack";

import { type Bytes, equal, type Hex, toHex } from "../../src/sync/bytes.ts";
import { fromText, sha256, toText } from "../../src/sync/canonical.ts";
import { verify } from "../../src/sync/crypto/signing.ts";
import { bytes, fieldsOf, list } from "../../src/sync/decoding.ts";
import {
  type Card,
  type Certificate,
  claimOf,
  decodeCertificate,
  type Invite,
  tokenMessage,
} from "../../src/sync/enrolment.ts";
import type { HubCode } from "../../src/sync/errors.ts";
import {
  decodeCursor,
  decodePacket,
  encodeCursor,
  type KeyPacket,
  packetId,
  type Why,
} from "../../src/sync/exchange.ts";
import { deviceId, randomBytes } from "../../src/sync/identifiers.ts";
import { decodeRevision, revOf, type Revision } from "../../src/sync/revisions.ts";
import { type Asking, ORIGIN, type Programme } from "./programme.ts";

class Problem extends Error {
  readonly code: HubCode;
  readonly status: number;

  constructor(code: HubCode, status: number) {
    super(code);
    this.code = code;
    this.status = status;
  }
}

/** A function answers in the hub's place. */
type Fault =
  "unreachable" | "answer-lost" | HubCode | ((request: Request) => Promise<Response> | Response);

export interface Stored {
  readonly name: Bytes;
  readonly packet?: KeyPacket | undefined;
  readonly revision?: Revision | undefined;
}

interface Enrolled extends Asking {
  readonly device: Hex;
  readonly invite: Hex;
  readonly lane: Bytes;
}

export class MemoryHub {
  programme: Programme;
  /** The generations before the programme's card, in order. */
  cardsBefore: Card[] = [];
  readonly #invites = new Map<Hex, { claimHash: Bytes; lane: Bytes }>();
  enrolled: Enrolled[] = [];
  certificates: Certificate[] = [];
  revoked = new Set<Hex>();
  tokens = new Map<string, Hex>();
  epoch = randomBytes(16);
  feed: Stored[] = [];
  /** What coordinators published. */
  members: Stored[] = [];
  /** What the next requests meet, in their order; `undefined` meets nothing. */
  faults: (Fault | undefined)[] = [];
  /** Refused whatever they are, by rev. */
  refused = new Map<Hex, Why>();
  /** Devices that it does not know: it takes none of their keys. */
  strangers = new Set<Hex>();
  requests: string[] = [];
  pushes: number[] = [];
  receipt: "hub" | "relay" = "hub";
  /** Its own day, and for how many devices keep a contact; `undefined`: as hubs were before they said it. */
  day: number | undefined;
  keepDays: number | undefined;
  safe = 0;

  constructor(programme: Programme) {
    this.programme = programme;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, { ...init, redirect: "manual" });
    const url = new URL(request.url);
    // Apart: faults and counts here are about contacts.
    if (url.pathname.includes(toText(this.programme.members))) return this.#published(request, url);
    this.requests.push(`${request.method} ${url.pathname.replace(/[\w-]{22}/, "*")}`);
    const fault = this.faults.shift();
    if (fault === "unreachable") throw new TypeError("Failed to fetch");
    if (typeof fault === "function") return fault(request);
    const body = new Uint8Array(await request.arrayBuffer());
    try {
      if (fault !== undefined && fault !== "answer-lost") throw new Problem(fault, 400);
      if (url.origin !== ORIGIN) throw new Problem("unknown", 404);
      const read = body.length === 0 ? undefined : msgpack.decode(body);
      const answer = await this.#answer(request, url, read);
      if (fault === "answer-lost") throw new TypeError("network error");
      return answered(answer);
    } catch (error) {
      return refused(error);
    }
  };

  async register(invite: Invite, lane = randomBytes(16)): Promise<Bytes> {
    const claimHash = await sha256(await claimOf(invite.secret));
    this.#invites.set(toHex(invite.invite), { claimHash, lane });
    return lane;
  }

  /** The coordinator lets in all who asked. */
  async certifyAll(): Promise<void> {
    for (const asking of this.enrolled) {
      if (this.certificates.some(({ device }) => toHex(device) === asking.device)) continue;
      this.certificates.push(await this.programme.certify(asking, asking.lane));
    }
  }

  /** A new card, with the certificates of all that were there. */
  async rotate(): Promise<void> {
    this.cardsBefore.push(this.programme.card);
    this.programme = await this.programme.rotated();
    const { programme, certificates } = this;
    this.certificates = await Promise.all(
      certificates.map(async (held) =>
        programme.certify(held, held.lane, {
          n: held.n + 1,
          revoked: held.revoked,
          role: held.role,
        }),
      ),
    );
  }

  get revisions(): Revision[] {
    return this.feed.flatMap(({ revision }) => revision ?? []);
  }

  get packets(): KeyPacket[] {
    return this.feed.flatMap(({ packet }) => packet ?? []);
  }

  /** Back to an earlier feed, as from a backup: another epoch. */
  restore(feed: readonly Stored[] = []): void {
    this.epoch = randomBytes(16);
    this.feed = [...feed];
    this.tokens.clear();
  }

  async #answer(request: Request, url: URL, body: unknown): Promise<unknown> {
    const path = url.pathname.replace("/api/v1/", "");
    if (path === "challenge") return { challenge: new Uint8Array(40).fill(7) };
    if (path === "token") return this.#token(body);
    if (path.endsWith("/enrolments")) return this.#enrol(body);
    const device = this.#bearer(request);
    if (path.endsWith("/certificates")) {
      return this.#cards();
    }
    if (!path.includes(toText(this.programme.collection))) throw new Problem("unknown", 404);
    if (path.endsWith("/missing")) return this.#missing(body);
    return request.method === "POST" ? this.#push(body) : this.#pull(device, url);
  }

  /** `members`: in one page what comes after the cursor. */
  #published(request: Request, url: URL): Response {
    try {
      this.#bearer(request);
      const after = url.searchParams.get("after");
      const from = after === null ? 0 : this.#place(fromText(after), this.members);
      const page = this.members.slice(from);
      return answered({
        cursor: this.#cursor(this.members.length, this.members),
        more: false,
        packets: page.flatMap(({ packet }) => packet ?? []),
        revisions: page.flatMap(({ revision }) => revision ?? []),
        safe: 0,
      });
    } catch (error) {
      return refused(error);
    }
  }

  #bearer(request: Request): Hex {
    const device = this.tokens.get(request.headers.get("authorization") ?? "");
    if (device === undefined) throw new Problem("wrong-token", 401);
    if (this.revoked.has(device)) throw new Problem("revoked", 403);
    return device;
  }

  #newToken(device: Hex): string {
    const token = toText(randomBytes(32));
    this.tokens.set(`Bearer ${token}`, device);
    return token;
  }

  async #enrol(body: unknown): Promise<unknown> {
    const field = fieldsOf(body, "$");
    const invite = this.#invites.get(toHex(field("invite", bytes)));
    if (invite === undefined || !equal(invite.claimHash, await sha256(field("claim", bytes)))) {
      throw new Problem("unknown", 404);
    }
    const asking = {
      signing_key: field("signing_key", bytes),
      sealing_key: field("sealing_key", bytes),
      invite: toHex(field("invite", bytes)),
      lane: invite.lane,
    };
    const device = await deviceId(asking.signing_key);
    const others = this.enrolled.filter((each) => each.invite === asking.invite);
    if (others.some((each) => each.device !== toHex(device))) throw new Problem("invite-used", 410);
    if (others.length === 0) this.enrolled.push({ ...asking, device: toHex(device) });
    const token = this.#newToken(toHex(device));
    return { device, token, ...this.#cards() };
  }

  async #token(body: unknown): Promise<unknown> {
    const field = fieldsOf(body, "$");
    const certificate = field("certificate", decodeCertificate);
    const message = tokenMessage(ORIGIN, field("challenge", bytes), certificate.device);
    await verify(certificate.signing_key, field("signature", bytes), message);
    if (this.revoked.has(toHex(certificate.device))) throw new Problem("revoked", 403);
    return { token: this.#newToken(toHex(certificate.device)), expires: 4_000_000_000 };
  }

  async #push(body: unknown): Promise<unknown> {
    const field = fieldsOf(body, "$");
    const packets = field("packets", list(decodePacket));
    const revisions = field("revisions", list(decodeRevision));
    this.pushes.push(revisions.length);
    const before = this.#cursor(this.feed.length);
    const [stored, known, refused]: [Bytes[], Bytes[], { rev: Bytes; why: Why }[]] = [[], [], []];
    const { id, collection } = this.programme;
    const store = (found: Stored): void => {
      const isKnown = this.feed.some(({ name }) => equal(name, found.name));
      (isKnown ? known : stored).push(found.name);
      if (!isKnown) this.feed.push(found);
    };
    for (const packet of packets) {
      const name = await packetId(id, collection, packet);
      if (this.strangers.has(toHex(packet.owner))) refused.push({ rev: name, why: "bad-packet" });
      else store({ name, packet });
    }
    for (const revision of revisions) {
      const name = await revOf(collection, revision);
      const hasKey = this.packets.some(({ key }) => equal(key, revision.key));
      const why = this.refused.get(toHex(name)) ?? (hasKey ? undefined : "unknown-key");
      if (why === undefined) store({ name, revision });
      else refused.push({ rev: name, why });
    }
    const cursor = this.#cursor(this.feed.length);
    const { safe, receipt, day } = this;
    return { before, cursor, stored, known, refused, safe, receipt, day };
  }

  #missing(body: unknown): unknown {
    const revs = fieldsOf(body, "$")("revs", list(bytes));
    const replaced = this.revisions.flatMap(({ supersedes }) => supersedes);
    const here = [...this.feed.map(({ name }) => name), ...replaced].map(toHex);
    return { missing: revs.filter((rev) => !here.includes(toHex(rev))) };
  }

  #pull(device: Hex, url: URL): unknown {
    const own = this.certificates.find((each) => toHex(each.device) === device);
    if (own === undefined) throw new Problem("wrong-role", 403);
    const after = url.searchParams.get("after");
    const from = after === null ? 0 : this.#place(fromText(after));
    const lane = new Set(
      this.enrolled.filter((each) => equal(each.lane, own.lane)).map((each) => each.device),
    );
    const isOurs = (key: Bytes): boolean =>
      own.role === "coordinator" ||
      this.packets.some((packet) => equal(packet.key, key) && lane.has(toHex(packet.owner)));
    const page = this.feed.slice(from, from + 3);
    const all = this.revisions.flatMap(({ supersedes }) => supersedes).map(toHex);
    return {
      cursor: this.#cursor(from + page.length),
      more: from + page.length < this.feed.length,
      packets: page.flatMap(({ packet }) => (packet && isOurs(packet.key) ? [packet] : [])),
      revisions: page.flatMap(({ revision, name }) =>
        revision && isOurs(revision.key) && !all.includes(toHex(name)) ? [revision] : [],
      ),
      safe: this.safe,
      receipt: this.receipt,
      day: this.day,
      keep_days: this.keepDays,
      generation: this.programme.card.generation,
    };
  }

  #cards(): { card: Card; cards: Card[]; certificates: Certificate[] } {
    return {
      card: this.programme.card,
      cards: this.cardsBefore,
      certificates: this.certificates,
    };
  }

  #cursor(sequence: number, feed = this.feed): Bytes {
    const mark = feed[sequence - 1]?.name.slice(0, 8) ?? new Uint8Array(8);
    return encodeCursor({ epoch: this.epoch, sequence, mark });
  }

  #place(raw: Bytes, feed = this.feed): number {
    const { sequence } = decodeCursor(raw);
    if (sequence > feed.length || !equal(this.#cursor(sequence, feed), raw)) {
      throw new Problem("epoch-changed", 409);
    }
    return sequence;
  }
}

function answered(answer: unknown): Response {
  return new Response(new Uint8Array(msgpack.encode(answer)), {
    headers: { "content-type": "application/vnd.msgpack" },
  });
}

function refused(error: unknown): Response {
  if (!(error instanceof Problem)) throw error;
  return Response.json(
    { type: `urn:sojourn:problem:${error.code}` },
    { status: error.status, headers: { "content-type": "application/problem+json" } },
  );
}
