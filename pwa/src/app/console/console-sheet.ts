/**
 * `<console-sheet>`: the programme's secrets, to be printed; and one part of them typed back from the paper.
 * Properties: `vault`, `engine`, `enrolment`. The numbers are in this element alone, and gone with it.
 */
import { html, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { asciiDigits, formatDigits, formatNumber, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { qrDrawing } from "../../reader/share/qr.ts";
import { randomBytes } from "../../sync/identifiers.ts";
import type { Engine } from "../../sync/index.ts";
import { type Id, recoveryGroups } from "../../vault/index.ts";
import { stripeOf } from "../contacts.ts";
import { PlaceScreen } from "../place/place-screen.ts";
import { focusHeading } from "../screen-element.ts";
import { dayOf } from "../states.ts";

export class ConsoleSheet extends PlaceScreen {
  static override readonly properties = {
    ...PlaceScreen.properties,
    engine: { attribute: false },
    enrolment: { attribute: false },
    groups: { state: true },
    typed: { state: true },
  };

  declare engine: Engine;
  declare enrolment: Id;
  /** Undefined until they are asked for. */
  declare private groups: readonly string[] | undefined;
  declare private typed: string;
  private code: SVGSVGElement | undefined;
  /** The part that is asked for, counted from 0. */
  private asked = 0;

  constructor() {
    super();
    this.groups = undefined;
    this.typed = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.groups = undefined;
    this.code = undefined;
    this.typed = "";
    // An element that is gone draws itself no more, and its children could be kept by whoever holds it.
    this.replaceChildren();
  }

  protected override render(): TemplateResult {
    return this.groups === undefined ? this.offer() : this.sheet(this.groups);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has("groups") && this.groups !== undefined) focusHeading(this);
  }

  private offer(): TemplateResult {
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
      <p>
        <button class="button button--quiet" type="button" @click=${() => this.back()}>
          ${marked(() => gettext("Back"))}
        </button>
      </p>
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

  private sheet(groups: readonly string[]): TemplateResult {
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
        <ol class="groups" dir="ltr">
          ${groups.map(
            (group, at) =>
              html`<li><small>${formatNumber(at + 1)}</small> <b>${formatDigits(group)}</b></li>`,
          )}
        </ol>
        <div class="qr" role="img" aria-label=${gettext("The same number as a QR code")}>
          ${this.code}
        </div>
        <p>
          ${marked(() =>
            gettext(
              "To use it: My notes, I have an invitation, I have a programme's sheet. Once the programme's keys are changed it opens nothing: print a new one.",
            ),
          )}
        </p>
        ${this.warning()}
      </div>
      <div class="buttons no-print">
        <button class="button" type="button" @click=${() => print()}>
          ${marked(() => gettext("Print it"))}
        </button>
      </div>
      <form class="no-print" autocomplete="off" @submit=${this.confirm}>
        <div class="field">
          <label for="part"
            >${marked(() => gettext("Type part {number} of it", { number: this.asked + 1 }))}</label
          >
          <p class="hint" id="part-hint">
            ${marked(() => gettext("From your paper, so that you know that it is right."))}
          </p>
          <input
            id="part"
            class="input input--code"
            type="text"
            inputmode="numeric"
            autocomplete="off"
            spellcheck="false"
            dir="ltr"
            aria-describedby="part-hint"
            .value=${live(this.typed)}
            @input=${(event: InputEvent) => {
              if (event.target instanceof HTMLInputElement) this.typed = event.target.value;
            }}
          />
        </div>
        ${this.faultTemplate()}
        <button class="button button--primary" type="submit" ?disabled=${this.busy}>
          ${marked(() => gettext("It is on my paper"))}
        </button>
      </form>
    `;
  }

  private readonly show = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.attempt(async () => {
      await this.vault.ways.prove(this.presentSecret);
      this.present = "";
      const sheet = await (await this.engine.coordinator(this.enrolment)).sheet();
      const groups = recoveryGroups(sheet);
      sheet.fill(0);
      if (!this.isConnected) return;
      this.asked = (randomBytes(1)[0] ?? 0) % groups.length;
      this.code = qrDrawing(groups.join(""));
      this.code.removeAttribute("role");
      this.groups = groups;
    });
  };

  private readonly confirm = (event: SubmitEvent): void => {
    event.preventDefault();
    if (asciiDigits(this.typed).replace(/\D/g, "") !== this.groups?.[this.asked]) {
      this.fault = () => gettext("That is not this part. Look at your paper, and type it again.");
      return;
    }
    void this.attempt(async () => {
      await (await this.engine.coordinator(this.enrolment)).sheetIsOnPaper();
      this.back(() => gettext("The sheet is ready. Lock it away."));
    });
  };
}

customElements.define("console-sheet", ConsoleSheet);
