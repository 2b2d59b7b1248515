/** The protocol (docs/protocol.md) and the engine that speaks it; mirrors the Python room `sync`. */
import type { Engine } from "./face.ts";
import type { Store } from "./store.ts";

export * from "./errors.ts";
export type {
  Contact,
  ContactState,
  ContactSummary,
  EditedContact,
  Engine,
  EnrolmentSummary,
  FormName,
  NewContact,
  Receipt,
  Standing,
  SyncStatus,
} from "./face.ts";

/** What the engine needs of the world outside; a browser gives it, tests give their own. */
export interface EngineEnvironment {
  readonly fetch: typeof fetch;
  /** The origin that the app was opened from: the only hub that it talks to. */
  readonly origin: string;
  readonly locks: Pick<LockManager, "request">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (size: number) => Uint8Array<ArrayBuffer>;
  readonly after: (milliseconds: number, call: () => void) => () => void;
  /** Where `online` is heard; `navigator.onLine` is never believed. */
  readonly online: EventTarget;
}

/** The browser's own parts. */
export declare function browserEngineEnvironment(): EngineEnvironment;

/** An engine over an open vault; ends with its lock. Does nothing by itself before `start`. */
export declare function createEngine(store: Store, environment: EngineEnvironment): Engine;
