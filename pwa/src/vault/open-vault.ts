/** A vault while it is open: the keys, the index, and the one way in which rows change. */
import { type Bytes, fromHex, type Hex } from "../sync/bytes.ts";
import { decode, encode, type Part } from "../sync/canonical.ts";
import { openRow, sealRow } from "../sync/crypto/rows.ts";
import { encodeHeader, type VaultHeader } from "../sync/crypto/vault.ts";
import type { Change, Entry, EntryType } from "../sync/store.ts";
import { Source } from "../sync/watched.ts";
import { AutoLockClock } from "./auto-lock.ts";
import { Collector, type Read } from "./collector.ts";
import { VaultCopies } from "./copies.ts";
import type { Commit, Database } from "./database.ts";
import { VaultDrafts } from "./drafts.ts";
import type { Environment } from "./environment.ts";
import {
  ChangedElsewhereError,
  DamagedError,
  UnknownRowError,
  VaultLockedError,
} from "./errors.ts";
import type { AutoLock, Copies, Drafts, Keepsakes, Notes, Vault, Ways } from "./face.ts";
import { VaultKeepsakes } from "./keepsakes.ts";
import type { Root } from "./layout.ts";
import { VaultNotes } from "./notes.ts";
import {
  entriesOf,
  type Keys,
  readSnapshot,
  rewrite,
  type Rewritten,
  type Snapshot,
} from "./sealed-index.ts";
import { headerOf } from "./slots.ts";
import { Tabs } from "./tabs.ts";
import { type HeaderChange, VaultWays } from "./ways.ts";

const WRITE_LOCK = "notes-write";
/** Another tab would have to write between each of our readings and writings. */
const TRIES = 16;
/** After which a lock forgets the keys, whatever the disk does. */
const FLUSH_MILLISECONDS = 2000;

interface Opened {
  readonly keys: Keys;
  readonly snapshot: Snapshot;
}

export class OpenVault implements Vault {
  readonly isOpen = new Source(true);
  readonly generation = new Source(0);
  readonly notes: Notes;
  readonly keepsakes: Keepsakes;
  readonly copies: Copies;
  readonly drafts: Drafts;
  readonly ways: Ways;
  readonly #drafts: VaultDrafts;
  readonly #environment: Environment;
  readonly #database: Database;
  readonly #tabs: Tabs;
  readonly #clock: AutoLockClock;
  #opened: Opened | undefined;
  #locking: Promise<void> | undefined;

