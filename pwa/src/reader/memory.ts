/** The few harmless words that a page remembers, where the browser lets it. */
type Name = "sojourn-country" | "sojourn-locale" | "sojourn-offline-said" | "sojourn-started";

export function recall(storage: () => Storage, name: Name): string | undefined {
  try {
    return storage().getItem(name) ?? undefined;
  } catch {
    return undefined; // Storage is switched off: nothing is remembered, everything else works.
  }
}

export function remember(storage: () => Storage, name: Name, value: string): void {
  try {
    storage().setItem(name, value);
  } catch {
    // As above.
  }
}

/** Named by functions, because even to mention a storage that is switched off throws. */
export const phone = (): Storage => localStorage;
export const tab = (): Storage => sessionStorage;
