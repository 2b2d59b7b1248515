/** A poster to print: the code leads to the home page of this language. */
import { gettext } from "../../i18n/index.ts";
import { pageOf } from "../site.ts";
import type { Page } from "../page.ts";
import { qrDrawing } from "./qr.ts";

export async function startPoster(place: HTMLElement, { locale, spoken }: Page): Promise<void> {
  await spoken();
  const code = qrDrawing(pageOf(locale, "").href);
  code.setAttribute("aria-label", gettext("QR code of this page's link"));
  place.querySelector(".qr")?.append(code);
  place.hidden = false;
}
