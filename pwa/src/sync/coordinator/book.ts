/**
 * Everything that was pulled of `contacts`, opened, merged and counted: page after page, and then what is new.
 * It works in a thread of its own (thread.ts) and holds only what it must to go on: each revision as a few
 * hundred bytes. What it shows goes to the page as it changes (sheet.ts).
 */
import { type Bytes, equal, type Hex, toHex } from "../bytes.ts";
import { openBody } from "../crypto/bodies.ts";
import type { PacketPlace } from "../crypto/packets.ts";
import type { Certificate } from "../enrolment.ts";
import { SyncError } from "../errors.ts";
import { headOf } from "../merge.ts";
import { decodePlaintext, revOf, type Revision } from "../revisions.ts";
import {
  contactOf,
  type DeviceCount,
  DeviceCounting,
  type Opened,
  recordKey,
  type SeenContact,
} from "./contacts.ts";
import { Keyring } from "./keyring.ts";
import { decodeOpenedPage, encodeOpenedPage, type OpenedPage, wholePages } from "./pages.ts";
import { decodeReading, encodeReading, type Reading } from "./readings.ts";
import { type SheetChange, SheetWriter } from "./sheet.ts";

/** How many revisions are opened at once: WebCrypto works beside this thread. */
const AT_ONCE = 64;
const AT_ONCE_TOLD = 1000;

/** What changed since it was asked last, or the first part of it. */
export interface Told {
  /** Everything is told anew: forget the sheet of before. */
  readonly isNew: boolean;
  readonly change: SheetChange;
  /** There is more to tell. */
  readonly more: boolean;
}

/** What is known of all that was taken so far. */
export interface Counted {
  readonly devices: readonly DeviceCount[];
  readonly unreadable: number;
  /** Pages of which more can be opened now: whoever has them gives them again, as they were pulled. */
  readonly wanted: readonly Hex[];
}

/** A page that was taken: of what was opened in it, what is not kept yet. */
export interface Taken {
  readonly opened: Bytes | undefined;
  /** It has to be given again as it was pulled. */
  readonly isWanted: boolean;
}

export class Book {
  readonly #place: PacketPlace;
  readonly #ring: Keyring;
  #certificates: ReadonlyMap<Hex, Certificate> = new Map();
  readonly #pages = new Map<Hex, OpenedPage>();
  /** By record as one lane has it: its line in the sheet. */
  #lines = new Map<string, number>();
  /** By line, what was opened of it. */
  #held: Bytes[][] = [];
  #isFilled: boolean[] = [];
  #counting = new DeviceCounting();
  #writer = new SheetWriter();
  /** By line; with what was opened where that is all there is of it. */
  #changed = new Map<number, Opened | undefined>();
  #refused = 0;
  #isNew = false;

  constructor(place: PacketPlace) {
    this.#place = place;
    this.#ring = new Keyring(place);
  }

