/** The few harmless words that a page remembers, where the browser lets it. */
type Name =
  | "sojourn-clear"
  | "sojourn-colours"
  | "sojourn-country"
  | "sojourn-locale"
  | "sojourn-not-mine"
  | "sojourn-offline-said"
  | "sojourn-size"
  | "sojourn-started"
  | "sojourn-staying";

export function recall(storage: () => Storage, name: Name): string | undefined {
  try {
    return storage().getItem(name) ?? undefined;
  } catch {
    return undefined; // Storage is switched off: nothing is remembered, everything else works.
  }
}

/** Whether it is remembered now: not on a phone that is somebody else's. */
export function remember(storage: () => Storage, name: Name, value: string): boolean {
  if (isNotMine()) return false;
  try {
    storage().setItem(name, value);
    return true;
  } catch {
    return false; // As above.
  }
}

export function forget(storage: () => Storage, name: Name): void {
  try {
    storage().removeItem(name);
  } catch {
    // As above.
  }
}

/** Everything of ours, under names of today's version or of any other. */
export function forgetAll(storage: () => Storage): void {
  try {
    const kept = storage();
    for (const name of Object.keys(kept)) {
      if (name.startsWith("sojourn-")) kept.removeItem(name);
    }
  } catch {
    // As above.
  }
}

/** Named by functions, because even to mention a storage that is switched off throws. */
export const phone = (): Storage => localStorage;
export const tab = (): Storage => sessionStorage;

/** In this tab somebody said that the phone is not theirs: nothing is written from then on. */
export function isNotMine(): boolean {
  return recall(tab, "sojourn-not-mine") !== undefined;
}
