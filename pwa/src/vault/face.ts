/** What the vault gives to the interface and to sync: types only, kept apart from how it is done. */
import type { Bytes, Hex } from "../sync/bytes.ts";
import type { SlotKind } from "../sync/crypto/vault.ts";
import type { FormName } from "../sync/face.ts";
import type { Values } from "../sync/revisions.ts";
import type { Store } from "../sync/store.ts";
import type { Watched } from "../sync/watched.ts";
import type { VaultCode } from "./errors.ts";

/** Lower-case hex of an id or an address: what lists are keyed by. */
export type Id = Hex;

export interface Note {
  readonly id: Id;
  readonly text: string;
  /** Milliseconds since 1970 by this device's clock. */
  readonly created: number;
  readonly changed: number;
}

export interface NoteSummary {
  readonly id: Id;
  /** The first line that has something in it, at most 80 characters; made in memory, never stored. */
  readonly title: string;
  readonly changed: number;
  /** The row does not open; it is kept, and stands in the list so that nobody wonders where it went. */
  readonly damaged: boolean;
}

/** What the index tells of a row, without opening it. */
export interface IndexLine {
  readonly id: Id;
  /** What lists sort by: a note's last change, or what a keepsake was given; 0 or more. */
  readonly order: number;
}

/** Private notes. Every promise settles only when the change is on disk (or an error says that it is not). */
export interface Notes {
  /** Latest change first, without opening any. */
  lines(): readonly IndexLine[];
  /** Latest change first; only those from `start` to before `end` are opened. */
  list(start?: number, end?: number): Promise<NoteSummary[]>;
  read(id: Id): Promise<Note>;
  /** `draft` is deleted in the same transaction. */
  create(text: string, draft?: Id): Promise<Id>;
  /**
   * `draft` as above. Where the note no longer says `before`, the text that was changed into this one, or is gone,
   * another tab or phone was faster: what is written here then becomes a note of its own, and neither is lost.
   * Gives the note that says it now.
   */
  edit(id: Id, text: string, draft?: Id, before?: string): Promise<Id>;
  delete(id: Id): Promise<void>;
}

/** A day worked; a rule for pay; money received; money taken out; an offer; the safety plan; a date; a picture. */
export type KeepsakeKind =
  "day" | "wage" | "payment" | "deduction" | "offer" | "plan" | "date" | "copy";

/** A private record with fields. What the fields of a kind are, its tool says (app/). */
export interface Keepsake {
  readonly id: Id;
  readonly kind: KeepsakeKind;
  readonly values: Values;
  /** Milliseconds since 1970 by this device's clock. */
  readonly created: number;
  readonly changed: number;
}

/** `damaged`: how many rows did not open; they are kept as they are. */
export interface KeepsakeList {
  readonly kept: readonly Keepsake[];
  readonly damaged: number;
}

export interface KeepsakeWriting {
  readonly order: number;
  /** The one that is replaced; absent for a new one. */
  readonly replaces?: Id | undefined;
  /** What it said when this was begun: where it says something else by now, or is gone, this becomes a new one. */
  readonly before?: Values | undefined;
  /** Deleted in the same transaction. */
  readonly draft?: Id | undefined;
}

/** Private records with fields. Every promise settles only when the change is on disk. */
export interface Keepsakes {
  /** Highest order first. */
  lines(kind: KeepsakeKind): readonly IndexLine[];
  /** In the order asked for; without those that another tab deleted meanwhile. */
  open(ids: readonly Id[]): Promise<KeepsakeList>;
  /** All of a kind, highest order first. */
  list(kind: KeepsakeKind): Promise<KeepsakeList>;
  read(id: Id): Promise<Keepsake>;
  /** Numbers are integers: a fraction throws `malformed`. */
  keep(kind: KeepsakeKind, values: Values, writing: KeepsakeWriting): Promise<Id>;
  delete(id: Id, draft?: Id): Promise<void>;
}

/** A picture that was made small and rid of all that a camera writes into it. */
export interface NewCopy {
  /** As the person calls it; may be empty. */
  readonly name: string;
  /** `image/jpeg`. */
  readonly media: string;
  readonly content: Bytes;
  /** A JPEG of some kilobytes, for lists. */
  readonly thumbnail: Bytes;
}

export interface Copy {
  readonly id: Id;
  readonly name: string;
  readonly media: string;
  readonly thumbnail: Bytes;
  /** Milliseconds since 1970 by this device's clock. */
  readonly created: number;
}

/** Pictures of papers. Sealed in chunks before anything is written; one strict transaction for all of one. */
export interface Copies {
  /** Newest first. */
  lines(): readonly IndexLine[];
  /** Without the picture itself. Rejects with `damaged`, `unknown-row`. */
  read(id: Id): Promise<Copy>;
  keep(copy: NewCopy): Promise<Id>;
  /** `draft`: deleted in the same transaction, here and below. */
  rename(id: Id, name: string, draft?: Id): Promise<void>;
  /** The whole picture. Rejects with `damaged` where a chunk is gone or changed. */
  content(id: Id): Promise<Bytes>;
  /** With its key and all its chunks, also one that does not open any more. */
  delete(id: Id, draft?: Id): Promise<void>;
}

