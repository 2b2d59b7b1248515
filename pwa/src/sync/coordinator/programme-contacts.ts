/**
 * All contacts of a programme, for a coordinator's screens: read from the vault's rows by a thread, and followed
 * as more is pulled, by this tab or another. In memory alone, and gone with the vault's lock.
 */
import { type Bytes, type Hex, toHex } from "../bytes.ts";
import { heldCertificate, wholeOrNone } from "../client/held.ts";
import { certificateLine } from "../client/certificate-layout.ts";
import { readDevice } from "../client/device-layout.ts";
import type { Certificate } from "../enrolment.ts";
import { collectionId } from "../identifiers.ts";
import type { Entry, Store } from "../store.ts";
import { Source, type Watched } from "../watched.ts";
import type { DeviceCount } from "./contacts.ts";
import { pulledLines } from "./intake.ts";
import {
  openedEntry,
  openedLine,
  openedParts,
  type PulledLine,
  readOpened,
  readPulled,
} from "./pages.ts";
import { type BookReader, ReadingFailedError } from "./reader.ts";
import { ContactSheet } from "./sheet.ts";

/** How far the contacts are opened. Counts are of revisions as they were pulled. */
export interface Opening {
  readonly opened: number;
  readonly of: number;
  /** Something is being opened now. */
  readonly isOpening: boolean;
  /** The last try ended with a fault; what is shown may be less than there is. */
  readonly hasFailed: boolean;
}

/** All contacts as they are now. Another object with every change. */
export interface Seen {
  readonly sheet: ContactSheet;
  readonly devices: readonly DeviceCount[];
  /** What does not open, most often since its key has not come yet. */
  readonly unreadable: number;
}

const NOTHING: Seen = { sheet: new ContactSheet(), devices: [], unreadable: 0 };

export class ProgrammeContacts {
  readonly #store: Store;
  readonly #enrolment: Hex;
  readonly #secrets: () => Promise<readonly Bytes[]>;
  readonly #newReader: () => BookReader;
  readonly #opening = new Source<Opening>({ opened: 0, of: 0, isOpening: false, hasFailed: false });
  readonly #seen = new Source<Seen>(NOTHING);
  /** By the object that stands in the index: another one stands there after each change of the row. */
  readonly #certificates = new WeakMap<Entry, Certificate>();
  /** What of each row is in the book already, by its bytes. */
  #taken = new Map<Hex, number>();
  /** Rows that can no longer be read: how many revisions were in each. */
  #damaged = new Map<Hex, number>();
  /** Whom the book believes: the index's own objects, and the seeds. */
  #trusted: readonly unknown[] = [];
  #reader: BookReader | undefined;
  #running: Promise<void> | undefined;
  #isAskedAgain = false;

