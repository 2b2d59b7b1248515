/** What sync gives to the interface: types only, kept apart from how it is done. */
import type { Hex as Id } from "./bytes.ts";
import type { Coordinator } from "./coordinator/index.ts";
import type { SyncCode } from "./errors.ts";
import type { RandomBytes, Role } from "./identifiers.ts";
import type { Value, Values } from "./revisions.ts";
import type { Watched } from "./watched.ts";

/** Which form, in which version, some values belong to; `hash` is lower-case hex. */
export interface FormName {
  readonly id: string;
  readonly hash: string;
}

/**
 * Where a contact is. (`draft` is the fifth state of a contact; drafts are the vault's own.)
 * `on-this-phone`: saved, the hub was not tried yet. `waiting`: tried, or handed to a relay, no
 * receipt of the hub's. `on-hub`: receipt kept. `attention`: see the reason; it is kept, and `retry` tries it again.
 */
export type ContactState = "on-this-phone" | "waiting" | "on-hub" | "attention";

/** Where a device stands with its programme. */
export type Standing =
  /** The enrolment is made and kept, the hub has not answered yet. */
  | "asked"
  /** The hub knows the device, no coordinator has certified it yet; sending works. */
  | "provisional"
  | "certified"
  /**
   * A coordinator revoked it: everything is kept, nothing is sent. While only the hub says so, unsigned, it
   * is asked again from time to time, and all goes on as before once it answers.
   */
  | "revoked"
  /** The hub refused the invite; `refusal` says why. */
  | "refused";

export interface EnrolmentSummary {
  readonly id: Id;
  readonly standing: Standing;
  readonly refusal: SyncCode | undefined;
  readonly hub: string;
  readonly programme: Id;
  /** The programme's name as its card says; "" until the card is there. */
  readonly name: string;
  /** A practice programme: a stripe on every screen. */
  readonly practice: boolean;
  readonly role: Role;
  /** This device's id; its beginning stands in the coordinators' list. */
  readonly device: Id;
  /** Five groups of four hex digits, to be compared with the coordinator's; "" until the card is there. */
  readonly fingerprint: string;
  readonly sends: Sends;
  /** For how many days a contact stays here once it is safe with the programme; `undefined` while nobody said. */
  readonly keepDays: number | undefined;
}

/** Over what it sends by itself: always; not while the browser saves data; or over Wi-Fi (or a cable) alone. */
export type Sends = "always" | "saver" | "wifi";

/** A receipt: who took it and when, by this device's clock (milliseconds). */
export interface Receipt {
  readonly by: "hub" | "relay";
  readonly at: number;
}

/** The line that always tells the truth. Counts are of contacts, not of revisions: onPhone = onHub + waiting + attention. */
export interface SyncStatus {
  readonly onPhone: number;
  readonly onHub: number;
  /** Saved and not on the hub: the states `on-this-phone` and `waiting`. */
  readonly waiting: number;
  readonly attention: number;
  /** When the oldest of what is not on the hub was saved, in milliseconds; `undefined` when all is there. */
  readonly waitingSince: number | undefined;
  /** The newest counter used: "sent: 41" is compared with the console's "last from this phone: 41". */
  readonly lastCounter: number;
  /** When everything was last exchanged without a fault, in milliseconds. */
  readonly lastSync: number | undefined;
  readonly sending: boolean;
  /** Why the last run stopped; `undefined` after a good one. `unreachable` is calm: it goes on by itself. */
  readonly problem: SyncCode | undefined;
  /** When it is tried again by itself after a fault, in milliseconds; `undefined` without one. */
  readonly nextTry: number | undefined;
  /** Why nothing is sent by itself now: see `Sends`. `unknown`: the browser does not say whether it is Wi-Fi. */
  readonly held: Held | undefined;
  /** A coordinator's: what was written before is being sealed to a new card of the programme. */
  readonly sealing?: Sealing | undefined;
}

/** Content keys. */
export interface Sealing {
  readonly done: number;
  readonly of: number;
}

export type Held = "saver" | "wifi" | "unknown";

/** *Is everything on the hub?* Counts are of contacts; deletions count until the hub has them. */
export interface HubCheck {
  /** Who answered: a relay's word is not the hub's. */
  readonly by: "hub" | "relay";
  readonly asked: number;
  readonly missing: number;
}

export interface ContactSummary {
  /** The record. */
  readonly id: Id;
  readonly enrolment: Id;
  readonly state: ContactState;
  /** The code of `attention`: the hub's reason, or `damaged`. */
  readonly reason: string | undefined;
  readonly receipt: Receipt | undefined;
  /** When this device saved or received it, in milliseconds. */
  readonly saved: number;
}

export interface Contact extends ContactSummary {
  readonly form: FormName | undefined;
  /**
   * A field's values: one, or several where two devices changed it apart and nobody has decided yet.
   * Without `form` and `form_hash`.
   */
  readonly fields: ReadonlyMap<string, readonly Value[]>;
  /** There is nothing left of it: this device or another deleted it. */
  readonly deleted: boolean;
  /** Another device deleted it while this one changed it. */
  readonly deletedElsewhere: boolean;
  /** The content key has not arrived: it is kept, and opens later. */
  readonly sealed: boolean;
  /** What is kept of it on this device can no longer be read. */
  readonly damaged: boolean;
}

