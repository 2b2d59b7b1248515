/** What becomes of the backup when its recovery key is made, changed or removed, and when it ends. */
import type { BackupKeys } from "../../sync/backups.ts";
import type { RandomBytes } from "../../sync/identifiers.ts";
import type { Change } from "../../sync/store.ts";
import { equal } from "../../sync/bytes.ts";
import { newSettings, putSettings, type Settings, settingsOf, traces } from "./layout.ts";

/**
 * The keys that a new recovery key gives, kept in the same change as the slot that it opens. A backup that is on
 * goes on under them, as a new collection; the copy under the old ones is to be deleted. The same key again
 * changes nothing.
 */
export function keepKeys(
  change: Change,
  keys: BackupKeys | undefined,
  randomBytes: RandomBytes,
): void {
  const before = settingsOf(change);
  if (before === undefined) {
    if (keys !== undefined) putSettings(change, newSettings(keys, randomBytes));
    return;
  }
  if (keys !== undefined && before.keys && equal(before.keys.key, keys.key)) return;
  const { on, sends } = before;
  begin(change, before, { ...newSettings(keys, randomBytes), on: on && keys !== undefined, sends });
}

/** Ends the backup, and what is on the hub with it. */
export function endCopy(change: Change, before: Settings, randomBytes: RandomBytes): void {
  begin(change, before, { ...newSettings(before.keys, randomBytes), sends: before.sends });
}

/** Another collection, or the same one anew: nothing that was said of the one before holds. */
function begin(change: Change, { made, keys, leaving }: Settings, next: Settings): void {
  for (const { address } of traces(change)) change.delete(address);
  const left = made && keys !== undefined ? [...leaving, keys] : leaving;
  putSettings(change, { ...next, leaving: left });
}
