/** From the outbox to the hub, and out of the outbox only by a receipt that names it. */
import { equal, type Hex, toHex } from "../bytes.ts";
import { toText } from "../canonical.ts";
import { ProblemError } from "../errors.ts";
import { decodeCursor, decodePushed, type Pushed, REVISIONS_LIMIT } from "../exchange.ts";
import type { Change, Store } from "../store.ts";
import type { Line } from "./batches.ts";
import {
  collectionOf,
  DeviceChange,
  deviceLineAt,
  epochOf,
  startOf,
  withCursor,
} from "./devices.ts";
import { heldKey } from "./held.ts";
import {
  DAMAGED,
  type Item,
  outbox,
  type PacketItem,
  type RevisionItem,
  settlePackets,
  type Verdict,
  verdictOf,
} from "./items.ts";
import { keyLines } from "./keys.ts";
import { revisionEntry, type RevisionLine } from "./layout.ts";
import { packetsAgain, queueAgain } from "./outbox.ts";
import { revisionLines } from "./reading.ts";
import type { Session } from "./session.ts";

/** Sends all that waits, request after request. `clock` in milliseconds. */
export async function push(
  store: Store,
  session: Session,
  clock: () => number,
  line: Line,
): Promise<void> {
  const sending = new Sending(store, session, clock, line);
  while (await sending.step());
}

class Sending {
  readonly #store: Store;
  readonly #session: Session;
  readonly #clock: () => number;
  readonly #line: Line;
  #most = REVISIONS_LIMIT;
  /** How often the hub did not know a revision's key: once its packets are sent again, then it waits. */
  readonly #keyless = new Map<Hex, number>();

  constructor(store: Store, session: Session, clock: () => number, line: Line) {
    this.#store = store;
    this.#session = session;
    this.#clock = clock;
    this.#line = line;
  }

  /** One request. False when nothing more can be done now. */
  async step(): Promise<boolean> {
    const items = await this.#take();
    if (items.length === 0) return false;
    const started = this.#clock();
    let pushed: Pushed;
    try {
      pushed = await this.#send(items);
    } catch (error) {
      if (error instanceof ProblemError && WHOLE_CODES.includes(error.code)) {
        return this.#isolate(items, error.code);
      }
      this.#line.broke();
      throw error;
    }
    const sent = items.reduce((sum, { size }) => sum + size, 0);
    this.#line.carried(sent, (this.#clock() - started) / 1000);
    this.#most = REVISIONS_LIMIT;
    return this.#settle(items, pushed);
  }

