/**
 * `<vault-make>`: makes the first vault of this browser.
 * Properties: `environment`. Events: `vault` with the open vault.
 */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { createVault, type Environment, normalisePassphrase } from "../../vault/index.ts";
import { passphraseField, showToggle } from "../passphrase.ts";
import { ScreenElement } from "../screen-element.ts";
import { VaultOpened } from "../screens.ts";

const SHORTEST = 8;

export class VaultMake extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    environment: { attribute: false },
    first: { state: true },
    second: { state: true },
    shown: { state: true },
  };

  declare environment: Environment;
  declare private first: string;
  declare private second: string;
  declare private shown: boolean;

  constructor() {
    super();
    this.first = "";
    this.second = "";
    this.shown = false;
  }

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
      <form autocomplete="off" @submit=${this.submit}>
        ${passphraseField({
          id: "passphrase",
          label: marked(() => gettext("Passphrase")),
          value: this.first,
          shown: this.shown,
          hint: marked(() =>
            gettext("At least 8 characters. Several words that nobody would guess are best."),
          ),
          input: (value) => (this.first = value),
        })}
        ${passphraseField({
          id: "passphrase-again",
          label: marked(() => gettext("The same passphrase again")),
          value: this.second,
          shown: this.shown,
          input: (value) => (this.second = value),
        })}
        ${showToggle(
          this.shown,
          marked(() => gettext("Show what I type")),
          () => (this.shown = !this.shown),
        )}
        ${this.faultTemplate()}
        <p role="status">
          ${this.busy ? marked(() => gettext("Making it. This takes a few seconds.")) : ""}
        </p>
        <button class="button button--primary" type="submit" ?disabled=${this.busy}>
          ${marked(() => gettext("Make my place"))}
        </button>
      </form>
    `;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const passphrase = normalisePassphrase(this.first);
    if (Array.from(passphrase).length < SHORTEST) {
      this.fault = () => gettext("Use at least 8 characters: a shorter one is quickly guessed.");
      return;
    }
    if (passphrase !== normalisePassphrase(this.second)) {
      this.fault = () =>
        gettext("The two are not the same. Nothing was made yet: type them again.");
      return;
    }
    void this.attempt(async () => {
      const vault = await createVault(this.environment, this.first);
      this.first = "";
      this.second = "";
      await this.updateComplete;
      this.dispatchEvent(new VaultOpened(vault));
    });
  };
}

customElements.define("vault-make", VaultMake);
