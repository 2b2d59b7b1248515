/**
 * What the screens share that show a long number to be kept on paper: its groups of digits, its code, and one part
 * of it typed back. The number is in the element alone, and gone with it.
 */
import { html, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { asciiDigits, formatDigits, formatNumber, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { qrDrawing } from "../../reader/share/qr.ts";
import type { Bytes } from "../../sync/bytes.ts";
import { randomBytes } from "../../sync/identifiers.ts";
import { recoveryGroups } from "../../vault/index.ts";
import { focusHeading } from "../screen-element.ts";
import { PlaceScreen } from "./place-screen.ts";

export abstract class PaperScreen extends PlaceScreen {
  static override readonly properties = {
    ...PlaceScreen.properties,
    groups: { state: true },
    typed: { state: true },
  };

  /** Undefined until the number is asked for. */
  declare protected groups: readonly string[] | undefined;
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

  /** What is shown before the number is. */
  protected abstract offer(): TemplateResult;

  /** The number, to be printed or written down. */
  protected abstract sheet(groups: readonly string[]): TemplateResult;

  /** Once a part of it was typed from the paper. */
  protected abstract confirmed(groups: readonly string[]): Promise<void>;

  /** Overwrites `number`. */
  protected reveal(number: Bytes): void {
    const groups = recoveryGroups(number);
    number.fill(0);
    if (!this.isConnected) return;
    this.asked = (randomBytes(1)[0] ?? 0) % groups.length;
    this.code = qrDrawing(groups.join(""));
    this.code.removeAttribute("role");
    this.groups = groups;
  }

  protected digits(groups: readonly string[]): TemplateResult {
    return html`<ol class="groups" dir="ltr">
        ${groups.map(
          (group, at) =>
            html`<li><small>${formatNumber(at + 1)}</small> <b>${formatDigits(group)}</b></li>`,
        )}
      </ol>
      <div class="qr" role="img" aria-label=${gettext("The same number as a QR code")}>
        ${this.code}
      </div>`;
  }

  protected printButton(): TemplateResult {
    return html`<div class="buttons no-print">
      <button class="button" type="button" @click=${() => print()}>
        ${marked(() => gettext("Print it"))}
      </button>
    </div>`;
  }

  /** `besides` stands before its button. */
  protected partForm(besides: TemplateResult): TemplateResult {
    return html`<form class="no-print" autocomplete="off" @submit=${this.confirm}>
      <div class="field">
        <label for="part">
          ${
            // Translators: {number} is the number of one of ten groups of digits.
            marked(() => gettext("Type part {number} of it", { number: this.asked + 1 }))
          }
        </label>
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
          @input=${({ target }: InputEvent) => {
            if (target instanceof HTMLInputElement) this.typed = target.value;
          }}
        />
      </div>
      ${besides}
      <button class="button button--primary" type="submit" ?disabled=${this.busy}>
        ${marked(() => gettext("It is on my paper"))}
      </button>
    </form>`;
  }

  private readonly confirm = (event: SubmitEvent): void => {
    event.preventDefault();
    const { groups = [] } = this;
    if (asciiDigits(this.typed).replace(/\D/g, "") !== groups[this.asked]) {
      this.fault = () => gettext("That is not this part. Look at your paper, and type it again.");
      return;
    }
    void this.attempt(() => this.confirmed(groups));
  };
}