/** Something that the programme's coordinators published, and one of them signed. */
export interface Published {
  /** The record. */
  readonly id: Id;
  /** `form`, `notice`, `referrals`; a later version may know others. */
  readonly type: string;
  /** When, in seconds since 1970, by the clock of whoever published it. */
  readonly published: number;
  /** False once its coordinator was revoked: then it is no longer shown, and a form used for what is there alone. */
  readonly isStanding: boolean;
  readonly isSeen: boolean;
  readonly values: ReadonlyMap<string, Value>;
}

export interface NewContact {
  readonly enrolment: Id;
  readonly form: FormName;
  readonly values: Values;
  /** Deleted in the same transaction. */
  readonly draft?: Id;
}

export interface EditedContact {
  readonly record: Id;
  readonly form: FormName;
  /**
   * The fields touched; `undefined` takes a field away. An equal value of an undecided field decides
   * it; of a decided field it changes nothing.
   */
  readonly values: Readonly<Record<string, Value | undefined>>;
  readonly draft?: Id;
}

/**
 * Logs contacts into the vault and exchanges them with the hub. Saving never waits for the network:
 * promises of `logContact`, `editContact`, `deleteContact` settle when the change is on disk.
 */
export interface Engine {
  /** Of all enrolments together. */
  readonly status: Watched<SyncStatus>;
  statusOf(enrolment: Id): SyncStatus;
  /** Changes when an enrolment is added, or stands otherwise. */
  readonly enrolments: Watched<readonly EnrolmentSummary[]>;
  /**
   * Takes the fragment of an invite's link. The device's keys and the request are in the vault before
   * they are sent, so a lost answer costs nothing: `unreachable` rejects, the engine asks again by itself.
   * Rejects with `bad-invite` (InviteError says why), or the hub's `invite-used`, `invite-expired`, `unknown`.
   */
  enrol(fragment: string): Promise<EnrolmentSummary>;
  /**
   * Takes up a programme from its printed sheet (its bytes), as one more coordinator's device. Rejects with
   * `malformed`, `bad-signature` for a sheet of keys that were replaced, `unknown` where the hub has no such programme.
   */
  takeUp(sheet: Uint8Array<ArrayBuffer>): Promise<EnrolmentSummary>;
  /** What a coordinator's device can do; its code is loaded here. Rejects where that cannot be had. */
  coordinator(enrolment: Id): Promise<Coordinator>;
  /** Forgets an enrolment that the hub refused; with contacts in it `not-empty`. */
  forgetEnrolment(enrolment: Id): Promise<void>;

  logContact(contact: NewContact): Promise<Id>;
  editContact(contact: EditedContact): Promise<void>;
  /**
   * With a tombstone for the hub; what can no longer be read, or whose deletion the hub refused, is taken off
   * this device alone.
   */
  deleteContact(record: Id): Promise<void>;
  /** Newest first; without deleted ones, but for those whose deletion needs attention. */
  contacts(enrolment: Id): readonly ContactSummary[];
  readContact(record: Id): Promise<Contact>;
  /** Puts what needs attention back in the queue. */
  retry(record: Id): Promise<void>;

  /** What coordinators published, the newest first; empty while there is nothing, or nothing that opens. */
  published(enrolment: Id): Promise<readonly Published[]>;
  /** Somebody has looked at these. */
  markSeen(enrolment: Id, published: readonly Id[]): Promise<void>;

  /** A file of all that waits, to be carried by hand; `undefined` where nothing waits. Changes nothing here. */
  exportBundle(enrolment: Id): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /**
   * Takes the receipt file of such a bundle's import: how many contacts it names. They are kept until the hub
   * itself says that it has them. Rejects with `malformed`, or with `not-enrolled` for another phone's.
   */
  importReceipt(enrolment: Id, file: Uint8Array<ArrayBuffer>): Promise<number>;
  /**
   * Asks the hub for everything that this device holds; what is missing there is queued again. Rejects as a
   * request does.
   */
  checkHub(enrolment: Id): Promise<HubCheck>;
  /**
   * Forgets an enrolment with all its contacts and keys, once the hub has said again that it holds them all;
   * else `not-empty`, and nothing is forgotten.
   */
  leave(enrolment: Id): Promise<void>;
  /** Over what this enrolment sends by itself. */
  setSends(enrolment: Id, sends: Sends): Promise<void>;
  /**
   * Exchanges now what there is, as `start` does by itself, and whatever `Sends` says: a person asked. Never
   * rejects: `status` says how it went.
   */
  syncNow(): Promise<void>;
  /** From now on by itself: at once, on `online`, after each save, and on a timer with back-off. */
  start(): void;
  /** Stops at the next safe point; the vault's lock does it too. */
  stop(): void;
}

/** `NetworkInformation` of the browsers that have it; `change` is heard there. */
export interface Connection extends EventTarget {
  /** `wifi`, `cellular`, `ethernet` and others; only browsers of phones say it. */
  readonly type?: string | undefined;
  readonly saveData?: boolean | undefined;
}

/** What the engine needs of the world outside; a browser gives it, tests give their own. */
export interface EngineEnvironment {
  readonly fetch: typeof fetch;
  /** The origin that the app was opened from: the only hub that it talks to. */
  readonly origin: string;
  readonly locks: Pick<LockManager, "request">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
  readonly after: (milliseconds: number, call: () => void) => () => void;
  /** Where `online`, `visibilitychange` and `pageshow` are heard; `navigator.onLine` is never believed. */
  readonly online: EventTarget;
  /** What the browser says of its connection, where it says anything. */
  readonly connection?: Connection | undefined;
}
