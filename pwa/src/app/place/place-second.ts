/** `<place-second>`: a second passphrase, which opens another place or wipes. Properties: `vault`, `environment`. */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { confirmation } from "../confirmation.ts";
import { chosenIn } from "../choosing.ts";
import { PlaceScreen } from "./place-screen.ts";

type Kind = "open" | "wipe";

export class PlaceSecond extends PlaceScreen {
  static override readonly properties = {
    ...PlaceScreen.properties,
    kind: { state: true },
    asking: { state: true },
  };

  declare private kind: Kind;
  declare private asking: boolean;

  constructor() {
    super();
    this.kind = "open";
    this.asking = false;
  }

  protected override render(): TemplateResult {
    const { second } = this.vault.ways.present;
    return html`
      <h1>${marked(() => gettext("A second passphrase"))}</h1>
      <p>
        ${marked(() =>
          gettext(
            "For when somebody makes you open this place. You type the second passphrase instead of yours, and the phone behaves as always.",
          ),
        )}
      </p>
      ${second === undefined ? this.setting() : this.standing(second)}
      ${this.limits(() =>
        gettext("Someone who knows this app knows that there may be a second passphrase."),
      )}
      ${this.placeButton()}
    `;
  }

  private setting(): TemplateResult {
    return html`<form autocomplete="off" @submit=${this.submit}>
      <fieldset class="field">
        <legend>${marked(() => gettext("What shall it do?"))}</legend>
        <div class="choices">
          ${this.choice(
            "open",
            marked(() => gettext("Open another place, empty at first")),
          )}
          ${this.choice(
            "wipe",
            marked(() => gettext("Wipe everything, and open an empty place")),
          )}
        </div>
      </fieldset>
      <p class="caution">
        ${
          this.kind === "open"
            ? marked(() =>
                gettext(
                  "Open it now and then, and write ordinary things in it. An empty place is not believed.",
                ),
              )
            : marked(() =>
                gettext(
                  "Whoever types it destroys all notes and contacts on this phone at once, you too. Nothing asks again.",
                ),
              )
        }
      </p>
      <passphrase-choice></passphrase-choice>
      ${this.faultTemplate()} ${this.working()}
      <button class="button button--primary" type="submit" ?disabled=${this.busy}>
        ${marked(() => gettext("Set the second passphrase"))}
      </button>
    </form>`;
  }

  private choice(kind: Kind, label: string | TemplateResult): TemplateResult {
    return html`<label class="choice">
      <input
        type="radio"
        name="kind"
        autocomplete="off"
        .checked=${this.kind === kind}
        @change=${() => (this.kind = kind)}
      />
      <span>${label}</span>
    </label>`;
  }

  private standing(kind: Kind): TemplateResult {
    return html`<p class="notice">
        ${
          kind === "open"
            ? marked(() => gettext("It is set, and opens another place."))
            : marked(() => gettext("It is set, and wipes everything."))
        }
      </p>
      ${this.faultTemplate()}
      <p>
        <button class="button button--danger" type="button" @click=${() => (this.asking = true)}>
          ${marked(() => gettext("Remove the second passphrase"))}
        </button>
      </p>
      ${
        this.asking
          ? confirmation({
              question:
                kind === "open"
                  ? marked(() =>
                      gettext(
                        "Remove the second passphrase? What is in the place that it opens is then lost.",
                      ),
                    )
                  : marked(() => gettext("Remove the second passphrase?")),
              yes: marked(() => gettext("Remove the second passphrase")),
              no: marked(() => gettext("Keep it")),
              confirm: this.takeAway,
              end: () => (this.asking = false),
            })
          : ""
      }`;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const chosen = chosenIn(this, (problem) => (this.fault = problem));
    if (chosen === undefined) return;
    void this.attempt(async () => {
      await this.vault.ways.setSecond(chosen.passphrase, this.kind);
      chosen.clear();
      this.toPlace(() => gettext("The second passphrase is set."));
    });
  };

  private readonly takeAway = (): void => {
    void this.attempt(async () => {
      await this.vault.ways.removeSecond();
      this.toPlace(() => gettext("The second passphrase is removed."));
    });
  };
}

customElements.define("place-second", PlaceSecond);
