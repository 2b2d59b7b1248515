/**
 * `<place-file>`: all that is private here in one sealed file, and back. Properties: `vault`, `environment`,
 * `engine`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Engine } from "../../sync/index.ts";
import { exportFile, importFile } from "../../vault/backup/index.ts";
import { parseRecovery, type Secret } from "../../vault/index.ts";
import { download } from "../downloading.ts";
import { passphraseField } from "../passphrase.ts";
import { keepFromNowOn } from "../storage.ts";
import { PlaceScreen } from "./place-screen.ts";

export class PlaceFile extends PlaceScreen {
  static override readonly properties = {
    ...PlaceScreen.properties,
    engine: { attribute: false },
    typed: { state: true },
    said: { state: true },
    missing: { state: true },
  };

  declare engine: Engine;
  /** What opens the file that is to be added. */
  declare private typed: string;
  declare private said: (() => string) | undefined;
  /** Of the file that was made: what could not be put into it. */
  declare private missing: number;

  constructor() {
    super();
    this.typed = "";
    this.said = undefined;
    this.missing = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.typed = "";
  }

  protected override render(): TemplateResult {
    const { said } = this;
    const { waiting } = this.engine.status.value;
    return html`
      <h1>${marked(() => gettext("Everything in one file"))}</h1>
      <p>
        ${marked(() =>
          gettext(
            "All your notes, hours, offers and pictures go into one locked file. Keep it on a memory card or on another phone. It opens by your passphrase of today, or by your recovery key.",
          ),
        )}
      </p>
      <p class="caution">
        ${marked(() =>
          gettext(
            "Contacts of a programme are not in it. On another phone, ask your coordinator for a new invitation.",
          ),
        )}
      </p>
      ${
        waiting === 0
          ? nothing
          : html`<p class="caution">
              ${marked(() =>
                ngettext(
                  "{count} contact is not on the hub yet, and is not in the file: go back, and press Send now first.",
                  "{count} contacts are not on the hub yet, and are not in the file: go back, and press Send now first.",
                  waiting,
                ),
              )}
            </p>`
      }
      <div role="status">
        ${said === undefined ? nothing : html`<p class="notice">${marked(said)}</p>`}
        ${
          this.missing === 0
            ? nothing
            : html`<p class="caution">
                ${marked(() =>
                  ngettext(
                    "{count} thing cannot be read here now: it is not in the file, or only a part of it.",
                    "{count} things cannot be read here now: they are not in the file, or only a part of them.",
                    this.missing,
                  ),
                )}
              </p>`
        }
      </div>
      ${this.faultTemplate()}
      <form autocomplete="off" @submit=${this.make}>
        ${this.presentField()} ${this.working()}
        <button class="button button--primary" type="submit" ?disabled=${this.busy}>
          ${marked(() => gettext("Make the file"))}
        </button>
      </form>
      <form autocomplete="off" @submit=${this.add}>
        <h2>${marked(() => gettext("Open such a file"))}</h2>
        <p>
          ${marked(() =>
            gettext("What is in it is added to what is here. Nothing here is changed or doubled."),
          )}
        </p>
        <div class="field">
          <label for="file">${marked(() => gettext("The file"))}</label>
          <input id="file" class="input" type="file" autocomplete="off" />
        </div>
        ${passphraseField({
          id: "file-passphrase",
          label: marked(() => gettext("The passphrase of the file")),
          value: this.typed,
          shown: false,
          hint: marked(() =>
            gettext("The one from the day when it was made, or the recovery key."),
          ),
          input: (value) => (this.typed = value),
        })}
        <button class="button" type="submit" ?disabled=${this.busy}>
          ${marked(() => gettext("Add what is in it"))}
        </button>
      </form>
      ${this.placeButton()}
    `;
  }

  private readonly make = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.attempt(async () => {
      this.said = undefined;
      this.missing = 0;
      const ways = await this.vault.ways.exportWays(this.presentSecret);
      this.present = "";
      const exported = await exportFile(this.vault, ways, this.environment.randomBytes);
      ways.key.fill(0);
      // Locked meanwhile: whoever holds the phone now did not ask for it.
      if (!this.isConnected) return;
      download(exported.file);
      this.missing = exported.missing;
      this.said = () => gettext("The file is in your downloads. Everything stays here too.");
    });
  };

  private readonly add = (event: SubmitEvent): void => {
    event.preventDefault();
    const [file] = this.querySelector<HTMLInputElement>("#file")?.files ?? [];
    if (file === undefined) return;
    void this.attempt(async () => {
      this.said = undefined;
      this.missing = 0;
      const added = await importFile(this.environment, this.vault, file, secretIn(this.typed));
      this.typed = "";
      keepFromNowOn();
      this.said = () =>
        added === 0
          ? gettext("Everything in it is here already.")
          : ngettext("{count} was added.", "{count} were added.", added);
    });
  };
}

function secretIn(typed: string): Secret {
  const recovery = parseRecovery(typed);
  return "key" in recovery ? { recovery: recovery.key } : typed;
}

customElements.define("place-file", PlaceFile);