  /** Whom to believe from now on, and the programme's private sealing keys. */
  async trust(certificates: readonly Certificate[], seeds: readonly Bytes[]): Promise<void> {
    const believed = new Map(certificates.map((each) => [toHex(each.device), each]));
    const isSame =
      believed.size === this.#certificates.size &&
      certificates.every((each) => isAlike(each, this.#certificates.get(toHex(each.device))));
    this.#certificates = believed;
    await this.#ring.trust(believed, seeds);
    if (!isSame) this.#isNew = true;
  }

  /** `opened`: what was kept of it; without that, or where more can be opened, `pulled` as it came. */
  async take(address: Hex, pulled: readonly Bytes[] | undefined, opened?: Bytes): Promise<Taken> {
    const kept = opened === undefined ? undefined : decodeOpenedPage(opened);
    const before = kept ?? this.#pages.get(address);
    if (pulled === undefined) {
      if (before === undefined) return { opened: undefined, isWanted: true };
      this.#take(address, before);
      return { opened: undefined, isWanted: this.#isOfMoreUse(before) };
    }
    const raw = encodeOpenedPage(await this.#open(pulled, before));
    // Views of one piece of memory take less than a hundred pieces.
    this.#take(address, decodeOpenedPage(raw));
    return { opened: raw, isWanted: false };
  }

  /** At most so many contacts, since the page that takes them in does nothing else meanwhile. */
  told(most = AT_ONCE_TOLD): Told {
    const isNew = this.#isNew;
    if (isNew) this.#again();
    this.#isNew = false;
    const written: [number, SeenContact][] = [];
    const gone: number[] = [];
    for (const [line, only] of this.#changed) {
      if (written.length + gone.length === most) break;
      this.#changed.delete(line);
      const opened = only === undefined ? this.#openedOf(line) : [only];
      const contact = contactOf(opened, this.#certificates);
      if (contact !== undefined) written.push([line, contact]);
      else if (this.#isFilled[line] === true) gone.push(line);
      this.#isFilled[line] = contact !== undefined;
    }
    return { isNew, change: this.#writer.write(written, gone), more: this.#changed.size > 0 };
  }

  counted(): Counted {
    let unreadable = this.#refused;
    const wanted: Hex[] = [];
    for (const [address, page] of this.#pages) {
      unreadable += page.shut.length;
      if (this.#isOfMoreUse(page)) wanted.push(address);
    }
    return { devices: this.#counting.counts(this.#certificates), unreadable, wanted };
  }

  /** All that is held, by whom is believed now. */
  #again(): void {
    this.#lines = new Map();
    this.#held = [];
    this.#isFilled = [];
    this.#counting = new DeviceCounting();
    this.#writer = new SheetWriter();
    this.#changed = new Map();
    this.#refused = 0;
    this.#ring.isTurned = false;
    for (const { readings } of this.#pages.values()) for (const raw of readings) this.#add(raw);
  }

  #take(address: Hex, page: OpenedPage): void {
    const before = this.#pages.get(address);
    this.#pages.set(address, page);
    for (const key of page.keys) this.#ring.add(key);
    if (this.#ring.isTurned) this.#isNew = true;
    if (this.#isNew) return;
    const held = new Set(before?.readings.map(toHex));
    for (const raw of page.readings) if (held.size === 0 || !held.has(toHex(raw))) this.#add(raw);
  }

  #add(raw: Bytes): void {
    const opened = this.#judge(decodeReading(raw));
    if (opened === undefined) {
      this.#refused += 1;
      return;
    }
    this.#counting.add(opened);
    const key = recordKey(opened, this.#certificates);
    const line = this.#lines.get(key) ?? this.#lines.size;
    this.#lines.set(key, line);
    const held = this.#held[line] ?? [];
    this.#held[line] = held;
    // Pulled twice, from two lives of the hub's database.
    if (held.some((other) => equal(other, raw))) return;
    held.push(raw);
    this.#changed.set(line, held.length === 1 ? opened : undefined);
  }

  #openedOf(line: number): Opened[] {
    const opened = (this.#held[line] ?? []).map((raw) => this.#judge(decodeReading(raw)));
    return opened.filter((each) => each !== undefined);
  }

  /**
   * A lane's devices hold its keys: nobody else can have written here, whatever the plaintext says, of its
   * author or of those before.
   */
  #judge({ key, record, head }: Reading): Opened | undefined {
    const known = this.#ring.get(key);
    if (known === undefined) return undefined;
    const { owner, verified } = known;
    const lane = this.#laneOf(owner);
    const stamped = [head.plaintext.author, ...head.plaintext.past.map(({ device }) => device)];
    const isOfLane = stamped.every(
      (device) => equal(device, owner) || (lane !== undefined && lane === this.#laneOf(device)),
    );
    return isOfLane ? { record, owner, verified, head } : undefined;
  }

  #laneOf(device: Bytes): Hex | undefined {
    const certificate = this.#certificates.get(toHex(device));
    return certificate && toHex(certificate.lane);
  }

  /** Keys that arrived meanwhile, seeds that were not here before, authors that nobody could ask about. */
  #isOfMoreUse({ keys, others, shut }: OpenedPage): boolean {
    return (
      shut.some(({ key, isOdd }) => !isOdd && this.#ring.get(key) !== undefined) ||
      others.some((recipient) => this.#ring.opens(recipient)) ||
      keys.some(({ signed, author }) => signed === "unknown" && this.#ring.knows(author))
    );
  }

  async #open(pulled: readonly Bytes[], before: OpenedPage | undefined): Promise<OpenedPage> {
    const pages = wholePages(pulled);
    const { keys, others } = await this.#ring.open(pages.flatMap(({ packets }) => packets));
    const revisions = pages.flatMap((page) => page.revisions);
    const readings: Bytes[] = [];
    const shut: OpenedPage["shut"][number][] = [];
    for (let start = 0; start < revisions.length; start += AT_ONCE) {
      const some = revisions.slice(start, start + AT_ONCE);
      const opened = await Promise.all(some.map(async (each) => this.#reading(each)));
      opened.forEach((reading, at) => {
        const revision = some[at];
        if (reading instanceof Uint8Array) readings.push(reading);
        else if (revision !== undefined) shut.push({ key: revision.key, isOdd: reading === "odd" });
      });
    }
    // Opened with a seed that is no longer here, as after a restore of an older vault.
    const lost = before?.keys.filter(({ key }) => !keys.some((each) => equal(each.key, key))) ?? [];
    return { keys: [...keys, ...lost], readings, shut, others };
  }

  /** `shut`: its key has not come yet. `odd`: it will never open. */
  async #reading(revision: Revision): Promise<Bytes | "shut" | "odd"> {
    const { key, record } = revision;
    const known = this.#ring.get(key);
    if (known === undefined) return "shut";
    const { collection } = this.#place;
    try {
      const content = await openBody(known.contentKey, collection, revision);
      const rev = await revOf(collection, revision);
      const head = headOf(rev, revision, decodePlaintext(content));
      return encodeReading({ key, record, head });
    } catch (error) {
      if (error instanceof SyncError) return "odd";
      throw error;
    }
  }
}

function isAlike(a: Certificate, b: Certificate | undefined): boolean {
  return b?.n === a.n && b.role === a.role && b.revoked === a.revoked && equal(a.lane, b.lane);
}
