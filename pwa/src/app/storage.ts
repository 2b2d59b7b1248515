/** What the browser says of its room, and asking it to keep what is here. */

export interface Room {
  readonly usedBytes: number;
  readonly leftBytes: number;
  /** The browser does not throw it away by itself when the phone runs full. */
  readonly isKept: boolean;
}

/**
 * Whether this is a tab whose data does not follow into the app on the home screen: so on iOS and iPadOS, where
 * alone `navigator.standalone` exists. Elsewhere the installed app shares the browser's own storage.
 */
export function hasOwnPlaceWhenInstalled(): boolean {
  return "standalone" in navigator && navigator.standalone === false;
}

/** `undefined` where the browser does not tell. */
export async function roomHere(): Promise<Room | undefined> {
  if (!("storage" in navigator) || !("estimate" in navigator.storage)) return undefined;
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  const isKept = await navigator.storage.persisted();
  return { usedBytes: usage, leftBytes: Math.max(quota - usage, 0), isKept };
}

/**
 * To be called after a save, and never before: the person has shown by then that they want it kept, which is
 * what browsers go by. Firefox asks them, and they may take their time: what is saved is saved all the same.
 */
export function keepFromNowOn(): void {
  void askToKeep().catch(() => undefined);
}

async function askToKeep(): Promise<void> {
  if (!("storage" in navigator) || !("persist" in navigator.storage)) return;
  if (!(await navigator.storage.persisted())) await navigator.storage.persist();
}
