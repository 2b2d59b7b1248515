/** *This place*: the settings of the open vault. Loaded when somebody goes there. */
import { html, type TemplateResult } from "lit";

import { marked } from "../../i18n/marked.ts";
import type { Engine } from "../../sync/index.ts";
import type { Backup } from "../../vault/backup/index.ts";
import type { Environment, Vault } from "../../vault/index.ts";
import { unloaded } from "../faults.ts";
import type { PlacePart } from "../screens.ts";
import "./place-backup.ts";
import "./place-file.ts";
import "./place-home.ts";
import "./place-passkey.ts";
import "./place-passphrase.ts";
import "./place-recovery.ts";
import "./place-second.ts";
import "./place-wipe.ts";
import "./vault-restore.ts";

export interface PlaceOpened {
  readonly vault: Vault | undefined;
  readonly environment: Environment | undefined;
  readonly engine: Engine | undefined;
  /** Its script comes a moment after the vault is open. */
  readonly backup: Backup | undefined;
}

export function placeScreen(
  part: PlacePart | undefined,
  { vault, environment, engine, backup }: PlaceOpened,
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
      return html`<place-recovery
        .vault=${vault}
        .environment=${environment}
        .backup=${backup}
      ></place-recovery>`;
    case "passkey":
      return html`<place-passkey .vault=${vault} .environment=${environment}></place-passkey>`;
    case "second":
      return html`<place-second .vault=${vault} .environment=${environment}></place-second>`;
    case "backup":
      return backup === undefined
        ? html`<p class="caution" role="alert">${marked(() => unloaded())}</p>`
        : html`<place-backup
            .vault=${vault}
            .environment=${environment}
            .backup=${backup}
          ></place-backup>`;
    case "file":
      return html`<place-file
        .vault=${vault}
        .environment=${environment}
        .engine=${engine}
      ></place-file>`;
    case "wipe":
      return html`<place-wipe .vault=${vault} .environment=${environment}></place-wipe>`;
  }
}
