/**
 * What can go wrong with a vault.
 *
 *     VaultError
 *     ├── WrongPassphraseError    opens no slot; the one opaque answer, whatever the cause
 *     ├── TooSoonError            after wrong tries: `seconds` until the next one
 *     ├── TakenError              this passphrase opens something already: choose another
 *     ├── NoSlotError             no slot is left for one more way in
 *     ├── NoVaultError            nothing was ever made here
 *     ├── VaultExistsError        one was made here already
 *     ├── VaultLockedError        the keys are forgotten: ask for the passphrase
 *     ├── ChangedElsewhereError   another tab wrote first; `change` tries again by itself
 *     ├── StorageFullError        the disk or the quota; what was typed is still in memory
 *     ├── StorageBlockedError     another tab holds an older layout open: close it
 *     ├── StorageTooNewError      a newer version of the app wrote this store
 *     ├── StorageFailedError      the browser's store failed otherwise
 *     ├── DamagedError            a row does not open; it is kept as it is
 *     ├── UnknownRowError         no such note or draft (deleted in another tab)
 *     ├── BrokenFileError         a file of ours that is cut or changed, or none of ours; nothing was changed here
 *     ├── NotEnoughMemoryError    too little for the passphrase's key derivation: close other apps
 *     └── ThreadFailedError          the script that derives keys did not load: open the page again
 */

export type VaultCode =
  | "wrong-passphrase"
  | "too-soon"
  | "taken"
  | "no-slot"
  | "no-vault"
  | "vault-exists"
  | "vault-locked"
  | "changed-elsewhere"
  | "storage-full"
  | "storage-blocked"
  | "storage-too-new"
  | "storage-failed"
  | "damaged"
  | "unknown-row"
  | "broken-file"
  | "not-enough-memory"
  | "thread-failed";

export abstract class VaultError extends Error {
  abstract readonly code: VaultCode;

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

export class WrongPassphraseError extends VaultError {
  readonly code = "wrong-passphrase";
}
export class TooSoonError extends VaultError {
  readonly code = "too-soon";
  readonly seconds: number;

  constructor(seconds: number) {
    super();
    this.seconds = seconds;
  }
}
export class TakenError extends VaultError {
  readonly code = "taken";
}
export class NoSlotError extends VaultError {
  readonly code = "no-slot";
}
export class NoVaultError extends VaultError {
  readonly code = "no-vault";
}
export class VaultExistsError extends VaultError {
  readonly code = "vault-exists";
}
export class VaultLockedError extends VaultError {
  readonly code = "vault-locked";
}
export class ChangedElsewhereError extends VaultError {
  readonly code = "changed-elsewhere";
}
export class StorageFullError extends VaultError {
  readonly code = "storage-full";
}
export class StorageBlockedError extends VaultError {
  readonly code = "storage-blocked";
}
export class StorageTooNewError extends VaultError {
  readonly code = "storage-too-new";
}
export class StorageFailedError extends VaultError {
  readonly code = "storage-failed";
}
export class DamagedError extends VaultError {
  readonly code = "damaged";
}
export class UnknownRowError extends VaultError {
  readonly code = "unknown-row";
}
export class BrokenFileError extends VaultError {
  readonly code = "broken-file";
}
export class NotEnoughMemoryError extends VaultError {
  readonly code = "not-enough-memory";
}
export class ThreadFailedError extends VaultError {
  readonly code = "thread-failed";
}
