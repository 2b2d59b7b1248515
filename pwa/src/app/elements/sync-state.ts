/**
 * `<sync-state>`: where this programme's contacts are: counts, what waits and since when, the next try, what
 * needs attention. Properties: `engine`, `enrolment`; `always`: the button is there also when all is well.
 * Events: `go`.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Engine, SyncStatus } from "../../sync/index.ts";
import type { Id } from "../../vault/index.ts";
import { statusLine } from "../contacts.ts";
import { reasonSentence } from "../faults.ts";
import { Go } from "../screens.ts";
import { dayOf, heldSentence, timeOf } from "../states.ts";
import { Watching } from "../watching.ts";

export class SyncState extends LitElement {
  static override readonly properties = {
    engine: { attribute: false },
    enrolment: { attribute: false },
    always: { attribute: false },
  };

  declare engine: Engine;
  declare enrolment: Id;
  declare always: boolean;

  constructor() {
    super();
    this.always = false;
    new Watching(this, () => [this.engine.status]);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override shouldUpdate(): boolean {
    return this.isConnected;
  }

  protected override render(): TemplateResult {
    const status = this.engine.statusOf(this.enrolment);
    return html`${statusLine(status)} ${this.details(status)} ${this.attention(status)}`;
  }

  /** Outside the live region: a screen reader is not told of every try. */
  private details({ waitingSince, nextTry, held, problem, sending }: SyncStatus): TemplateResult {
    const since = waitingSince === undefined ? undefined : dayOf(waitingSince);
    const isHeld = held !== undefined && waitingSince !== undefined;
    return html`
      ${
        since === undefined
          ? nothing
          : html`<p class="hint">
              ${
                // Translators: since when the oldest contact has not been on the hub.
                marked(() => gettext("Waiting since {day}.", { day: since }))
              }
            </p>`
      }
      ${
        nextTry === undefined || sending || isHeld
          ? nothing
          : html`<p class="hint">
              ${
                // Translators: {time} is a time of day, such as 14:05.
                marked(() => gettext("The next try is at {time}.", { time: timeOf(nextTry) }))
              }
            </p>`
      }
      ${isHeld ? html`<p class="hint">${marked(() => heldSentence(held))}</p>` : nothing}
      ${
        this.always || problem !== undefined || isHeld
          ? html`<div class="buttons">
              <button class="button" type="button" aria-disabled=${sending} @click=${this.send}>
                ${marked(() => gettext("Send now"))}
              </button>
            </div>`
          : nothing
      }
    `;
  }

  private attention({ attention }: SyncStatus): TemplateResult | typeof nothing {
    if (attention === 0) return nothing;
    const found = this.engine.contacts(this.enrolment).filter(({ state }) => state === "attention");
    return html`<ul class="cards">
      ${found.map(({ id, saved, reason }) => {
        const day = dayOf(saved);
        return html`<li>
          <button
            class="card"
            type="button"
            @click=${() => this.dispatchEvent(new Go({ name: "contact", contact: id }))}
          >
            <p><strong>${marked(() => gettext("Contact, {day}", { day }))}</strong></p>
            <p>${marked(() => reasonSentence(reason))}</p>
          </button>
        </li>`;
      })}
    </ul>`;
  }

  /** Not disabled while it sends, since the focus would be lost. */
  private readonly send = (): void => {
    if (!this.engine.statusOf(this.enrolment).sending) void this.engine.syncNow();
  };
}

customElements.define("sync-state", SyncState);
