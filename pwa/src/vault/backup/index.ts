/** Backup of an open vault to a hub (docs/protocol.md, section 4): loaded once a vault is open. */
export type { BackupOffer, BackupRoom } from "../../sync/backups.ts";
export { createBackup } from "./backup.ts";
export { exportFile, importFile } from "./file.ts";
export type { Backup, BackupStatus } from "./face.ts";
export { findBackup, restoreVault } from "./restoring.ts";
