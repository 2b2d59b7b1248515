/** *This place*: the settings of the open vault. Loaded when somebody goes there. */
import { html, type TemplateResult } from "lit";

import type { Environment, Vault } from "../../vault/index.ts";
import type { PlacePart } from "../screens.ts";
import "./place-home.ts";
import "./place-passkey.ts";
import "./place-passphrase.ts";
import "./place-recovery.ts";
import "./place-second.ts";
import "./place-wipe.ts";

export function placeScreen(
  part: PlacePart | undefined,
  vault: Vault | undefined,
  environment: Environment | undefined,
): TemplateResult {
  switch (part) {
    case undefined:
      return html`<place-home .vault=${vault} .environment=${environment}></place-home>`;
    case "passphrase":
      return html`<place-passphrase
        .vault=${vault}
        .environment=${environment}
      ></place-passphrase>`;
    case "recovery":
      return html`<place-recovery .vault=${vault} .environment=${environment}></place-recovery>`;
    case "passkey":
      return html`<place-passkey .vault=${vault} .environment=${environment}></place-passkey>`;
    case "second":
      return html`<place-second .vault=${vault} .environment=${environment}></place-second>`;
    case "wipe":
      return html`<place-wipe .vault=${vault} .environment=${environment}></place-wipe>`;
  }
}
