/** The service worker: keeps locales, answers from what it keeps, waits with a new version. */
import { isToWorker, type ToWorker } from "../reader/talk.ts";
import { answer } from "./answer.ts";
import { tellPages } from "./clients.ts";
import { isForgotten } from "./forgotten.ts";
import { keep, stopKeeping, tellProgress } from "./keep.ts";
import { scope } from "./scope.ts";
import { addFiles, deleteOldVersions } from "./shell-cache.ts";
import { isLocale, readingFiles, shellList } from "./shell-list.ts";
import { keptLocales } from "./state.ts";

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(activate()));
scope.addEventListener("fetch", (event) => {
  const answered = answer(event.request);
  if (answered !== undefined) event.respondWith(answered);
});
scope.addEventListener("message", (event) => {
  if (isToWorker(event.data)) event.waitUntil(hear(event.data, event.ports[0]));
});

/** A version is ready only with all that the version before can show offline. */
async function install(): Promise<void> {
  const kept = (await keptLocales()).filter(isLocale);
  const replaces = scope.registration.active !== null;
  await addFiles([...readingFiles(kept), ...(replaces ? shellList.app : [])]);
  if (replaces) await tellPages({ type: "update-ready" });
}

async function activate(): Promise<void> {
  await deleteOldVersions();
  await scope.clients.claim();
}

async function hear(message: ToWorker, port: MessagePort | undefined): Promise<void> {
  if (isForgotten() && message.type !== "forget") return;
  switch (message.type) {
    case "keep":
      return keep(message.locale, { start: message.start });
    case "status":
      return tellProgress(message.locale);
    case "accept-key":
      return keep(message.locale, { start: true, acceptKey: true });
    case "forget":
      await stopKeeping();
      port?.postMessage("forgotten");
      return;
    case "update":
      return scope.skipWaiting();
  }
}
