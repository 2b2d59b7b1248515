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
import { TakingScreen } from "../scanning/taking-screen.ts";

export class ConsoleTakeUp extends TakingScreen {
  static override readonly properties = {
    ...TakingScreen.properties,
    engine: { attribute: false },
  };

  declare engine: Engine;

  protected override render(): TemplateResult {
    return html`
      <h1>${marked(() => gettext("I have a programme's sheet"))}</h1>
      ${this.takingForm(
        html`<label for="sheet">${marked(() => gettext("All the numbers on the sheet"))}</label>
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
            @input=${this.type}
          ></textarea>`,
        html`${this.faultTemplate()}
          <p role="status">${this.busy ? marked(() => gettext("Joining…")) : ""}</p>`,
      )}
    `;
  }

  protected override take(text: string): void {
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