  constructor(environment: Environment, database: Database, keys: Keys, snapshot: Snapshot) {
    this.#environment = environment;
    this.#database = database;
    this.#opened = { keys, snapshot };
    this.#tabs = new Tabs(environment, {
      changed: () => void this.#reload(),
      touched: () => this.#clock.touchedElsewhere(),
      lock: () => void this.#lock(),
    });
    const { autoLock } = snapshot.root;
    const lock = (): void => void this.#lock();
    this.#clock = new AutoLockClock(environment, autoLock, lock, () => this.#tabs.say("touched"));
    this.notes = new VaultNotes(this, environment);
    const keepsakes = new VaultKeepsakes(this, environment);
    this.keepsakes = keepsakes;
    this.copies = new VaultCopies(this, keepsakes, environment);
    this.#drafts = new VaultDrafts(this, environment);
    this.drafts = this.#drafts;
    this.ways = new VaultWays(this, environment, database);
  }

  get root(): Root {
    return this.#open().snapshot.root;
  }

  get rootAddress(): Bytes {
    return this.#open().keys.root;
  }

  get autoLock(): AutoLock {
    return this.root.autoLock;
  }

  async setAutoLock(autoLock: AutoLock): Promise<void> {
    await this.#writing(async () => {
      const collector = this.#collector();
      await this.#commitRoot({ ...this.root, autoLock }, collector, [], undefined);
    });
    this.#clock.setLimits(autoLock);
  }

  async changeHeader(
    work: (header: VaultHeader, root: Root) => Promise<HeaderChange>,
    besides?: (change: Change) => void,
  ): Promise<void> {
    await this.#writing(async () => {
      const expect = await this.#database.header();
      const { header, root, rows } = await work(headerOf(expect), this.root);
      if (expect === undefined) return;
      const collector = this.#collector();
      besides?.(collector);
      await this.#commitRoot(root, collector, rows ?? [], { expect, put: encodeHeader(header) });
    });
  }

  touch(): void {
    if (this.isOpen.value) this.#clock.touch();
  }

  setVisible(visible: boolean, isChoosing = false): void {
    if (!this.isOpen.value) return;
    if (!visible) this.#drafts.flushSoon();
    this.#clock.setVisible(visible || isChoosing);
  }

  async lock(): Promise<void> {
    if (this.#locking === undefined) this.#tabs.say("lock");
    await this.#lock();
  }

  entries(type: EntryType): readonly Entry[] {
    return entriesOf(this.#open().snapshot, type);
  }

  async readRow(address: Hex): Promise<unknown> {
    return (await this.readSealed(address)).content;
  }

  /** With the ciphertext, for whoever writes the row again. */
  async readSealed(address: Hex): Promise<Read> {
    const { keys } = this.#open();
    const [ciphertext] = await this.#database.read([fromHex(address)]);
    if (ciphertext === undefined) throw new UnknownRowError();
    try {
      const content = decode(await openRow(keys.rows, fromHex(address), ciphertext));
      return { ciphertext, content };
    } catch (cause) {
      throw new DamagedError({ cause });
    }
  }

  async change<T>(work: (change: Change) => Promise<T> | T): Promise<T> {
    return this.#writing(async () => {
      const { keys, snapshot } = this.#open();
      const { randomBytes } = this.#environment;
      const collector = this.#collector();
      const result = await work(collector);
      if (collector.isEmpty) return result;
      const next = await rewrite(keys, snapshot, collector, randomBytes);
      const gone = collector.deleted;
      const expect = collector.expectation(keys.root);
      await this.#commit(next, { expect, put: [], delete: gone.map(fromHex) });
      for (const address of gone) this.#drafts.forget(address);
      return result;
    });
  }

  /**
   * Writes one row whose line in the index stays as it is: what is being typed, several times a second.
   * `content` is asked for once no other writer of this browser is at work; `undefined` writes nothing.
   * Gives the new ciphertext. Throws ChangedElsewhereError when the row is not `expected` any more.
   */
  async overwrite(
    address: Hex,
    content: () => { expected: Bytes; parts: readonly Part[] } | undefined,
  ): Promise<Bytes | undefined> {
    return this.#exclusive(async () => {
      const { keys } = this.#open();
      const asked = content();
      if (asked === undefined) return undefined;
      const raw = fromHex(address);
      const ciphertext = await sealRow(keys.rows, raw, encode(asked.parts));
      const expect = [[raw, asked.expected]] as const;
      await this.#database.commit({ expect, put: [[raw, ciphertext]], delete: [] });
      return ciphertext;
    });
  }

  #open(): Opened {
    if (this.#opened === undefined) throw new VaultLockedError();
    return this.#opened;
  }

  #collector(): Collector {
    const read = async (address: Hex): Promise<Read> => this.readSealed(address);
    const placeOf = (id: Hex): Hex => this.#drafts.placeOf(id);
    return new Collector(this.#open().snapshot, read, this.#environment.randomBytes, placeOf);
  }

  async #commitRoot(
    root: Root,
    collector: Collector,
    put: Commit["put"],
    header: Commit["header"] | undefined,
  ): Promise<void> {
    const { keys, snapshot } = this.#open();
    const { randomBytes } = this.#environment;
    const next = await rewrite(keys, { ...snapshot, root }, collector, randomBytes);
    const expect = collector.expectation(keys.root);
    const commit = { expect, put, delete: collector.deleted.map(fromHex) };
    await this.#commit(next, header === undefined ? commit : { ...commit, header });
  }

  async #commit(next: Rewritten, commit: Commit): Promise<void> {
    await this.#database.commit({ ...commit, put: [...commit.put, ...next.put] });
    // Locked meanwhile: what was written is on disk, and there is nothing to remember it in.
    if (this.#opened === undefined) return;
    this.#follow(next.snapshot);
    this.#tabs.say("changed");
  }

  /** A Web Lock keeps tabs from trying in vain; the comparison in the transaction is what makes it safe. */
  async #writing<T>(work: () => Promise<T>): Promise<T> {
    return this.#exclusive(async () => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof ChangedElsewhereError) || tries === TRIES) throw error;
          await this.#reload();
        }
      }
    });
  }

  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#environment.locks.request(WRITE_LOCK, work);
  }

  async #reload(): Promise<void> {
    const { keys, snapshot } = this.#open();
    const next = await readSnapshot(this.#database, keys, snapshot);
    if (this.#opened !== undefined && next !== snapshot) this.#follow(next);
  }

  #follow(snapshot: Snapshot): void {
    this.#opened = { keys: this.#open().keys, snapshot };
    this.#clock.setLimits(snapshot.root.autoLock);
    this.generation.set(this.generation.value + 1);
  }

  async #lock(): Promise<void> {
    this.#locking ??= this.#forget();
    await this.#locking;
  }

  async #forget(): Promise<void> {
    this.#clock.stop();
    await this.#flushedOrLate();
    this.#opened = undefined;
    this.#drafts.end();
    this.#tabs.close();
    this.isOpen.set(false);
    await this.#database.close();
  }

  async #flushedOrLate(): Promise<void> {
    let cancel = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.#environment.after(FLUSH_MILLISECONDS, resolve);
    });
    // A failure stood in `drafts.trouble` before; the keys are forgotten all the same.
    await Promise.race([this.#drafts.flush().catch(() => undefined), late]);
    cancel();
  }
}
