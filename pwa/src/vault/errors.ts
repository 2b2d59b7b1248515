/**
 * What can go wrong with a vault.
 *
 *     VaultError
 *     ├── WrongPassphrase    opens no slot; the one opaque answer, whatever the cause
 *     ├── NoVault            nothing was ever made here
 *     ├── VaultExists        one was made here already
 *     ├── VaultLocked        the keys are forgotten: ask for the passphrase
 *     ├── ChangedElsewhere   another tab wrote first; `change` tries again by itself
 *     ├── StorageFull        the disk or the quota; what was typed is still in memory
 *     ├── StorageBlocked     another tab holds an older layout open: close it
 *     ├── StorageTooNew      a newer version of the app wrote this store
 *     ├── StorageFailed      the browser's store failed otherwise
 *     ├── Damaged            a row does not open; it is kept as it is
 *     ├── UnknownRow         no such note or draft (deleted in another tab)
 *     └── NotEnoughMemory    too little for the passphrase's key derivation: close other apps
 */

export type VaultCode =
  | "wrong-passphrase"
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
  | "not-enough-memory";

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

export class WrongPassphrase extends VaultError {
  readonly code = "wrong-passphrase";
}
export class NoVault extends VaultError {
  readonly code = "no-vault";
}
export class VaultExists extends VaultError {
  readonly code = "vault-exists";
}
export class VaultLocked extends VaultError {
  readonly code = "vault-locked";
}
export class ChangedElsewhere extends VaultError {
  readonly code = "changed-elsewhere";
}
export class StorageFull extends VaultError {
  readonly code = "storage-full";
}
export class StorageBlocked extends VaultError {
  readonly code = "storage-blocked";
}
export class StorageTooNew extends VaultError {
  readonly code = "storage-too-new";
}
export class StorageFailed extends VaultError {
  readonly code = "storage-failed";
}
export class Damaged extends VaultError {
  readonly code = "damaged";
}
export class UnknownRow extends VaultError {
  readonly code = "unknown-row";
}
export class NotEnoughMemory extends VaultError {
  readonly code = "not-enough-memory";
}
