/**
 * What can go wrong in this room. The codes are those of docs/protocol.md, section 5, and of `sync/errors.py`.
 *
 *     SyncError
 *     ├── ProblemError        the hub's problem+json; `code` is the hub's
 *     ├── MalformedError      malformed      bytes that are not what they should be; `path` says where
 *     ├── BadSignatureError   bad-signature  a card, certificate or packet that does not verify here
 *     ├── OpeningError        cannot-open    something sealed cannot be opened; never says why
 *     ├── UnreachableError    unreachable    no connection, a cut one, a timeout, a 5xx: all alike, try later
 *     ├── InviteError         bad-invite     an invite that cannot be used here; `why` says why
 *     └── NotPossibleError    this device's own refusal before anything is sent
 */

export const HUB_CODES = [
  "malformed",
  "bad-challenge",
  "no-token",
  "wrong-token",
  "wrong-collection",
  "wrong-lane",
  "wrong-role",
  "bad-signature",
  "revoked",
  "unknown",
  "no-backups",
  "epoch-changed",
  "already-founded",
  "card-changed",
  "invite-used",
  "invite-expired",
  "too-large",
  "too-fast",
  "unavailable",
  "quota",
] as const;
export type HubCode = (typeof HUB_CODES)[number];

export type OwnCode = "not-enrolled" | "not-empty" | "too-many-superseded" | "unknown-record";

/** `store-failed`: what was exchanged could not be kept on this device; see the vault's own errors. */
export type SyncCode =
  HubCode | OwnCode | "cannot-open" | "unreachable" | "bad-invite" | "store-failed";

/** Those of a server that will do better later; what is on the phone just waits. */
export const PASSING_CODES: ReadonlySet<SyncCode> = new Set<SyncCode>([
  "unreachable",
  "unavailable",
  "too-fast",
  "quota",
]);

export abstract class SyncError extends Error {
  abstract readonly code: SyncCode;

  override get name(): string {
    return this.constructor.name;
  }

  /** For developers; people read a sentence that the interface makes from the code. */
  override toString(): string {
    return this.message === "" ? this.code : `${this.code}: ${this.message}`;
  }
}

export class ProblemError extends SyncError {
  readonly code: HubCode;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: HubCode, retryAfterSeconds?: number) {
    super();
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class MalformedError extends SyncError {
  readonly code = "malformed";
  /** As `$.revisions[3].record`. */
  readonly path: string;

  constructor(path: string, expected = "") {
    super(expected === "" ? path : `${path}: ${expected}`);
    this.path = path;
  }
}

export class BadSignatureError extends SyncError {
  readonly code = "bad-signature";
}

export class OpeningError extends SyncError {
  readonly code = "cannot-open";
}

export class UnreachableError extends SyncError {
  readonly code = "unreachable";
  readonly retryAfterSeconds: number | undefined;

  constructor(retryAfterSeconds?: number) {
    super();
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** `wrong-hub`: it names another origin than the app's; `wrong-key`: the card is not the invited programme's. */
export type InviteFault = "malformed" | "wrong-hub" | "wrong-key" | "expired";

export class InviteError extends SyncError {
  readonly code = "bad-invite";
  readonly why: InviteFault;

  constructor(why: InviteFault) {
    super(why);
    this.why = why;
  }
}

export class NotPossibleError extends SyncError {
  readonly code: OwnCode;

  constructor(code: OwnCode) {
    super();
    this.code = code;
  }
}
