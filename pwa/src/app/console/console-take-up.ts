/**
 * `<console-take-up>`: a programme's printed sheet, scanned or typed, makes this place a coordinator's.
 * Properties: `engine`. Events: `go`, `back`.
 */
import { html, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { SHEET_BYTES } from "../../sync/coordinator/index.ts";
import type { Engine } from "../../sync/index.ts";
import { parseRecovery } from "../../vault/index.ts";
import { slipIn } from "../recovery-words.ts";
import type { CodeFound } from "../scanning/code-scanner.ts";
import "../scanning/code-scanner.ts";
import { ScreenElement } from "../screen-element.ts";

export class ConsoleTakeUp extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    engine: { attribute: false },
    typed: { state: true },
  };

  declare engine: Engine;
  declare private typed: string;

  constructor() {
    super();
    this.typed = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.typed = "";
    this.replaceChildren();
  }

  protected override render(): TemplateResult {
    return html`
      <h1>${marked(() => gettext("I have a programme's sheet"))}</h1>
      <code-scanner @code=${({ text }: CodeFound) => this.take(text)}></code-scanner>
      <form
        autocomplete="off"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          this.take(this.typed);
        }}
      >
        <div class="field">
          <label for="sheet">${marked(() => gettext("All the numbers on the sheet"))}</label>
          <textarea
            id="sheet"
            class="input input--code"
            rows="8"
            inputmode="numeric"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            dir="ltr"
            .value=${live(this.typed)}
            @input=${({ target }: InputEvent) => {
              if (target instanceof HTMLTextAreaElement) this.typed = target.value;
            }}
          ></textarea>
        </div>
        ${this.faultTemplate()}
        <p role="status">${this.busy ? marked(() => gettext("Joining…")) : ""}</p>
        <div class="buttons">
          <button
            class="button button--primary"
            type="submit"
            ?disabled=${this.busy || this.typed.trim() === ""}
          >
            ${marked(() => gettext("Go on"))}
          </button>
          <button class="button button--quiet" type="button" @click=${() => this.back()}>
            ${marked(() => gettext("Back"))}
          </button>
        </div>
      </form>
    `;
  }

  private take(text: string): void {
    const parsed = parseRecovery(text, SHEET_BYTES);
    if (!("key" in parsed)) {
      const { group } = parsed;
      this.fault =
        group === undefined
          ? () => gettext("The number is not whole: a sheet has forty parts of six digits.")
          : slipIn(group);
      return;
    }
    void this.attempt(async () => {
      const { id } = await this.engine.takeUp(parsed.key);
      this.typed = "";
      this.go({ name: "console", enrolment: id }, () =>
        gettext("You are in. If a coordinator's device was lost, end its access now."),
      );
    });
  }
}

customElements.define("console-take-up", ConsoleTakeUp);
