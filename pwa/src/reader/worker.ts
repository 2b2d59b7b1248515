/** The page's side of talking with the service worker. */
import { scriptUrl } from "./policy.ts";
import { root } from "./site.ts";
import { isToPage, type ToPage, type ToWorker } from "./talk.ts";

/** Undefined where there is none: an old browser, a private window, a page from a memory card. */
export async function registerWorker(): Promise<ServiceWorkerRegistration | undefined> {
  if (!("serviceWorker" in navigator) || !location.protocol.startsWith("http")) return undefined;
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
