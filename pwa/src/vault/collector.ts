/** Collects the changes of one `change`: what was put or deleted is seen by its own later reads. */
import { type Bytes, fromHex, type Hex, toHex } from "../sync/bytes.ts";
import { decode, encode, type Part } from "../sync/canonical.ts";
import type { RandomBytes } from "../sync/identifiers.ts";
import type { Change, Entry, EntryType } from "../sync/store.ts";
import { entriesOf, entryAt, type Snapshot } from "./sealed-index.ts";

/** A row as it was read: its ciphertext, to compare when writing, and its content. */
export interface Read {
  readonly ciphertext: Bytes;
  readonly content: unknown;
}

type Index = Omit<Snapshot, "root">;

export class Collector implements Change {
  readonly #snapshot: Index;
  readonly #readRow: (address: Hex) => Promise<Read>;
  readonly #randomBytes: RandomBytes;
  readonly #placeOf: (draft: Hex) => Hex;
  /** By address: the new index line, or that there is none any more. */
  readonly lines = new Map<Hex, Entry | undefined>();
  readonly contents = new Map<Hex, Bytes>();
  readonly expected = new Map<Hex, Bytes>();
  /** The addresses of `lines` by what is or was there; and the lists that were asked for since they changed last. */
  readonly #changed = new Map<EntryType, Set<Hex>>();
  readonly #lists = new Map<EntryType, readonly Entry[]>();

  constructor(
    snapshot: Index,
    readRow: (address: Hex) => Promise<Read>,
    randomBytes: RandomBytes,
    placeOf: (draft: Hex) => Hex,
  ) {
    this.#placeOf = placeOf;
    this.#snapshot = snapshot;
    this.#readRow = readRow;
    this.#randomBytes = randomBytes;
  }

  get deleted(): Hex[] {
    return [...this.lines].filter(([, entry]) => entry === undefined).map(([address]) => address);
  }

  get isEmpty(): boolean {
    return this.lines.size === 0;
  }

  entries(type: EntryType): readonly Entry[] {
    const before = entriesOf(this.#snapshot, type);
    const changed = this.#changed.get(type);
    if (changed === undefined) return before;
    const held = this.#lists.get(type);
    if (held !== undefined) return held;
    const found = new Map(before.map((entry) => [entry.address, entry]));
    for (const address of changed) {
      const entry = this.lines.get(address);
      if (entry?.type === type) found.set(address, entry);
      else found.delete(address);
    }
    const list = [...found.values()];
    this.#lists.set(type, list);
    return list;
  }

  async read(address: Hex): Promise<unknown> {
    const own = this.contents.get(address);
    if (own !== undefined) return decode(own);
    const { ciphertext, content } = await this.#readRow(address);
    this.expected.set(address, ciphertext);
    return content;
  }

  newAddress(): Hex {
    return toHex(this.#randomBytes(16));
  }

  put(entry: Entry, content: readonly Part[]): void {
    this.#set(entry.address, entry);
    this.contents.set(entry.address, encode(content));
  }

  mark(entry: Entry): void {
    this.#set(entry.address, entry);
  }

  /** Where a draft lies may be another row than the one it is known by. */
  delete(id: Hex): void {
    const address = this.#placeOf(id);
    this.#set(address, undefined);
    this.contents.delete(address);
  }

  /** What must still be so when this is written; the root stands for the whole index. */
  expectation(root: Bytes): [Bytes, Bytes][] {
    const rows = [...this.expected].map(([address, ciphertext]): [Bytes, Bytes] => [
      fromHex(address),
      ciphertext,
    ]);
    return [[root, this.#snapshot.rootCiphertext], ...rows];
  }

  #set(address: Hex, entry: Entry | undefined): void {
    const before = this.lines.get(address) ?? entryAt(this.#snapshot, address);
    this.lines.set(address, entry);
    for (const type of new Set([before?.type, entry?.type])) {
      if (type === undefined) continue;
      const others = this.#changed.get(type);
      if (others === undefined) this.#changed.set(type, new Set([address]));
      else others.add(address);
      this.#lists.delete(type);
    }
  }
}
