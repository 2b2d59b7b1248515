/** `<sync-choice>`: over what this programme's contacts are sent by themselves. Properties: `engine`, `enrolment`. */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Engine, Sends } from "../../sync/index.ts";
import type { Id } from "../../vault/index.ts";
import { sendsField } from "../sends.ts";
import { ScreenElement } from "../screen-element.ts";
import { Watching } from "../watching.ts";

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
      ${sendsField(
        chosen,
        (each) => void this.choose(each),
        marked(() =>
          gettext("Send now works over any connection. A contact is as small as a short e-mail."),
        ),
      )}
    </form>`;
  }

  private async choose(sends: Sends): Promise<void> {
    await this.attempt(() => this.engine.setSends(this.enrolment, sends));
  }
}

customElements.define("sync-choice", SyncChoice);