  async #send(items: readonly Item[]): Promise<Pushed> {
    const collection = collectionOf(deviceLineAt(this.#store, this.#session.address));
    const path = `collections/${toText(collection)}/changes`;
    const packets = items.flatMap((item) => (item.kind === "packet" ? [item.packet] : []));
    const revisions = items.flatMap((item) => (item.kind === "revision" ? [item.revision] : []));
    return this.#session.ask({ method: "POST", path, body: { packets, revisions } }, decodePushed);
  }

  /** The front of the outbox: packets first, at least one item, at most so many and so large. */
  async #take(): Promise<Item[]> {
    const taken: Item[] = [];
    let total = 0;
    for await (const item of outbox(this.#store, this.#session.address)) {
      if (item.kind === "damaged") {
        await this.#setAside(item.line, DAMAGED);
        continue;
      }
      if (item.kind === "revision" && this.#waits(item.line)) continue;
      total += item.size;
      if (taken.length > 0 && (total > this.#line.size || taken.length >= this.#most)) return taken;
      taken.push(item);
    }
    return taken;
  }

  #waits({ rev }: RevisionLine): boolean {
    return (this.#keyless.get(rev) ?? 0) > 1;
  }

  async #settle(items: readonly Item[], pushed: Pushed): Promise<boolean> {
    const verdict = verdictOf(pushed);
    const hasNews = items.some(({ name }) => verdict.taken.has(name) || verdict.refused.has(name));
    await this.#store.change(async (change) => {
      const held = await DeviceChange.read(change, this.#session.address);
      await this.#keepEpoch(change, held, pushed);
      const { epoch, sequence } = decodeCursor(pushed.cursor);
      const receipt = { by: pushed.receipt, epoch, at: this.#clock(), sequence, day: pushed.day };
      await settlePackets(change, held, verdict);
      // Once, not for each: a request carries a thousand of ten thousand.
      const lines = new Map(revisionLines(change).map((line) => [line.address, line]));
      for (const item of items) {
        // Edited while it travelled: its successor is in the outbox.
        const line = item.kind === "revision" ? lines.get(item.line.address) : undefined;
        if (item.kind !== "revision" || line === undefined) continue;
        await this.#settleRevision(change, line, item, verdict, receipt);
      }
    });
    for (const { name } of items) {
      if (verdict.refused.get(name) !== "unknown-key") continue;
      this.#keyless.set(name, (this.#keyless.get(name) ?? 0) + 1);
    }
    // A receipt that names nothing that was sent: asking on would go on for ever.
    return hasNews;
  }

  /** The pull cursor moves only if it stands exactly where this push began: else it would skip others'. */
  async #keepEpoch(change: Change, held: DeviceChange, pushed: Pushed): Promise<void> {
    const { cursors } = held.device;
    const present = cursors.at(-1);
    const { epoch } = decodeCursor(pushed.cursor);
    const known = epochOf(held.device);
    if (known !== undefined && !equal(known, epoch)) {
      await queueAgain(change, this.#session.address);
      const place = cursors.find((each) => equal(decodeCursor(each).epoch, epoch));
      held.put({ cursors: withCursor(cursors, place ?? startOf(epoch)) });
    } else if (present === undefined || equal(present, pushed.before)) {
      const begins = present !== undefined || decodeCursor(pushed.before).sequence === 0;
      held.put({ cursors: withCursor(cursors, begins ? pushed.cursor : startOf(epoch)) });
    }
  }

  async #settleRevision(
    change: Change,
    line: RevisionLine,
    item: RevisionItem,
    verdict: Verdict,
    receipt: NonNullable<RevisionLine["receipt"]>,
  ): Promise<void> {
    const why = verdict.refused.get(item.name);
    if (verdict.taken.has(item.name)) {
      const state = receipt.by === "hub" ? "on-hub" : "waiting";
      change.mark(revisionEntry({ ...line, state, reason: undefined, receipt }));
    } else if (why === "unknown-key") {
      await this.#again(change, line, item);
    } else if (why === undefined) {
      change.mark(revisionEntry({ ...line, state: "waiting" }));
    } else {
      change.mark(revisionEntry({ ...line, state: "attention", reason: why }));
    }
  }

  /** The hub has no packet for its key: the packets go first, then this revision once more; then it waits. */
  async #again(change: Change, line: RevisionLine, { revision }: RevisionItem): Promise<void> {
    const key = keyLines(change, line.enrolment).find((each) => each.key === toHex(revision.key));
    const held = key && (await heldKey(async (address) => change.read(address), key.address));
    const refused = held?.packets.find((packet) => packet.refused !== undefined)?.refused;
    const state = refused === undefined ? "waiting" : "attention";
    change.mark(revisionEntry({ ...line, state, reason: refused }));
    if (key !== undefined && refused === undefined) await packetsAgain(change, key);
  }

  /** The hub refused a request as a whole: half of it next time, until what it is about is alone. */
  async #isolate(items: readonly Item[], why: string): Promise<boolean> {
    const [first, ...others] = items;
    if (first === undefined) return false;
    if (others.length > 0) {
      this.#most = Math.ceil(items.length / 2);
      return true;
    }
    this.#most = REVISIONS_LIMIT;
    if (first.kind === "revision") await this.#setAside(first.line, why);
    else await this.#refusePacket(first, why);
    return true;
  }

  async #refusePacket({ name }: PacketItem, why: string): Promise<void> {
    await this.#store.change(async (change) => {
      const held = await DeviceChange.read(change, this.#session.address);
      const refused = new Map([[name, why]]);
      await settlePackets(change, held, { taken: new Set(), refused });
    });
  }

  async #setAside({ address }: RevisionLine, reason: string): Promise<void> {
    await this.#store.change((change) => {
      for (const line of revisionLines(change)) {
        if (line.address !== address) continue;
        change.mark(revisionEntry({ ...line, state: "attention", reason }));
      }
    });
  }
}

/** Codes that are about what was sent, not about who sent it. */
const WHOLE_CODES: readonly string[] = ["malformed", "too-large"];
