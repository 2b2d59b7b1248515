/** What the screens of *This place* share: the open vault, the field for the present secret, the way back. */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { type Environment, parseRecovery, type Secret, type Vault } from "../../vault/index.ts";
import { passphraseField } from "../passphrase.ts";
import { ScreenElement } from "../screen-element.ts";

export abstract class PlaceScreen extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
    environment: { attribute: false },
    present: { state: true },
  };

  declare vault: Vault;
  declare environment: Environment;
  /** The passphrase as it is now, typed once more; or the recovery key. */
  declare protected present: string;

  constructor() {
    super();
    this.present = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.present = "";
  }

  protected get presentSecret(): Secret {
    const recovery = parseRecovery(this.present);
    return "key" in recovery ? { recovery: recovery.key } : this.present;
  }

  protected presentField(): TemplateResult {
    return passphraseField({
      id: "present",
      label: marked(() => gettext("Your passphrase now")),
      value: this.present,
      shown: false,
      hint: this.vault.ways.present.recovery
        ? marked(() => gettext("Or the recovery key, if you have forgotten it."))
        : marked(() => gettext("So that nobody else can do this who finds the phone open.")),
      input: (value) => (this.present = value),
    });
  }

  /** What no wiping protects against, and what else this way does not. */
  protected limits(another: () => string): TemplateResult {
    return html`<h2>${marked(() => gettext("What it does not protect against"))}</h2>
      <ul>
        <li>
          ${marked(() =>
            gettext("Someone who copied the phone's storage before has the notes of that day."),
          )}
        </li>
        <li>
          ${marked(() =>
            gettext(
              "The phone's memory may keep old copies of what was wiped. They stay locked, but they may be there.",
            ),
          )}
        </li>
        <li>${marked(another)}</li>
      </ul>`;
  }

  protected working(): TemplateResult {
    return html`<p role="status">
      ${this.busy ? marked(() => gettext("This takes a few seconds.")) : ""}
    </p>`;
  }

  protected toPlace(said?: () => string): void {
    this.go({ name: "place" }, said);
  }

  protected placeButton(): TemplateResult {
    return this.backButton(() => this.toPlace());
  }
}
