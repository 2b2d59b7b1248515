/**
 * `<join-paste>`: takes an invitation as text, for whoever cannot open its link here.
 * Events: `invitation`, `back`.
 */
import { html, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { ScreenElement } from "../screen-element.ts";
import { InvitationFound } from "../screens.ts";

export class JoinPaste extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    text: { state: true },
  };

  declare private text: string;

  constructor() {
    super();
    this.text = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.text = "";
  }

  protected override render(): TemplateResult {
    return html`
      <h1>${marked(() => gettext("I have an invitation"))}</h1>
      <form autocomplete="off" @submit=${this.submit}>
        <div class="field">
          <label for="invitation"
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
            .value=${live(this.text)}
            @input=${this.input}
          />
        </div>
        <div class="buttons">
          <button class="button button--primary" type="submit" ?disabled=${this.text.trim() === ""}>
            ${marked(() => gettext("Go on"))}
          </button>
          <button class="button button--quiet" type="button" @click=${() => this.back()}>
            ${marked(() => gettext("Back"))}
          </button>
        </div>
      </form>
    `;
  }

  private readonly input = (event: InputEvent): void => {
    if (event.target instanceof HTMLInputElement) this.text = event.target.value;
  };

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const fragment = this.text.trim().split("#").at(-1) ?? "";
    this.text = "";
    this.dispatchEvent(new InvitationFound(fragment));
  };
}

customElements.define("join-paste", JoinPaste);
