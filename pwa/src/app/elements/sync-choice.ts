/** `<sync-choice>`: over what this programme's contacts are sent by themselves. Properties: `engine`, `enrolment`. */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Engine, Sends } from "../../sync/index.ts";
import type { Id } from "../../vault/index.ts";
import { ScreenElement } from "../screen-element.ts";
import { Watching } from "../watching.ts";

const CHOICES: readonly Sends[] = ["always", "saver", "wifi"];

export class SyncChoice extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    engine: { attribute: false },
    enrolment: { attribute: false },
  };

  declare engine: Engine;
  declare enrolment: Id;

  constructor() {
    super();
    new Watching(this, () => [this.engine.enrolments]);
  }

  protected override render(): TemplateResult {
    const chosen = this.engine.enrolments.value.find(({ id }) => id === this.enrolment)?.sends;
    return html`<form autocomplete="off">
      ${this.faultTemplate()}
      <fieldset class="field">
        <legend>${marked(() => gettext("Send by itself"))}</legend>
        <div class="choices">
          ${CHOICES.map(
            (each) =>
              html`<label class="choice">
                <input
                  type="radio"
                  name="sends"
                  autocomplete="off"
                  .checked=${each === chosen}
                  @change=${() => void this.choose(each)}
                />
                <span>${marked(() => sendsName(each))}</span>
              </label>`,
          )}
        </div>
        <p class="hint">
          ${marked(() =>
            gettext("Send now works over any connection. A contact is as small as a short e-mail."),
          )}
        </p>
      </fieldset>
    </form>`;
  }

  private async choose(sends: Sends): Promise<void> {
    await this.attempt(() => this.engine.setSends(this.enrolment, sends));
  }
}

function sendsName(sends: Sends): string {
  switch (sends) {
    case "always":
      return gettext("Over any connection");
    case "saver":
      return gettext("Not while the phone saves data");
    case "wifi":
      return gettext("Over Wi-Fi only");
  }
}

customElements.define("sync-choice", SyncChoice);
