/**
 * The place where a device keeps what it has, as the engine sees it: rows under random addresses, and
 * an index line for each. The vault is one; nothing here says how it keeps them.
 */
import type { Hex } from "./bytes.ts";
import type { Part } from "./canonical.ts";
import type { Watched } from "./watched.ts";

export type EntryType =
  | "note"
  | "draft"
  | "enrolment"
  | "certificate"
  | "revision"
  | "key"
  | "packet"
  | "keepsake"
  | "members"
  | "member"
  | "chunk"
  | "backup"
  | "intake"
  | "pulled"
  | "opened"
  | "programme"
  | "feed"
  | "feedkey"
  | "filed";

/** One line of the index: which row, what it is, and the little that lists need. */
export interface Entry {
  readonly address: Hex;
  readonly type: EntryType;
  /** What the type says of it; a revision's place on its way to the hub. */
  readonly state: string;
  /** The collection of a revision or key; "" for what stays on the device. */
  readonly collection: Hex;
  /** What lists sort by: a time in milliseconds, or a counter. */
  readonly order: number;
  /** Small fields of the type's own; whoever reads them decodes them. */
  readonly small: Part;
}

export interface Store {
  /** Rises with every change by any tab. */
  readonly generation: Watched<number>;
  /** False once the keys are forgotten; every call rejects from then on. */
  readonly isOpen: Watched<boolean>;
  /** The index, as it was when `generation` last changed. */
  entries(type: EntryType): readonly Entry[];
  /** A row's content. Rejects when there is none, or it does not open. */
  readRow(address: Hex): Promise<unknown>;
  /**
   * Changes several rows as one. `work` reads and collects; all that it collected is encrypted, then
   * written in one strict transaction, unless another tab wrote meanwhile: then `work` runs again on
   * what that tab left. So `work` has no effects of its own.
   */
  change<T>(work: (change: Change) => Promise<T> | T): Promise<T>;
}

/** Changes being collected. What was put or deleted is seen by later reads of the same change. */
export interface Change {
  entries(type: EntryType): readonly Entry[];
  read(address: Hex): Promise<unknown>;
  /** A fresh random address. */
  newAddress(): Hex;
  /** Adds or replaces a row and its line in the index. */
  put(entry: Entry, content: readonly Part[]): void;
  /** Replaces a row's line in the index only. */
  mark(entry: Entry): void;
  delete(address: Hex): void;
}
