/**
 * `<programme-keys>`: new keys for a programme, where somebody may know the old ones.
 * Properties: `engine`, `enrolment`, `seen`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { formatNumber, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Seen } from "../../sync/coordinator/index.ts";
import type { Engine } from "../../sync/index.ts";
import type { Id } from "../../vault/index.ts";
import { confirmation } from "../confirmation.ts";
import { ScreenElement } from "../screen-element.ts";
import { Watching } from "../watching.ts";

export class ProgrammeKeys extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    engine: { attribute: false },
    enrolment: { attribute: false },
    seen: { attribute: false },
    isAsked: { state: true },
  };

  declare engine: Engine;
  declare enrolment: Id;
  declare seen: Seen;
  declare private isAsked: boolean;

  constructor() {
    super();
    this.isAsked = false;
    new Watching(this, () => [this.engine.status]);
  }

  protected override render(): TemplateResult {
    const { seen } = this;
    return html`<section aria-labelledby="programme-keys">
      <h2 id="programme-keys">${marked(() => gettext("The programme's keys"))}</h2>
      <p class="hint">
        ${marked(() =>
          gettext("Change them when a sheet or a device of a coordinator may be in wrong hands."),
        )}
      </p>
      ${keysUnderWay(this.engine, this.enrolment, seen)} ${this.faultTemplate()}
      <button
        class="button"
        type="button"
        ?disabled=${this.busy || !seen.isReady}
        @click=${() => (this.isAsked = true)}
      >
        ${marked(() => gettext("Change the programme's keys"))}
      </button>
      ${this.isAsked ? this.question() : nothing}
    </section>`;
  }

  private question(): TemplateResult {
    return confirmation({
      question: html`${marked(() =>
          gettext(
            "Invitations that nobody used are over then: make new ones. Phones follow by themselves.",
          ),
        )}
        <br />
        ${marked(() =>
          gettext(
            "The old sheet opens nothing then: print a new one. Whoever has the old keys can still read what they have a copy of.",
          ),
        )}`,
      yes: marked(() => gettext("Change the programme's keys")),
      no: marked(() => gettext("Not now")),
      confirm: () =>
        void this.attempt(async () => (await this.engine.coordinator(this.enrolment)).rotate()),
      end: () => (this.isAsked = false),
    });
  }
}

/** How far new keys are: on their way to the hub, then to all that was written before. */
export function keysUnderWay(engine: Engine, enrolment: Id, seen: Seen): TemplateResult {
  const { done, of } = engine.statusOf(enrolment).sealing ?? { done: 0, of: 0 };
  const numbers = { done: formatNumber(done), of: formatNumber(of) };
  return html`<div role="status">
    ${
      seen.isRotating
        ? html`<p class="notice">
            ${marked(() =>
              gettext(
                "The programme's new keys are not on the hub yet. It goes on by itself with the next connection.",
              ),
            )}
          </p>`
        : nothing
    }
    ${
      seen.isSealing
        ? html`<p class="notice">
            ${marked(() =>
              gettext(
                "What was written before is being locked with the new keys. If it is cut off, it goes on by itself.",
              ),
            )}
          </p>`
        : nothing
    }
    ${
      of === 0
        ? nothing
        : html`<p class="hint">
            <label
              >${marked(() => gettext("Locked with the new keys: {done} of {of}", numbers))}
              <progress max=${of} .value=${done}></progress
            ></label>
          </p>`
    }
  </div>`;
}

customElements.define("programme-keys", ProgrammeKeys);