/** `notice`, `referral`: what a coordinator is about to publish. */
export type DraftKind = "note" | "contact" | "notice" | "referral" | KeepsakeKind;

/** What a draft is about, fixed when it begins. */
export interface DraftSubject {
  readonly kind: DraftKind;
  /** The form of a contact; a draft never opens in another form or version than its own. */
  readonly form?: FormName;
  /** The enrolment that a contact, a notice or a referral is for. */
  readonly enrolment?: Id;
  /** The note, contact or keepsake that is being edited; absent for a new one. */
  readonly edits?: Id;
}

export interface Draft extends DraftSubject {
  readonly id: Id;
  readonly values: Values;
  readonly changed: number;
}

/** What is being typed, encrypted from the first key press; one row a draft. */
export interface Drafts {
  /** Gives an id at once; nothing is written before the first `save`. */
  begin(subject: DraftSubject): Id;
  /**
   * To be called at every key press with all values. Written within 300 ms (several calls become one
   * write), and before the vault locks. A failure stands in `trouble`; the values stay in memory and
   * are tried again with the next call or `flush`. Numbers are integers; a fraction throws `malformed`.
   */
  save(id: Id, values: Values): void;
  /** Writes at once what waits. Rejects with what `trouble` says. */
  flush(): Promise<void>;
  /** Why the last write failed; `undefined` when everything typed is on disk or on its way. */
  readonly trouble: Watched<VaultCode | undefined>;
  /** Latest change first; what waits in memory is included. */
  list(): Promise<Draft[]>;
  read(id: Id): Promise<Draft>;
  delete(id: Id): Promise<void>;
}

/** When an open vault locks by itself, in seconds. */
export interface AutoLock {
  /** Without a touch or a key press. */
  readonly idle_seconds: number;
  /** While no tab of ours can be seen. */
  readonly hidden_seconds: number;
}

/** What somebody opens with: a passphrase as it was typed, the 20 bytes of a recovery key, a passkey's PRF output. */
export type Secret = string | { readonly recovery: Bytes } | { readonly passkey: Bytes };

/** What this vault has beside its passphrase. */
export interface WaysPresent {
  readonly recovery: boolean;
  readonly passkey: boolean;
  /** What the second passphrase does that was set from here. */
  readonly second: SlotKind | undefined;
}

/** `header`: as on the disk, with noise in the slots of other vaults. `key`: what seals the file's own key. */
export interface ExportWays {
  readonly header: Bytes;
  readonly key: Bytes;
}

/**
 * The ways into the open vault. Each change is one strict transaction in which the whole header is written
 * anew; the ways that it is not about stay as they are. `present` is any secret that opens this vault: wrong
 * ones count (`too-soon`, `wrong-passphrase`). `taken` when another slot opens with the new passphrase.
 */
export interface Ways {
  readonly present: WaysPresent;
  /** That it opens this vault, and nothing else: before work that would be in vain. */
  prove(present: Secret): Promise<void>;
  changePassphrase(present: Secret, next: string): Promise<void>;
  /** In place of the one before. Throws `no-slot` in a vault that has but one. */
  setWay(way: "recovery" | "passkey", present: Secret, secret: Bytes): Promise<void>;
  removeWay(way: "recovery" | "passkey"): Promise<void>;
  /**
   * `open`: it opens another, empty vault from now on. `wipe`: whoever gives it destroys all vaults of this
   * browser, and finds an empty one. In place of the one before, whose vault then opens for nobody.
   */
  setSecond(passphrase: string, kind: SlotKind): Promise<void>;
  removeSecond(): Promise<void>;
  /** For a file that opens by the ways that this vault has now. */
  exportWays(present: Secret): Promise<ExportWays>;
}

/**
 * An open vault. It holds keys and plaintext in memory until `lock`; afterwards every call rejects
 * with `vault-locked`. `isOpen` tells, whoever locked it: this tab, another one, the clock. When
 * `generation` rises, lists are read again. It never touches `document`: the app reports activity and visibility.
 */
export interface Vault extends Store {
  readonly notes: Notes;
  readonly keepsakes: Keepsakes;
  readonly copies: Copies;
  readonly drafts: Drafts;
  readonly ways: Ways;
  readonly autoLock: AutoLock;
  setAutoLock(autoLock: AutoLock): Promise<void>;
  /** A person did something (pointer, key, scroll). Cheap: call it at every event. */
  touch(): void;
  /**
   * `visibilitychange`, `pagehide`: hidden flushes drafts and starts the shorter clock; not `isChoosing`, while the
   * phone's own window for choosing a file covers the page: then only the clock of no touch goes on.
   */
  setVisible(visible: boolean, isChoosing?: boolean): void;
  /**
   * Writes what waits of the drafts, then forgets all keys and tells the other tabs to do the same.
   * Never rejects. When the disk is full the vault locks all the same: `drafts.trouble` said so before.
   */
  lock(): Promise<void>;
}
