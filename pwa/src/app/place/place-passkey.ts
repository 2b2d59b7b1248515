/** `<place-passkey>`: fingerprint or face as a way in. Properties: `vault`, `environment`. */
import { html, type TemplateResult } from "lit";

import { gettext, pgettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { makePasskey } from "../passkey.ts";
import { passkeyFault } from "../passkey-fault.ts";
import { PlaceScreen } from "./place-screen.ts";

export class PlacePasskey extends PlaceScreen {
  protected override render(): TemplateResult {
    const { passkey } = this.vault.ways.present;
    return html`
      <h1>${marked(() => gettext("Fingerprint or face"))}</h1>
      <p class="caution">
        ${marked(() =>
          gettext(
            "Whoever's finger, face or code opens this phone then opens this place. Somebody can hold your finger on it. The phone also lists that there is a key for this site.",
          ),
        )}
      </p>
      ${
        passkey
          ? html`<p class="notice">${marked(() => gettext("It is set."))}</p>
              <p>
                ${marked(() =>
                  gettext(
                    "Removed here, it opens nothing any more. In the phone's settings, under passwords, its name may stay: delete it there too.",
                  ),
                )}
              </p>
              ${this.faultTemplate()}
              <button class="button button--danger" type="button" @click=${this.takeAway}>
                ${marked(() => gettext("Remove it"))}
              </button>`
          : html`<form autocomplete="off" @submit=${this.add}>
              ${this.presentField()} ${this.faultTemplate()} ${this.working()}
              <button class="button button--primary" type="submit" ?disabled=${this.busy}>
                ${marked(() => gettext("Open with fingerprint or face from now on"))}
              </button>
            </form>`
      }
      ${this.placeButton()}
    `;
  }

  private readonly add = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.present === "") return;
    void this.attempt(async () => {
      const { randomBytes } = this.environment;
      try {
        const secret = await makePasskey(pgettext("label", "Notes"), randomBytes);
        await this.vault.ways.setWay("passkey", this.presentSecret, secret);
        secret.fill(0);
      } catch (error) {
        const said = passkeyFault(error);
        if (said === undefined) throw error;
        this.fault = said;
        return;
      }
      this.toPlace(() => gettext("Fingerprint or face opens this place now."));
    });
  };

  private readonly takeAway = (): void => {
    void this.attempt(async () => {
      await this.vault.ways.removeWay("passkey");
      this.toPlace(() => gettext("Fingerprint and face open nothing here any more."));
    });
  };
}

customElements.define("place-passkey", PlacePasskey);
