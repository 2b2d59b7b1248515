/**
 * `<join-paste>`: takes an invitation as a code or as text: unlike a link that is opened, neither stays in the
 * browser's history.
 * Properties: `isOpen`, whether there is an open vault. Events: `invitation`, `go`, `back`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { TakingScreen } from "../scanning/taking-screen.ts";
import { InvitationFound } from "../screens.ts";

export class JoinPaste extends TakingScreen {
  static override readonly properties = {
    ...TakingScreen.properties,
    isOpen: { attribute: false },
  };

  declare isOpen: boolean;

  constructor() {
    super();
    this.isOpen = false;
  }

  protected override render(): TemplateResult {
    return html`
      <h1>${marked(() => gettext("I have an invitation"))}</h1>
      ${this.takingForm(
        html`<label for="invitation"
            >${marked(() => gettext("Paste the link of the invitation"))}</label
          >
          <input
            id="invitation"
            class="input input--code"
            type="text"
            dir="ltr"
            autocomplete="off"
            autocapitalize="none"
            autocorrect="off"
            spellcheck="false"
            .value=${live(this.typed)}
            @input=${this.type}
          />`,
      )}
      ${
        this.isOpen
          ? html`<p>
              <button
                class="button button--quiet"
                type="button"
                @click=${() => this.go({ name: "console", enrolment: "", part: "take-up" })}
              >
                ${marked(() => gettext("I have a programme's sheet"))}
              </button>
            </p>`
          : nothing
      }
    `;
  }

  protected override take(link: string): void {
    this.typed = "";
    this.dispatchEvent(new InvitationFound(link.trim().split("#").at(-1) ?? ""));
  }
}

customElements.define("join-paste", JoinPaste);
