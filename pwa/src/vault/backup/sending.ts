/** From the rows to the hub: what it has not heard of, what was changed, what was deleted. */
import { type Bytes, equal, fromHex, type Hex, toHex } from "../../sync/bytes.ts";
import type { BackupKeys } from "../../sync/backups.ts";
import { toText } from "../../sync/canonical.ts";
import type { Line } from "../../sync/client/batches.ts";
import { sealBody } from "../../sync/crypto/bodies.ts";
import { MalformedError, ProblemError } from "../../sync/errors.ts";
import { decodeCursor, decodePushed, type Pushed, REVISIONS_LIMIT } from "../../sync/exchange.ts";
import type { RandomBytes } from "../../sync/identifiers.ts";
import { encodePlaintext, revOf, type Revision, SUPERSEDES_LIMIT } from "../../sync/revisions.ts";
import type { Change, Entry, Store } from "../../sync/store.ts";
import { DamagedError, UnknownRowError } from "../errors.ts";
import { BACKED_UP, type Fields, fieldsOfRow, plaintextOf } from "./content.ts";
import {
  type Known,
  type Past,
  putSettings,
  readPast,
  type Settings,
  type Trace,
  traceEntry,
  traces,
  versionOf,
} from "./layout.ts";
import type { Bearer } from "./bearer.ts";
import { isCopy, uploadChunks } from "./carrying.ts";
import { joined, putTrace } from "./taking.ts";

/** A row without a trace, a trace without its row, or both, where they differ. */
interface Work {
  readonly entry: Entry | undefined;
  readonly trace: Trace | undefined;
}

interface Sealed {
  readonly trace: Hex;
  readonly rev: Hex;
  readonly revision: Revision;
}

/** What the hub has not got; deletions first, since they make room. */
export function waitingWork(store: Pick<Store, "entries">): Work[] {
  const byRow = new Map<Hex, Trace>();
  const work: Work[] = [];
  const rows = new Map(
    BACKED_UP.flatMap((type) => store.entries(type)).map((entry) => [entry.address, entry]),
  );
  for (const trace of traces(store)) {
    if (trace.row !== undefined && rows.has(trace.row)) byRow.set(trace.row, trace);
    else if (trace.row !== undefined || trace.state === "waiting") {
      work.push({ entry: undefined, trace });
    }
  }
  for (const entry of rows.values()) {
    const trace = byRow.get(entry.address);
    if (trace?.version !== versionOf(entry) || trace.state === "waiting") {
      work.push({ entry, trace });
    }
  }
  return work;
}

/** Sends all that waits, request after request. */
export async function push(
  store: Store,
  bearer: Bearer,
  randomBytes: RandomBytes,
  clock: () => number,
  line: Line,
): Promise<void> {
  const sending = new Sending(store, bearer, randomBytes, clock, line);
  while (await sending.step());
}

class Sending {
  readonly #store: Store;
  readonly #bearer: Bearer;
  readonly #randomBytes: RandomBytes;
  readonly #clock: () => number;
  readonly #line: Line;
  #most = REVISIONS_LIMIT;
  /** Rows that cannot be read any more, or whose chunks the hub lost again: nothing can be sent of them now. */
  readonly #unreadable = new Set<Hex>();
  /** Pictures whose chunks are on the hub, and which: also those that never came back from there to this phone. */
  readonly #ready = new Map<Hex, readonly Hex[]>();

  constructor(
    store: Store,
    bearer: Bearer,
    randomBytes: RandomBytes,
    clock: () => number,
    line: Line,
  ) {
    this.#store = store;
    this.#bearer = bearer;
    this.#randomBytes = randomBytes;
    this.#clock = clock;
    this.#line = line;
  }

  /** One request. False when nothing more can be done now. */
  async step(): Promise<boolean> {
    const sealed = await this.#seal();
    if (sealed.length === 0) return this.#readyNext();
    const path = `collections/${toText(this.#bearer.keys.collection)}/changes`;
    const revisions = sealed.map(({ revision }) => revision);
    const started = this.#clock();
    let pushed: Pushed;
    try {
      const asked = { method: "POST", path, body: { packets: [], revisions } } as const;
      pushed = await this.#bearer.ask(asked, decodePushed);
    } catch (error) {
      if (error instanceof ProblemError && WHOLE_CODES.includes(error.code)) {
        return this.#isolate(sealed);
      }
      this.#line.broke();
      throw error;
    }
    const sent = revisions.reduce((sum, { body }) => sum + body.length, 0);
    this.#line.carried(sent, (this.#clock() - started) / 1000);
    this.#most = REVISIONS_LIMIT;
    return this.#settle(sealed, pushed);
  }

  /** The chunks of the next picture that waits, after all that needs none. False when there is none. */
  async #readyNext(): Promise<boolean> {
    const next = waitingWork(this.#store).find(({ entry }) => entry && this.#needsChunks(entry));
    if (next?.entry === undefined) return false;
    const { address } = next.entry;
    try {
      this.#ready.set(address, await uploadChunks(this.#store, this.#bearer, address));
    } catch (error) {
      if (!(error instanceof DamagedError) && !(error instanceof UnknownRowError)) throw error;
      this.#unreadable.add(address);
    }
    return true;
  }

