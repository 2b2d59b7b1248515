/**
 * `<hub-check>`: is everything on the hub? And, once it is, the way to give this phone back.
 * Properties: `engine`, `vault`, `enrolment`; `leave`: forgets the enrolment, and this element with it.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Engine, HubCheck as Found } from "../../sync/index.ts";
import type { Id, Vault } from "../../vault/index.ts";
import { confirmation } from "../confirmation.ts";
import { ScreenElement } from "../screen-element.ts";

interface Answer extends Found {
  /** Contacts that somebody began to write and did not save. */
  readonly unfinished: number;
}

export class HubCheck extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    engine: { attribute: false },
    vault: { attribute: false },
    enrolment: { attribute: false },
    leave: { attribute: false },
    answer: { state: true },
    asking: { state: true },
  };

  declare engine: Engine;
  declare vault: Vault;
  declare enrolment: Id;
  declare leave: () => Promise<void>;
  declare private answer: Answer | undefined;
  declare private asking: boolean;

  constructor() {
    super();
    this.asking = false;
  }

  protected override render(): TemplateResult {
    return html`
      <div class="buttons">
        <button class="button" type="button" aria-disabled=${this.busy} @click=${this.check}>
          ${marked(() => gettext("Is everything on the hub?"))}
        </button>
      </div>
      ${this.faultTemplate()}
      <div role="status">
        ${this.busy ? html`<p>${marked(() => gettext("Asking the hub…"))}</p>` : this.result()}
      </div>
      ${this.handOver()} ${this.asking ? this.question() : nothing}
    `;
  }

  private result(): TemplateResult | typeof nothing {
    const { answer } = this;
    if (answer === undefined) return nothing;
    const { asked, missing, by, unfinished } = answer;
    if (missing > 0) {
      return html`<p class="notice">
        ${marked(() =>
          ngettext(
            "{count} contact is not on the hub yet. It stays on this phone.",
            "{count} contacts are not on the hub yet. They stay on this phone.",
            missing,
          ),
        )}
      </p>`;
    }
    if (by === "relay") {
      return html`<p class="notice">
        ${marked(() => gettext("Handed on. This phone keeps it until the hub has it."))}
      </p>`;
    }
    return html`<p class="notice">
        ${
          asked === 0
            ? marked(() => gettext("No contacts on this phone yet."))
            : marked(() =>
                ngettext(
                  "The hub says: your {count} contact is here.",
                  "The hub says: all your {count} contacts are here.",
                  asked,
                ),
              )
        }
      </p>
      ${
        unfinished === 0
          ? nothing
          : html`<p class="caution">
              ${marked(() =>
                ngettext(
                  "{count} contact is not finished. It is on this phone only.",
                  "{count} contacts are not finished. They are on this phone only.",
                  unfinished,
                ),
              )}
            </p>`
      }`;
  }

  /** Only once nothing would be lost by it. */
  private handOver(): TemplateResult | typeof nothing {
    const { answer, busy } = this;
    if (answer === undefined || busy || answer.missing > 0 || answer.by !== "hub") return nothing;
    if (answer.unfinished > 0 || this.engine.statusOf(this.enrolment).attention > 0) return nothing;
    return html`<h2>${marked(() => gettext("Give this phone back"))}</h2>
      <ul>
        <li>
          ${marked(() =>
            gettext(
              "This phone forgets the programme: its contacts here, and the keys that open them.",
            ),
          )}
        </li>
        <li>
          ${marked(() =>
            gettext(
              "The contacts stay on the hub, and with your coordinator. Your notes stay here.",
            ),
          )}
        </li>
        <li>
          ${marked(() => gettext("Tell your coordinator, who then ends this phone's access."))}
        </li>
      </ul>
      <div class="buttons">
        <button class="button" type="button" @click=${() => (this.asking = true)}>
          ${marked(() => gettext("Forget this programme"))}
        </button>
      </div>`;
  }

  private question(): TemplateResult {
    return confirmation({
      question: marked(() =>
        gettext("Forget this programme on this phone? To use it again you need a new invitation."),
      ),
      yes: marked(() => gettext("Forget it")),
      no: marked(() => gettext("Keep it")),
      confirm: () => this.forget(),
      end: () => (this.asking = false),
    });
  }

  private readonly check = (): void => {
    void this.attempt(async () => {
      this.answer = undefined;
      await this.engine.syncNow();
      let found = await this.engine.checkHub(this.enrolment);
      if (found.missing > 0) {
        await this.engine.syncNow();
        found = await this.engine.checkHub(this.enrolment);
      }
      const drafts = await this.vault.drafts.list();
      const unfinished = drafts.filter(({ enrolment }) => enrolment === this.enrolment).length;
      this.answer = { ...found, unfinished };
    });
  };

  private forget(): void {
    void this.attempt(() => this.leave());
  }
}

customElements.define("hub-check", HubCheck);
