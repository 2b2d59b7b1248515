/** Personal backups: one person's, with no account; all from the recovery key (docs/protocol.md, section 4). */
import type { Bytes } from "./bytes.ts";
import { derive } from "./crypto/derivation.ts";
import { boolean, fieldsOf, natural, text } from "./decoding.ts";

/** `collection`: where it is. `token`: lets in; the hub knows its hash. `key`: the content key, for all of it. */
export interface BackupKeys {
  readonly collection: Bytes;
  readonly token: Bytes;
  readonly key: Bytes;
}

/** Whether a hub takes new backups; bytes for each, and the months that an unused one is kept. */
export interface BackupOffer {
  readonly offered: boolean;
  readonly quota: number;
  readonly keep_months: number;
}

/** Bytes used and allowed; the month of last use, and the one before which it is not deleted (`2026-11`). */
export interface BackupRoom {
  readonly used: number;
  readonly quota: number;
  readonly used_in: string;
  readonly kept_until: string;
}

/** From the 20 bytes of a recovery key. Throws RangeError for any other number of bytes. */
export async function backupKeys(recoveryKey: Bytes): Promise<BackupKeys> {
  if (recoveryKey.length !== 20) throw new RangeError("a recovery key has 20 bytes");
  return {
    collection: await derive(recoveryKey, "sojourn/1/backup-collection", 16),
    token: await derive(recoveryKey, "sojourn/1/backup-token"),
    key: await derive(recoveryKey, "sojourn/1/backup-key"),
  };
}

/** Throws MalformedError. */
export function decodeBackupOffer(value: unknown): BackupOffer {
  const field = fieldsOf(value, "$");
  return {
    offered: field("offered", boolean),
    quota: field("quota", natural),
    keep_months: field("keep_months", natural),
  };
}

/** Throws MalformedError. */
export function decodeBackupRoom(value: unknown): BackupRoom {
  const field = fieldsOf(value, "$");
  return {
    used: field("used", natural),
    quota: field("quota", natural),
    used_in: field("used_in", text),
    kept_until: field("kept_until", text),
  };
}