  #needsChunks(entry: Entry): boolean {
    const { address } = entry;
    return isCopy(entry) && !this.#ready.has(address) && !this.#unreadable.has(address);
  }

  /**
   * The front of what waits, sealed; that it was, and under which names, is on the disk before anything
   * leaves: whether it arrived or not, the next revision of the row replaces it.
   */
  async #seal(): Promise<Sealed[]> {
    return this.#store.change(async (change) => {
      const settings = this.#bearer.settingsIn(change);
      const sealed: Sealed[] = [];
      if (settings.keys === undefined) return sealed;
      let [counter, size] = [settings.counter, 0];
      for (const work of waitingWork(change)) {
        const { entry } = work;
        if (entry && (this.#unreadable.has(entry.address) || this.#needsChunks(entry))) continue;
        const made = await this.#sealOne(change, settings, settings.keys, counter + 1, work);
        if (made === undefined) continue;
        counter += 1;
        sealed.push(made);
        size += made.revision.body.length;
        if (size > this.#line.size || sealed.length >= this.#most) break;
      }
      if (counter > settings.counter) putSettings(change, { ...settings, counter });
      return sealed;
    });
  }

  async #sealOne(
    change: Change,
    { device }: Settings,
    keys: BackupKeys,
    counter: number,
    { entry, trace }: Work,
  ): Promise<Sealed | undefined> {
    const read = entry === undefined ? undefined : await this.#fieldsOf(change, entry);
    if (entry !== undefined && read === undefined) return undefined;
    const past: Past =
      trace === undefined ? { known: [], tips: [] } : readPast(await change.read(trace.address));
    if (trace !== undefined && entry === undefined && past.known.length === 0) {
      // Deleted before the hub ever heard of it.
      change.delete(trace.address);
      return undefined;
    }
    // A list that is full: the record ends with a tombstone, and the row goes on as a new one.
    const isFull = read !== undefined && past.known.length > SUPERSEDES_LIMIT;
    const fields = isFull ? undefined : read;
    const stamps = past.known.map((each) => ({ device: each.device, counter: each.counter }));
    const record = trace === undefined ? this.#randomBytes(16) : fromHex(trace.record);
    const chunks = fields === undefined ? [] : (this.#ready.get(entry?.address ?? "") ?? []);
    const unsealed = {
      record,
      chunks: [...chunks].sort().map(fromHex),
      supersedes: past.known.map(({ rev }) => fromHex(rev)),
      tombstone: fields === undefined,
    };
    const plaintext = plaintextOf(fields ?? new Map(), { device, counter }, stamps);
    const next: Trace = {
      address: trace?.address ?? change.newAddress(),
      record: toHex(record),
      row: fields === undefined ? undefined : entry?.address,
      version: entry === undefined ? 0 : versionOf(entry),
      state: "waiting",
    };
    try {
      const content = encodePlaintext(plaintext);
      const revision = await sealBody(keys.key, keys.collection, unsealed, content);
      const rev = toHex(await revOf(keys.collection, revision));
      const known: Known = { rev, device, counter };
      putTrace(change, next, { known: joined(past.known, [known]), tips: [rev] });
      return { trace: next.address, rev, revision };
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      // Longer than a revision may be: it stays on this phone alone, and the screen says so.
      putTrace(change, { ...next, state: "refused" }, past);
      return undefined;
    }
  }

  async #fieldsOf(change: Change, entry: Entry): Promise<Fields | undefined> {
    try {
      return fieldsOfRow(entry, await change.read(entry.address));
    } catch (error) {
      if (!(error instanceof DamagedError) && !(error instanceof UnknownRowError)) throw error;
      this.#unreadable.add(entry.address);
      return undefined;
    }
  }

  async #settle(sealed: readonly Sealed[], pushed: Pushed): Promise<boolean> {
    const taken = new Set([...pushed.stored, ...pushed.known].map(toHex));
    const refused = new Map(pushed.refused.map(({ rev, why }) => [toHex(rev), why]));
    await this.#store.change(async (change) => {
      keepCursor(change, this.#bearer.settingsIn(change), pushed);
      const held = new Map(traces(change).map((trace) => [trace.address, trace]));
      for (const { trace: address, rev } of sealed) {
        const trace = held.get(address);
        if (trace === undefined || !readPast(await change.read(address)).tips.includes(rev))
          continue;
        if (refused.get(rev) === "missing-chunks") this.#unreadable.add(trace.row ?? "");
        else if (taken.has(rev)) change.mark(traceEntry({ ...trace, state: "sent" }));
        else if (refused.has(rev)) change.mark(traceEntry({ ...trace, state: "refused" }));
      }
    });
    // A receipt that names nothing that was sent: asking on would go on for ever.
    return sealed.some(({ rev }) => taken.has(rev) || refused.has(rev));
  }

  /** The hub refused a request as a whole: half of it next time, until what it is about is alone. */
  async #isolate(sealed: readonly Sealed[]): Promise<boolean> {
    const [first, ...others] = sealed;
    this.#most = Math.max(1, Math.ceil(sealed.length / 2));
    if (first === undefined || others.length > 0) return first !== undefined;
    await this.#store.change((change) => {
      this.#bearer.settingsIn(change);
      const trace = traces(change).find(({ address }) => address === first.trace);
      if (trace !== undefined) change.mark(traceEntry({ ...trace, state: "refused" }));
    });
    return true;
  }
}

/** The cursor moves only if it stands exactly where this push began: else it would skip another phone's. */
function keepCursor(change: Change, settings: Settings, { before, cursor }: Pushed): void {
  const present = settings.cursor;
  const isSame = (a: Bytes, b: Bytes): boolean =>
    equal(decodeCursor(a).epoch, decodeCursor(b).epoch);
  if (present !== undefined && equal(present, before)) putSettings(change, { ...settings, cursor });
  else if (present !== undefined && !isSame(present, cursor)) {
    putSettings(change, { ...settings, cursor: undefined, checking: true });
  }
}

/** Codes that are about what was sent, not about who sent it. */
const WHOLE_CODES: readonly string[] = ["malformed", "too-large"];
