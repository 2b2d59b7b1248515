/** The page's side of talking with the service worker. */
import { scriptUrl } from "./policy.ts";
import { root } from "./site.ts";
import { isToPage, type ToPage, type ToWorker } from "./talk.ts";

/** How long a service worker is waited for that may be in the middle of a download. */
const FORGOTTEN_AFTER_MS = 3000;

/** False in an old browser, some private windows, and on a page from a memory card. */
export function canKeep(): boolean {
  return "serviceWorker" in navigator && location.protocol.startsWith("http");
}

/** Undefined where there is none. */
export async function registerWorker(): Promise<ServiceWorkerRegistration | undefined> {
  if (!canKeep()) return undefined;
  try {
    return await navigator.serviceWorker.register(scriptUrl(new URL("sw.js", root)), {
      scope: root.pathname,
      updateViaCache: "none",
    });
  } catch {
    return undefined; // Refused or unreachable: the page is read as it is.
  }
}

export async function tellWorker(message: ToWorker): Promise<void> {
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage(message);
}

export function hearWorker(hear: (message: ToPage) => void): void {
  navigator.serviceWorker.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (isToPage(data)) hear(data);
  });
  navigator.serviceWorker.startMessages();
}

/** Ends the service worker, and takes away all that it has kept. */
export async function forgetKept(): Promise<void> {
  if (!canKeep()) return;
  const registration = await navigator.serviceWorker.getRegistration(root.href);
  const { installing = null, waiting = null, active = null } = registration ?? {};
  const workers = [installing, waiting, active].filter((worker) => worker !== null);
  await Promise.all(workers.map(finished));
  await registration?.unregister();
  const kept = (await caches.keys()).filter((name) => name.startsWith("sojourn-"));
  await Promise.all(kept.map((name) => caches.delete(name)));
}

/** A download under way would otherwise put back what is taken away. */
function finished(worker: ServiceWorker): Promise<void> {
  const message: ToWorker = { type: "forget" };
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve();
    setTimeout(resolve, FORGOTTEN_AFTER_MS);
    worker.postMessage(message, [port2]);
  });
}