  /** `secrets`: the programme's private sealing keys, as far as they are here. */
  constructor(
    store: Store,
    enrolment: Hex,
    secrets: () => Promise<readonly Bytes[]>,
    newReader: () => BookReader,
  ) {
    this.#store = store;
    this.#enrolment = enrolment;
    this.#secrets = secrets;
    this.#newReader = newReader;
    store.generation.subscribe(() => this.#look());
    store.isOpen.subscribe((isOpen) => {
      if (!isOpen) this.#end();
    });
    this.#look();
  }

  get opening(): Watched<Opening> {
    return this.#opening;
  }

  get seen(): Watched<Seen> {
    return this.#seen;
  }

  /** After a fault: tries again. */
  again(): void {
    this.#look();
  }

  /** When all that is here by now has been opened. Rejects where it could not be: what is shown may be too little. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    if (this.#opening.value.hasFailed) throw new ReadingFailedError();
  }

  #look(): void {
    if (!this.#store.isOpen.value) return;
    if (this.#running !== undefined) {
      this.#isAskedAgain = true;
      return;
    }
    this.#running = this.#follow().finally(() => {
      this.#running = undefined;
      if (!this.#isAskedAgain) return;
      this.#isAskedAgain = false;
      this.#look();
    });
  }

  async #follow(): Promise<void> {
    try {
      await this.#read();
      this.#tell({ isOpening: false, hasFailed: false });
    } catch {
      // Locked meanwhile, a thread that the browser ended, a row that is damaged: from the start next time.
      this.#end();
      if (this.#store.isOpen.value) this.#tell({ isOpening: false, hasFailed: true });
    }
  }

  async #read(): Promise<void> {
    const reader = await this.#begun();
    const isSame = !(await this.#trust(reader));
    const lines = pulledLines(this.#store, this.#enrolment);
    this.#count(lines);
    const fresh = lines.filter(({ address, size }) => this.#taken.get(address) !== size);
    if (isSame && fresh.length === 0) return;
    let sheet = await this.#told(reader, this.#seen.value.sheet);
    for (const line of fresh) {
      this.#tell({ isOpening: true });
      await this.#take(reader, line, false);
      sheet = await this.#told(reader, sheet);
      this.#count(lines);
    }
    const again = new Set<Hex>();
    for (;;) {
      const { wanted, devices, unreadable } = await reader.ask({ ask: "counted" });
      const more = lines.filter(({ address }) => wanted.includes(address) && !again.has(address));
      if (more.length === 0) {
        const present = pulledLines(this.#store, this.#enrolment);
        const counts = present.map(({ address }) => this.#damaged.get(address) ?? 0);
        const lost = counts.reduce((sum, count) => sum + count, 0);
        const seen = { sheet, devices, unreadable: unreadable + lost };
        if (this.#store.isOpen.value) this.#seen.set(seen);
        return;
      }
      for (const line of more) {
        this.#tell({ isOpening: true });
        again.add(line.address);
        await this.#take(reader, line, true);
        sheet = await this.#told(reader, sheet);
      }
    }
  }

  async #begun(): Promise<BookReader> {
    if (this.#reader !== undefined) return this.#reader;
    const { programme } = readDevice(await this.#store.readRow(this.#enrolment));
    const collection = await collectionId(programme, "contacts");
    const reader = this.#newReader();
    this.#reader = reader;
    await reader.ask({ ask: "begin", place: { programme, collection } });
    return reader;
  }

  /** Whether anything is believed otherwise than before. */
  async #trust(reader: BookReader): Promise<boolean> {
    const { certificate: own } = readDevice(await this.#store.readRow(this.#enrolment));
    const entries = this.#store
      .entries("certificate")
      .filter((entry) => certificateLine(entry).enrolment === this.#enrolment);
    const seeds = await this.#secrets();
    const trusted = [own?.n, ...seeds.map(toHex), ...entries];
    const { length } = this.#trusted;
    if (length === trusted.length && trusted.every((each, at) => each === this.#trusted[at])) {
      return false;
    }
    const certificates = own === undefined ? [] : [own];
    const read = async (address: Hex): Promise<unknown> => this.#store.readRow(address);
    for (const entry of entries) {
      const held = this.#certificates.get(entry);
      const found = held ?? (await heldCertificate(read, entry.address));
      if (found === undefined) continue;
      this.#certificates.set(entry, found);
      certificates.push(found);
    }
    await reader.ask({ ask: "trust", certificates, seeds });
    this.#trusted = trusted;
    return true;
  }

  async #take(reader: BookReader, line: PulledLine, isWhole: boolean): Promise<void> {
    const { address, size } = line;
    const kept = isWhole ? undefined : await this.#kept(line);
    if (kept !== undefined) {
      const { isWanted } = await reader.ask({
        ask: "take",
        address,
        pulled: undefined,
        opened: kept,
      });
      this.#taken.set(address, size);
      if (!isWanted) return;
    }
    const pulled = await wholeOrNone(async () => readPulled(await this.#store.readRow(address)));
    if (pulled === undefined) {
      this.#damaged.set(address, line.revisions);
      this.#taken.set(address, size);
      return;
    }
    this.#damaged.delete(address);
    const { opened } = await reader.ask({ ask: "take", address, pulled, opened: undefined });
    this.#taken.set(address, size);
    if (opened !== undefined) await this.#keep(line, opened);
  }

  /** What was opened of it before, if that was all of it. */
  async #kept({ address, size }: PulledLine): Promise<Bytes | undefined> {
    const lines = this.#store.entries("opened").map(openedLine);
    const line = lines.find((each) => each.pulled === address && each.size === size);
    if (line === undefined) return undefined;
    // Else it is made again from what was pulled.
    return wholeOrNone(async () => readOpened(await this.#store.readRow(line.address)));
  }

  /** So that it need not be opened a second time. Another tab may have kept the same. */
  async #keep({ address: pulled, collection, size }: PulledLine, opened: Bytes): Promise<void> {
    const enrolment = this.#enrolment;
    await this.#store.change((change) => {
      if (!pulledLines(change, enrolment).some(({ address }) => address === pulled)) return;
      const lines = change.entries("opened").map(openedLine);
      const address = lines.find((each) => each.pulled === pulled)?.address ?? change.newAddress();
      const line = { address, collection, enrolment, pulled, size };
      change.put(openedEntry(line), openedParts(opened));
    });
  }

  async #told(reader: BookReader, before: ContactSheet): Promise<ContactSheet> {
    let sheet = before;
    for (;;) {
      const { isNew, change, more } = await reader.ask({ ask: "told" });
      if (isNew) sheet = new ContactSheet();
      sheet.apply(change);
      if (!more) return sheet;
    }
  }

  #count(lines: readonly PulledLine[]): void {
    const done = lines.filter(({ address, size }) => this.#taken.get(address) === size);
    this.#tell({ opened: sumOf(done), of: sumOf(lines) });
  }

  #tell(opening: Partial<Opening>): void {
    this.#opening.set({ ...this.#opening.value, ...opening });
  }

  #end(): void {
    this.#reader?.end();
    this.#reader = undefined;
    this.#taken = new Map();
    this.#damaged = new Map();
    this.#trusted = [];
    if (!this.#store.isOpen.value) this.#seen.set(NOTHING);
  }
}

function sumOf(lines: readonly PulledLine[]): number {
  return lines.reduce((sum, { revisions }) => sum + revisions, 0);
}
