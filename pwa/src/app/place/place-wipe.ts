/** `<place-wipe>`: takes everything of this site off the phone. Properties: `vault`, `environment`. */
import { html, type TemplateResult } from "lit";

import { gettext, locale } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { NOT_MINE, notMine } from "../../reader/not-mine.ts";
import { pageOf } from "../../reader/site.ts";
import { wipe } from "../../vault/index.ts";
import { confirmation } from "../confirmation.ts";
import { PlaceScreen } from "./place-screen.ts";

export class PlaceWipe extends PlaceScreen {
  static override readonly properties = { ...PlaceScreen.properties, asking: { state: true } };

  declare private asking: boolean;

  constructor() {
    super();
    this.asking = false;
  }

  protected override render(): TemplateResult {
    return html`
      <h1>${marked(() => gettext("Wipe everything"))}</h1>
      <p>
        ${marked(() =>
          gettext(
            "This takes everything of this site off the phone: all notes and contacts, every place with its passphrases, and the pages that were saved.",
          ),
        )}
      </p>
      <p class="caution">
        ${marked(() =>
          gettext(
            "It cannot be brought back. Contacts that are not on the hub yet are lost: look at My notes first.",
          ),
        )}
      </p>
      ${this.limits(() =>
        gettext(
          "The browser's own history has the addresses of the pages that you opened. Delete them there.",
        ),
      )}
      ${this.faultTemplate()}
      <button
        class="button button--danger"
        type="button"
        ?disabled=${this.busy}
        @click=${() => (this.asking = true)}
      >
        ${marked(() => gettext("Wipe everything"))}
      </button>
      ${
        this.asking
          ? confirmation({
              question: marked(() => gettext("Wipe everything now? It cannot be brought back.")),
              yes: marked(() => gettext("Wipe everything")),
              no: marked(() => gettext("Keep it")),
              confirm: this.wipe,
              end: () => (this.asking = false),
            })
          : ""
      }
      ${this.placeButton()}
    `;
  }

  private readonly wipe = (): void => {
    void this.attempt(async () => {
      // The key slots before all else: whatever stops it after that, nobody opens what is left.
      await wipe(this.environment);
      // From here on this tab keeps nothing either, and its page says what may still be seen.
      await notMine(() => location.replace(pageOf(locale(), NOT_MINE.slice(1))));
    });
  };
}

customElements.define("place-wipe", PlaceWipe);
