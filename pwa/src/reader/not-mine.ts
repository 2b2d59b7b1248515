/**
 * *This is not my phone*: what the site has left on it is taken away, and this tab leaves nothing more.
 *
 * A vault stays. It may be somebody else's, it says nothing to whoever has not its passphrase, and
 * nobody who borrows a phone can be allowed to destroy it.
 */
import { gettext } from "../i18n/index.ts";
import { forgetAll, isNotMine, phone, recall, remember, tab } from "./memory.ts";
import { notice, sayIn } from "./say.ts";
import { forgetKept } from "./worker.ts";

/** The page that says what is left, and in whose tab nothing is kept. */
export const NOT_MINE = "/not-mine";
/** The vault's database (`vault/database.ts`), which holds a header when there is a vault. */
const VAULT = "notes";
const HEADER = "header";
/** What the tab's mark says. */
const WITH_VAULT = "vault";
const PLAIN = "1";

/** `go` leads to the page that says what remains. */
export async function notMine(go: () => void): Promise<void> {
  const mark = (await isVaultHere()) ? WITH_VAULT : PLAIN;
  forgetAll(phone);
  forgetAll(tab);
  remember(tab, "sojourn-not-mine", mark);
  try {
    await forgetKept();
  } finally {
    go(); // Where the browser shuts caches and workers off, there is nothing of ours in them.
  }
}

/** On a page that says that nothing is kept, it is so, however one came to it. */
export function markNotMine(): void {
  remember(tab, "sojourn-not-mine", PLAIN);
}

/** My notes is for keeping; its place is empty before its script looks for it. */
export function closeNotes(): void {
  const app = document.querySelector("sojourn-app");
  if (app === null) return;
  const closed = document.createElement("p");
  closed.className = "notice closed";
  app.replaceWith(closed);
}

export function sayNotMine(spoken: () => Promise<void>): void {
  void spoken().then(() => {
    notice("not-mine", () =>
      gettext("You said that this is not your phone. This tab keeps nothing on it."),
    );
    if (recall(tab, "sojourn-not-mine") === WITH_VAULT) {
      notice("vault", () =>
        gettext(
          "There are notes on this phone, closed with a passphrase. They were not deleted: only who can open them can do that.",
        ),
      );
    }
    const closed = document.querySelector<HTMLElement>("p.closed");
    if (closed !== null) {
      sayIn(closed, () =>
        gettext(
          "My notes is closed in this tab, because you said that this is not your phone. Close the tab and open the page again to use it.",
        ),
      );
    }
  });
}

/** Looks without leaving a trace: what is not there is not made. */
async function isVaultHere(): Promise<boolean> {
  if (isNotMine()) return false;
  try {
    return await new Promise<boolean>((resolve) => {
      const asked = indexedDB.open(VAULT);
      asked.onupgradeneeded = () => asked.transaction?.abort();
      asked.onerror = () => resolve(false);
      asked.onsuccess = () => {
        const database = asked.result;
        if (!database.objectStoreNames.contains(HEADER)) {
          database.close();
          resolve(false);
          return;
        }
        const count = database.transaction(HEADER).objectStore(HEADER).count();
        count.onsuccess = () => resolve(count.result > 0);
        count.onerror = () => resolve(true);
        database.close(); // When the count is done.
      };
    });
  } catch {
    return false; // Storage is switched off, and with it every vault.
  }
}
