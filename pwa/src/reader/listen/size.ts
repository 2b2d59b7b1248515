/** What a recording costs, said on the button that fetches it. */
import { formatNumber, gettext } from "../../i18n/index.ts";

const MEGABYTE = 1_000_000;

export function listenLabel(bytes: number): string {
  const size = formatNumber(Math.max(0.1, bytes / MEGABYTE), { maximumFractionDigits: 1 });
  // Translators: a button: plays a recording of {size} megabytes.
  return gettext("Listen ({size} MB)", { size });
}

export function recordingMissing(): string {
  return gettext("The recording needs a connection. It is not on this phone.");
}
