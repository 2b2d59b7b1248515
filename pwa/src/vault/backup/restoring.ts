/** A backup found by its recovery key alone, on a phone where nothing was made yet. */
import { backupKeys, type BackupRoom } from "../../sync/backups.ts";
import type { Bytes } from "../../sync/bytes.ts";
import { Hub } from "../../sync/client/hub.ts";
import type { EngineEnvironment } from "../../sync/face.ts";
import type { Change } from "../../sync/store.ts";
import type { Environment } from "../environment.ts";
import type { Vault } from "../face.ts";
import { createVault } from "../vaults.ts";
import { Bearer } from "./bearer.ts";
import { newSettings, putSettings } from "./layout.ts";

/** `unknown` where this hub keeps nothing under this key; rejects as a request does. Nothing is made here. */
export async function findBackup(
  environment: EngineEnvironment,
  recovery: Bytes,
): Promise<BackupRoom> {
  const hub = new Hub(environment.origin, environment, new AbortController().signal);
  return new Bearer(hub, await backupKeys(recovery)).look();
}

/**
 * A new vault that opens by this passphrase and by the recovery key, with its backup on: what is on the hub comes
 * with its rounds, however often they are cut short. Throws VaultExistsError where there is one already.
 */
export async function restoreVault(
  environment: Environment,
  passphrase: string,
  recovery: Bytes,
): Promise<Vault> {
  // Whoever asked may leave meanwhile, and wipe theirs: nothing may ever be sealed under what is left of it.
  const own = recovery.slice();
  try {
    const keys = await backupKeys(own);
    // All in one: whoever is cut short finds what was before, not an empty place that no recovery key fills.
    const fill = (change: Change): void => {
      putSettings(change, { ...newSettings(keys, environment.randomBytes), on: true, made: true });
    };
    return await createVault(environment, passphrase, { recovery: own, fill });
  } finally {
    own.fill(0);
  }
}
