/**
 * `<console-invite>`: makes an invite, and shows it as a code to be scanned.
 * Properties: `engine`, `enrolment`. The link is in this element alone, and gone with it.
 */
import { html, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { qrDrawing } from "../../reader/share/qr.ts";
import type { Engine } from "../../sync/index.ts";
import type { Id } from "../../vault/index.ts";
import { stripeOf } from "../contacts.ts";
import { focusHeading, ScreenElement } from "../screen-element.ts";
import { roleName } from "./names.ts";

const ROLES = ["worker", "coordinator"] as const;
const DAYS = [1, 3, 7, 30];

export class ConsoleInvite extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    engine: { attribute: false },
    enrolment: { attribute: false },
    invited: { state: true },
    days: { state: true },
    note: { state: true },
    link: { state: true },
  };

  declare engine: Engine;
  declare enrolment: Id;
  declare private invited: (typeof ROLES)[number];
  declare private days: number;
  declare private note: string;
  declare private link: string | undefined;

  constructor() {
    super();
    this.invited = "worker";
    this.days = 3;
    this.note = "";
    this.link = undefined;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.link = undefined;
    this.note = "";
    this.replaceChildren();
  }

  protected override render(): TemplateResult {
    return this.link === undefined ? this.form() : this.invitation(this.link);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has("link") && this.link !== undefined) focusHeading(this);
  }

  private form(): TemplateResult {
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>${marked(() => gettext("Invite somebody"))}</h1>
      <form autocomplete="off" @submit=${this.make}>
        <fieldset class="field">
          <legend>${marked(() => gettext("As what?"))}</legend>
          <div class="choices">
            ${ROLES.map(
              (each) =>
                html`<label class="choice">
                  <input
                    type="radio"
                    name="role"
                    autocomplete="off"
                    .checked=${each === this.invited}
                    @change=${() => (this.invited = each)}
                  />
                  <span>${marked(() => roleName(each))}</span>
                </label>`,
            )}
          </div>
          <p class="hint">
            ${marked(() =>
              gettext(
                "A coordinator reads everything, and can invite others and end their access.",
              ),
            )}
          </p>
        </fieldset>
        <div class="field">
          <label for="days">${marked(() => gettext("Good for"))}</label>
          <select
            id="days"
            class="input"
            autocomplete="off"
            @change=${({ target }: Event) => {
              if (target instanceof HTMLSelectElement) this.days = Number(target.value);
            }}
          >
            ${DAYS.map(
              (each) =>
                html`<option value=${each} ?selected=${each === this.days}>
                  ${ngettext("{count} day", "{count} days", each)}
                </option>`,
            )}
          </select>
        </div>
        <div class="field">
          <label for="note"
            >${marked(() => gettext("A note, so that you know whose phone it is"))}</label
          >
          <p class="hint" id="note-hint">
            ${marked(() => gettext("Only coordinators can read it. Write no full name."))}
          </p>
          <input
            id="note"
            class="input"
            type="text"
            maxlength="80"
            autocomplete="off"
            spellcheck="false"
            dir="auto"
            aria-describedby="note-hint"
            .value=${live(this.note)}
            @input=${({ target }: InputEvent) => {
              if (target instanceof HTMLInputElement) this.note = target.value;
            }}
          />
        </div>
        ${this.faultTemplate()}
        <div class="buttons">
          <button class="button button--primary" type="submit" ?disabled=${this.busy}>
            ${marked(() => gettext("Make the invitation"))}
          </button>
          <button class="button button--quiet" type="button" @click=${() => this.back()}>
            ${marked(() => gettext("Back"))}
          </button>
        </div>
      </form>
    `;
  }

  private invitation(link: string): TemplateResult {
    const code = qrDrawing(link);
    code.removeAttribute("role");
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>${marked(() => gettext("Scan this with the other phone"))}</h1>
      <div class="qr" role="img" aria-label=${gettext("The invitation as a QR code")}>${code}</div>
      <p>
        ${marked(() =>
          gettext(
            "On the other phone: My notes, I have an invitation. It works once, and is not shown again.",
          ),
        )}
      </p>
      <div class="field">
        <label for="link">${marked(() => gettext("The same as a link"))}</label>
        <p class="hint" id="link-hint">
          ${marked(() => gettext("Whoever has it can join. Send it only where nobody else reads."))}
        </p>
        <input
          id="link"
          class="input input--code"
          type="text"
          readonly
          autocomplete="off"
          dir="ltr"
          aria-describedby="link-hint"
          .value=${link}
          @focus=${({ target }: Event) => {
            if (target instanceof HTMLInputElement) target.select();
          }}
        />
      </div>
      <div class="buttons">
        <button class="button button--primary" type="button" @click=${() => this.back()}>
          ${marked(() => gettext("Done"))}
        </button>
      </div>
    `;
  }

  private readonly make = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.attempt(async () => {
      const coordinator = await this.engine.coordinator(this.enrolment);
      const { days, note } = this;
      const link = await coordinator.invite(this.invited, { days, note: note.trim() });
      if (this.isConnected) this.link = link;
    });
  };
}

customElements.define("console-invite", ConsoleInvite);
