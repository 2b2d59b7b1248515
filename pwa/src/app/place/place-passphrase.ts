/** `<place-passphrase>`: another passphrase in place of the present one. Properties: `vault`, `environment`. */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { chosenIn } from "../choosing.ts";
import { PlaceScreen } from "./place-screen.ts";

export class PlacePassphrase extends PlaceScreen {
  protected override render(): TemplateResult {
    return html`
      <h1>${marked(() => gettext("Change the passphrase"))}</h1>
      <p class="caution">
        ${marked(() =>
          gettext(
            "Someone who copied this phone's storage before can still open that copy with the old passphrase.",
          ),
        )}
      </p>
      <form autocomplete="off" @submit=${this.submit}>
        ${this.presentField()}
        <h2>${marked(() => gettext("The new one"))}</h2>
        <passphrase-choice></passphrase-choice>
        ${this.faultTemplate()} ${this.working()}
        <button class="button button--primary" type="submit" ?disabled=${this.busy}>
          ${marked(() => gettext("Change the passphrase"))}
        </button>
      </form>
      ${this.placeButton()}
    `;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const chosen = chosenIn(this, (problem) => (this.fault = problem));
    if (chosen === undefined) return;
    void this.attempt(async () => {
      await this.vault.ways.changePassphrase(this.presentSecret, chosen.passphrase);
      chosen.clear();
      this.toPlace(() => gettext("The passphrase is changed."));
    });
  };
}

customElements.define("place-passphrase", PlacePassphrase);
