/**
 * What a printed page has besides its text: where it is to be found, and for a topic whom to call in
 * the country that was chosen.
 */
import { gettext } from "../../i18n/index.ts";
import { make, saying } from "../elements.ts";
import { loadParts } from "../load.ts";
import { phone, recall } from "../memory.ts";
import type { Page } from "../page.ts";
import { type Numbers, numbersIn } from "./numbers.ts";
import { qrDrawing } from "./qr.ts";

/** More would not fit on the sheet; the first are those for whoever is in danger. */
const MOST = 4;

/** At the end of `main`, and shown on paper only. */
export async function prepareLeaflet({ locale }: Page, address: string): Promise<void> {
  const main = document.querySelector("main");
  document.querySelector("section.leaflet")?.remove();
  if (main === null) return;
  const link = make("bdi", "", address);
  link.dir = "ltr";
  const leaflet = make("section", "leaflet", qrDrawing(address));
  const text = make(
    "div",
    "",
    saying("p", () => gettext("Read this on a phone, free and without an account:")),
    make("p", "", link),
  );
  leaflet.append(text);
  if (document.querySelector("article.topic") !== null) {
    const numbers = await numbersOf(locale).catch(() => []);
    if (numbers.length > 0) {
      text.append(
        saying("h2", () => gettext("Who can help")),
        make("ul", "", ...numbers.map(itemOf)),
      );
    }
  }
  main.append(leaflet);
}

async function numbersOf(locale: string): Promise<Numbers[]> {
  const country = recall(phone, "sojourn-country");
  if (country === undefined) return [];
  const { parts } = await loadParts(locale, (subject) => subject.startsWith("help"));
  const pages = parts.map((part) => part.pages?.get(`/help/${country}`));
  return numbersIn(pages.find((page) => page !== undefined)?.main ?? "").slice(0, MOST);
}

function itemOf({ who, numbers }: Numbers): HTMLElement {
  const item = make("li", "", `${who}: `);
  numbers.forEach((number, at) => {
    const isolated = make("bdi", "", number);
    isolated.dir = "ltr";
    item.append(at > 0 ? " · " : "", isolated);
  });
  return item;
}
