/** Shown in place of the vault by a browser that cannot keep one. */
import { html, type TemplateResult } from "lit";

import { gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import type { missingFeatures } from "../vault/index.ts";

type Feature = ReturnType<typeof missingFeatures>[number];

export function unsupported(missing: readonly Feature[]): TemplateResult {
  return html`
    <h1>${marked(() => gettext("Notes cannot be kept in this browser"))}</h1>
    <ul>
      ${missing.map((feature) => html`<li>${marked(() => reason(feature))}</li>`)}
    </ul>
    <p>${marked(() => gettext("Everything else on this site works here."))}</p>
  `;
}

function reason(feature: Feature): string {
  switch (feature) {
    case "https":
      return gettext("The page did not come over a safe connection (https).");
    case "indexeddb":
      return gettext("The browser keeps nothing on the phone. It may be a private window.");
    case "webcrypto":
    case "wasm":
    case "locks":
      return gettext("The browser is too old to lock what you write.");
  }
}
