/** Has this page's language kept, and goes on asking until all of it is there. */
import { gettext } from "../i18n/index.ts";
import { speak } from "./load.ts";
import { isNotMine, phone, recall, remember, tab } from "./memory.ts";
import { persistQuietly } from "./persist.ts";
import { showRefused } from "./refused.ts";
import { showProgress } from "./saved.ts";
import { notice } from "./say.ts";
import type { ToPage } from "./talk.ts";
import { hearWorker, tellWorker } from "./worker.ts";

const AGAIN_AFTER_MS = 60_000;

export function keepLocale(locale: string, spoken: () => Promise<void>): void {
  if (isNotMine()) return;
  let complete = false;
  let isForgotten = false;
  const start = recall(tab, "sojourn-started") === undefined;
  remember(tab, "sojourn-started", "1");
  remember(phone, "sojourn-locale", locale);

  const ask = (isStart: boolean): void => {
    void tellWorker({ type: "keep", locale, start: isStart });
  };
  const askAgain = (): void => {
    if (!complete && !isForgotten && document.visibilityState === "visible") ask(false);
  };
  hearWorker((message) => {
    if (message.type === "update-ready" || message.locale !== locale) return;
    if (message.type === "progress") complete = message.complete;
    // The first words may have to be fetched; what is said meanwhile is said in order after them.
    void spoken().then(() => show(message));
  });
  // In another tab somebody said that the phone is not theirs.
  addEventListener("storage", ({ key, newValue }) => {
    if (key === "sojourn-locale" && newValue === null) isForgotten = true;
  });
  addEventListener("online", askAgain);
  document.addEventListener("visibilitychange", askAgain);
  setInterval(askAgain, AGAIN_AFTER_MS);
  ask(start);
}

/** Loads the language's messages once, when they are first needed. */
export function speaking(locale: string): () => Promise<void> {
  let loaded: Promise<void> | undefined;
  return () => (loaded ??= speak(locale));
}

function show(message: ToPage): void {
  switch (message.type) {
    case "progress":
      showProgress(message);
      if (message.complete) void persistQuietly();
      break;
    case "effective":
      if (recall(phone, "sojourn-offline-said") === undefined) break;
      notice("effective", () => gettext("Newer text is on this phone. The next page shows it."));
      break;
    case "refused":
      showRefused(message.locale, message.why);
      break;
    case "update-ready":
      break;
  }
}
