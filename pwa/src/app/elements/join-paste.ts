/**
 * `<join-paste>`: takes an invitation as a code or as text: unlike a link that is opened, neither stays in the
 * browser's history.
 * Properties: `isOpen`, whether there is an open vault. Events: `invitation`, `go`, `back`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { ScreenElement } from "../screen-element.ts";
import { InvitationFound } from "../screens.ts";
import "../scanning/code-scanner.ts";
import type { CodeFound } from "../scanning/code-scanner.ts";

export class JoinPaste extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    isOpen: { attribute: false },
    text: { state: true },
  };

  declare isOpen: boolean;
  declare private text: string;

  constructor() {
    super();
    this.isOpen = false;
    this.text = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.text = "";
  }

  protected override render(): TemplateResult {
    return html`
      <h1>${marked(() => gettext("I have an invitation"))}</h1>
      <code-scanner @code=${({ text }: CodeFound) => this.take(text)}></code-scanner>
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

  private readonly input = (event: InputEvent): void => {
    if (event.target instanceof HTMLInputElement) this.text = event.target.value;
  };

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.take(this.text);
  };

  private take(link: string): void {
    this.text = "";
    this.dispatchEvent(new InvitationFound(link.trim().split("#").at(-1) ?? ""));
  }
}

customElements.define("join-paste", JoinPaste);
