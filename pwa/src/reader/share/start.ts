/** Pass it on: the phone's own way of sharing, a QR code on the screen, paper. */
import { gettext } from "../../i18n/index.ts";
import { make, pressable, saying } from "../elements.ts";
import { pictogram } from "../pictograms.ts";
import { sayIn } from "../say.ts";
import type { Page } from "../page.ts";

export async function startSharing(place: HTMLElement, page: Page): Promise<void> {
  await page.spoken();
  const said = make("p", "hint");
  said.setAttribute("role", "status");
  place.append(
    pressable(
      // Translators: a button: sends the page's link to someone.
      () => gettext("Pass it on"),
      () => void share(said),
      { picture: pictogram("share") },
    ),
    " ",
    pressable(
      () => gettext("Show as QR code"),
      () => void showCode(place),
    ),
    " ",
    pressable(
      () => gettext("Print this page"),
      () => void printLeaflet(page),
      { picture: pictogram("print") },
    ),
    said,
  );
  place.hidden = false;
}

/** Without what was searched for, and without the place on the page. */
function address(): string {
  return location.origin + location.pathname;
}

async function share(said: HTMLElement): Promise<void> {
  if ("share" in navigator) {
    try {
      await navigator.share({ title: document.title, url: address() });
      return;
    } catch (error) {
      // Whoever closes the list of ways wants none of them.
      if (error instanceof DOMException && error.name === "AbortError") return;
    }
  }
  try {
    await navigator.clipboard.writeText(address());
    sayIn(said, () => gettext("The link is copied. Paste it into a message."));
  } catch {
    sayIn(said, () => gettext("Copy this link:"));
    said.append(" ", isolated(address()));
  }
}

/** Where what the leaflet adds cannot be loaded, the page is printed without it. */
async function printLeaflet(page: Page): Promise<void> {
  try {
    const { prepareLeaflet } = await import("./leaflet.ts");
    await prepareLeaflet(page, address());
  } finally {
    print();
  }
}

async function showCode(place: HTMLElement): Promise<void> {
  const { qrDrawing } = await import("./qr.ts");
  const code = qrDrawing(address());
  code.setAttribute("aria-label", gettext("QR code of this page's link"));
  const heading = saying("h2", () => gettext("Scan this with the camera of another phone"));
  heading.id = "code-heading";
  const dialog = make(
    "dialog",
    "code",
    heading,
    code,
    make("p", "", isolated(address())),
    pressable(
      () => gettext("Close"),
      () => dialog.close(),
    ),
  );
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.addEventListener("close", () => dialog.remove());
  place.append(dialog);
  dialog.showModal();
}

function isolated(text: string): HTMLElement {
  const element = make("bdi", "", text);
  element.dir = "ltr";
  return element;
}
