/**
 * What can go wrong between a device and a hub.
 *
 *     SyncError
 *     ├── Malformed        bytes that are not what they should be; `path` says where
 *     ├── CannotOpen       the one opaque answer of every opening and verification inside crypto
 *     ├── Refused          the hub's problem+json; `code` is the hub's own
 *     ├── Unreachable      no connection, a cut one, a timeout, a 5xx: all alike, try later
 *     └── NotPossible      this device's own refusal before anything is sent
 */

/** The hub's codes (docs/protocol.md, section 5). */
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
  "epoch-changed",
  "already-founded",
  "invite-used",
  "invite-expired",
  "too-large",
  "too-fast",
  "unavailable",
  "quota",
] as const;
export type HubCode = (typeof HUB_CODES)[number];

/** Refusals of this device's own. */
export type OwnCode =
  "wrong-hub" | "not-enrolled" | "not-empty" | "too-many-superseded" | "unknown-record";

export type SyncCode = HubCode | OwnCode | "cannot-open" | "unreachable";

export abstract class SyncError extends Error {
  abstract readonly code: SyncCode;

  constructor(options?: ErrorOptions) {
    super("", options);
  }

  override get name(): string {
    return this.constructor.name;
  }

  /** For developers; people read a sentence that the interface makes from the code. */
  override toString(): string {
    return this.code;
  }
}

export class Malformed extends SyncError {
  readonly code = "malformed";
  readonly path: string;

  constructor(path: string, options?: ErrorOptions) {
    super(options);
    this.path = path;
  }

  override toString(): string {
    return `${this.code}: ${this.path}`;
  }
}

export class CannotOpen extends SyncError {
  readonly code = "cannot-open";
}

export class Refused extends SyncError {
  readonly code: HubCode;
  readonly status: number;
  /** From Retry-After. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: HubCode, status: number, retryAfterSeconds?: number) {
    super();
    this.code = code;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class Unreachable extends SyncError {
  readonly code = "unreachable";
  readonly retryAfterSeconds: number | undefined;

  constructor(retryAfterSeconds?: number, options?: ErrorOptions) {
    super(options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class NotPossible extends SyncError {
  readonly code: OwnCode;

  constructor(code: OwnCode) {
    super();
    this.code = code;
  }
}
