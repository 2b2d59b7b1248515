/** The line at the foot that tells how much of this language is on the phone. */
import { formatPercent, gettext } from "../i18n/index.ts";
import { phone, recall, remember } from "./memory.ts";
import { sayIn } from "./say.ts";
import type { ToPage } from "./talk.ts";

type Progress = Extract<ToPage, { type: "progress" }>;

export function showProgress(progress: Progress): void {
  const line = document.querySelector<HTMLElement>("#saved");
  if (line === null) return;
  line.hidden = false;
  sayIn(line, () => sentence(progress));
}

function sentence({ complete, bytes_held, bytes_total }: Progress): string {
  if (!complete) {
    const percent = formatPercent(Math.min(0.99, bytes_held / Math.max(1, bytes_total)));
    return gettext("Saved on this phone: {percent}", { percent });
  }
  if (recall(phone, "sojourn-offline-said") !== undefined) {
    return gettext("Saved on this phone: everything");
  }
  remember(phone, "sojourn-offline-said", "1");
  return gettext("Saved on this phone: everything. It opens with no connection now.");
}
