/** What pages and the service worker say to each other. */
import type { Why } from "./errors.ts";
import type { Progress } from "./plan.ts";

export type ToWorker =
  /** Fetch that locale, or go on. `start`: the first page since the app was opened. */
  | { readonly type: "keep"; readonly locale: string; readonly start: boolean }
  | { readonly type: "status"; readonly locale: string }
  | { readonly type: "update" }
  /** Stop keeping, for good; answered through the port that comes with it. */
  | { readonly type: "forget" }
  | { readonly type: "accept-key"; readonly locale: string };

export type ToPage =
  /** `complete`: the whole locale opens with no network. */
  | (Progress & { readonly type: "progress"; readonly locale: string; readonly complete: boolean })
  | { readonly type: "effective"; readonly locale: string; readonly number: number }
  | { readonly type: "refused"; readonly locale: string; readonly why: Why }
  | { readonly type: "update-ready" };

/** Both ends are ours, but of different versions at times: what is unknown is passed over. */
export function isToWorker(data: unknown): data is ToWorker {
  if (!isMessage(data)) return false;
  if (data.type === "update" || data.type === "forget") return true;
  const known = data.type === "keep" || data.type === "status" || data.type === "accept-key";
  return known && typeof data["locale"] === "string";
}

export function isToPage(data: unknown): data is ToPage {
  if (!isMessage(data)) return false;
  if (data.type === "update-ready") return true;
  const known = data.type === "progress" || data.type === "effective" || data.type === "refused";
  return known && typeof data["locale"] === "string";
}

function isMessage(data: unknown): data is Record<string, unknown> & { type: string } {
  return typeof data === "object" && data !== null && "type" in data;
}
