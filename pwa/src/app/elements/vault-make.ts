/**
 * `<vault-make>`: makes the first vault of this browser.
 * Properties: `environment`. Events: `vault` with the open vault.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { createVault, type Environment } from "../../vault/index.ts";
import { chosenIn, makingForm } from "../choosing.ts";
import { ScreenElement } from "../screen-element.ts";
import { VaultOpened } from "../screens.ts";
import { hasOwnPlaceWhenInstalled } from "../storage.ts";

export class VaultMake extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    environment: { attribute: false },
  };

  declare environment: Environment;

  protected override render(): TemplateResult {
    return html`
      <h1>${marked(() => gettext("Make a place only you can open"))}</h1>
      <p class="lead">
        ${marked(() =>
          gettext("What you write here is locked with your passphrase and stays on this phone."),
        )}
      </p>
      <p class="caution">
        ${marked(() =>
          gettext(
            "Nobody can open it when the passphrase is forgotten: not us, not whoever runs this site. What is inside is then lost.",
          ),
        )}
      </p>
      ${hasOwnPlaceWhenInstalled() ? html`<p class="notice">${marked(installFirst)}</p>` : nothing}
      ${makingForm(() => gettext("Make my place"), {
        submit: this.submit,
        fault: this.faultTemplate(),
        isBusy: this.busy,
      })}
      <p>
        <button
          class="button button--quiet"
          type="button"
          @click=${() => this.go({ name: "restore" })}
        >
          ${marked(() => gettext("I have a recovery key"))}
        </button>
      </p>
    `;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const chosen = chosenIn(this, (problem) => (this.fault = problem));
    if (chosen === undefined) return;
    void this.attempt(async () => {
      const vault = await createVault(this.environment, chosen.passphrase);
      chosen.clear();
      await this.updateComplete;
      this.dispatchEvent(new VaultOpened(vault));
    });
  };
}

function installFirst(): string {
  return gettext(
    "Put this site on the home screen before you write. The app there has its own notes: what you write in this tab does not come with it. Press the browser's Share button, then Add to Home Screen, and open it from there.",
  );
}

customElements.define("vault-make", VaultMake);
