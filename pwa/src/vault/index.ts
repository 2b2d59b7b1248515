/**
 * The encrypted store on a device. IndexedDB holds one header and rows of ciphertext, nothing else;
 * plaintext and keys are in memory while a vault is open.
 */
import type { Environment } from "./environment.ts";
import type { Vault } from "./face.ts";

export type { Entry, EntryType } from "./entries.ts";
export type { Argon2id, Channel, Cost, Environment } from "./environment.ts";
export * from "./errors.ts";
export type {
  AutoLock,
  Change,
  Draft,
  DraftKind,
  Drafts,
  DraftSubject,
  FormName,
  Id,
  Note,
  Notes,
  NoteSummary,
  Value,
  Values,
  Vault,
} from "./face.ts";
export type { Unsubscribe, Watched } from "./watched.ts";

/** What this browser lacks for a vault; empty when it has everything. To be shown instead of a form. */
export declare function missingFeatures(): (
  "https" | "indexeddb" | "webcrypto" | "wasm" | "locks"
)[];

/**
 * The browser's own parts. `scriptURL` is the Trusted Types policy's `createScriptURL`: Argon2id runs
 * in a thread of its own, whose script is an asset of this build.
 */
export declare function browserEnvironment(
  scriptURL: (url: string) => TrustedScriptURL | string,
): Environment;

/** Whether a vault was ever made in this browser; how many, nobody can tell. */
export declare function hasVault(environment: Environment): Promise<boolean>;

/** Makes the first vault; takes about two seconds. Rejects with `vault-exists` when there is one. */
export declare function createVault(environment: Environment, passphrase: string): Promise<Vault>;

/** Opens the vault that this passphrase opens. Rejects with `wrong-passphrase`, `no-vault`, `damaged`. */
export declare function openVault(environment: Environment, passphrase: string): Promise<Vault>;

/** Destroys the key slots, then everything: all vaults of this browser. Open ones lock first, unsaved. */
export declare function wipe(environment: Environment): Promise<void>;

/** A passphrase as it is hashed: NFKC, invisible characters removed, white space runs to one space. */
export declare function normalisePassphrase(passphrase: string): string;
