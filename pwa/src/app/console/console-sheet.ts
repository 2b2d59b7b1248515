/**
 * `<console-sheet>`: the programme's secrets, to be printed; and one part of them typed back from the paper.
 * Properties: `vault`, `engine`, `enrolment`.
 */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Engine } from "../../sync/index.ts";
import type { Id } from "../../vault/index.ts";
import { stripeOf } from "../contacts.ts";
import { PaperScreen } from "../place/paper-screen.ts";
import { dayOf } from "../states.ts";

export class ConsoleSheet extends PaperScreen {
  static override readonly properties = {
    ...PaperScreen.properties,
    engine: { attribute: false },
    enrolment: { attribute: false },
  };

  declare engine: Engine;
  declare enrolment: Id;

  protected override offer(): TemplateResult {
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>${marked(() => gettext("The programme's sheet"))}</h1>
      <p>
        ${marked(() =>
          gettext(
            "A long number on paper. With it a coordinator opens the programme on another device, also when all others are lost.",
          ),
        )}
      </p>
      ${this.warning()}
      <form autocomplete="off" @submit=${this.show}>
        ${this.presentField()} ${this.faultTemplate()} ${this.working()}
        <button class="button button--primary" type="submit" ?disabled=${this.busy}>
          ${marked(() => gettext("Show the sheet"))}
        </button>
      </form>
      ${this.backButton()}
    `;
  }

  private warning(): TemplateResult {
    return html`<p class="caution">
      ${marked(() =>
        gettext(
          "Whoever finds it can read all contacts of the programme. Lock it away, far from phones and computers, and take no photo of it.",
        ),
      )}
    </p>`;
  }

  protected override sheet(groups: readonly string[]): TemplateResult {
    const summary = this.engine.enrolments.value.find(({ id }) => id === this.enrolment);
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <div class="sheet">
        <h1>${marked(() => gettext("The programme's sheet"))}</h1>
        <p><bdi>${summary?.name ?? ""}</bdi> · <bdi>${dayOf(Date.now())}</bdi></p>
        <p>
          <bdi dir="ltr">${summary?.hub ?? ""}</bdi><br />
          <bdi class="fingerprint" dir="ltr">${summary?.fingerprint ?? ""}</bdi>
        </p>
        ${this.digits(groups)}
        <p>
          ${marked(() =>
            gettext(
              "To use it: My notes, I have an invitation, I have a programme's sheet. Once the programme's keys are changed it opens nothing: print a new one.",
            ),
          )}
        </p>
        ${this.warning()}
      </div>
      ${this.printButton()} ${this.partForm(this.faultTemplate())}
    `;
  }

  private readonly show = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.attempt(async () => {
      await this.vault.ways.prove(this.presentSecret);
      this.present = "";
      const sheet = await (await this.engine.coordinator(this.enrolment)).sheet();
      this.reveal(sheet);
    });
  };

  protected override async confirmed(): Promise<void> {
    await (await this.engine.coordinator(this.enrolment)).sheetIsOnPaper();
    this.back(() => gettext("The sheet is ready. Lock it away."));
  }
}

customElements.define("console-sheet", ConsoleSheet);
