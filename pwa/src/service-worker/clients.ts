/** Telling the pages that are open. */
import type { ToPage } from "../reader/talk.ts";
import { scope } from "./scope.ts";

export async function tellPages(message: ToPage): Promise<void> {
  const pages = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const page of pages) page.postMessage(message);
}
