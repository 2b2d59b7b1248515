/**
 * `<offer-form>`: an offer somebody was made, in their own words and by the questions of *Check an offer*; a
 * draft from the first key press. The questions come from the pack; without it, what was answered before is
 * shown as it was asked. Properties: `vault`; `keepsake` or `draft` to go on with one. Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext, locale } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Answer } from "../../reader/check/answers.ts";
import type { Id, Values } from "../../vault/index.ts";
import { withBase } from "../draft-base.ts";
import { unloaded } from "../faults.ts";
import {
  type Asked,
  NO_OFFER,
  type Offer,
  offerOf,
  type OfferText,
  offerValues,
  warnings,
  withQuestions,
} from "../keeping/offer.ts";
import { loadOfferCheck, type OfferCheck } from "../keeping/pack-pages.ts";
import { keepFromNowOn } from "../storage.ts";
import { WritingScreen } from "../writing-screen.ts";

const ANSWERS: readonly (readonly [Answer, () => string])[] = [
  ["yes", () => gettext("Yes")],
  ["no", () => gettext("No")],
  ["unknown", () => gettext("I do not know")],
];

const LABELS: readonly (readonly [OfferText, () => string])[] = [
  ["who", () => gettext("Who made the offer?")],
  ["what", () => gettext("What do they promise: work, place, pay?")],
  ["asked", () => gettext("What do they ask of you: money, papers, a promise?")],
];

export class OfferForm extends WritingScreen {
  static override readonly properties = {
    ...WritingScreen.properties,
    keepsake: { attribute: false },
    offer: { state: true },
    check: { state: true },
    isMissing: { state: true },
  };

  declare keepsake: Id | undefined;
  /** Undefined until it is read. */
  declare private offer: Offer | undefined;
  declare private check: OfferCheck | undefined;
  /** The pack's questions cannot be had now. */
  declare private isMissing: boolean;
  private created = 0;
  private kept: Offer = NO_OFFER;
  /** What `keepsake` said when this was begun. */
  private begun: Values | undefined;

  constructor() {
    super();
    this.isMissing = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.loadCheck();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.offer = undefined;
    this.kept = NO_OFFER;
    this.begun = undefined;
  }

  protected override render(): TemplateResult {
    const { offer, check } = this;
    return html`
      <h1>${marked(() => gettext("The offer I was made"))}</h1>
      ${this.faultTemplate()}
      ${
        offer === undefined
          ? nothing
          : html`<form autocomplete="off" @submit=${this.submit}>
              ${LABELS.map(([name, label]) => this.text(name, label, offer))}
              <h2>${marked(() => gettext("Questions about the offer"))}</h2>
              <p class="hint">
                ${marked(() => gettext("Answer what you know and leave out what you like."))}
              </p>
              ${this.missing()}
              ${(check === undefined ? offer : withQuestions(offer, check.questions)).asked.map((each) => this.question(each))}
              ${check === undefined ? nothing : this.result(offer, check)} ${this.drafting.line()}
              ${this.buttons(marked(() => gettext("Save")))}
            </form>`
      }
      ${this.deletion(marked(() => gettext("Delete this? It cannot be brought back.")))}
    `;
  }

  private text(name: OfferText, label: () => string, { texts }: Offer): TemplateResult {
    return html`<div class="field">
      <label for=${`offer-${name}`}>${marked(label)}</label>
      <textarea
        class="input"
        id=${`offer-${name}`}
        rows="3"
        dir="auto"
        autocomplete="off"
        spellcheck="false"
        .value=${live(texts[name])}
        @input=${(event: InputEvent) => this.write(name, event)}
      ></textarea>
    </div>`;
  }

  private missing(): TemplateResult | typeof nothing {
    if (this.isMissing) return html`<p class="caution">${marked(unloaded)}</p>`;
    if (this.check !== undefined) return nothing;
    return html`<p role="status">${marked(() => gettext("Getting the form…"))}</p>`;
  }

  private question({ id, text, answer }: Asked): TemplateResult {
    return html`<fieldset class="field">
      <legend>${text}</legend>
      <div class="choices">
        ${ANSWERS.map(
          ([value, label]) =>
            html`<label class="choice">
              <input
                type="radio"
                name=${id}
                autocomplete="off"
                .checked=${live(answer === value)}
                @change=${() => this.answer(id, value)}
              /><span>${marked(label)}</span>
            </label>`,
        )}
      </div>
    </fieldset>`;
  }

  /** Never a verdict, a score or a count: as at the end of the check itself. */
  private result(offer: Offer, check: OfferCheck): TemplateResult | typeof nothing {
    if (offer.asked.every(({ answer }) => answer === undefined)) return nothing;
    const careful = warnings(offer, check);
    return html`<section aria-labelledby="careful">
      ${
        careful.length === 0
          ? html`<h2 id="careful">${marked(() => gettext("What your answers show"))}</h2>
              <p class="notice">${check.nothing}</p>`
          : html`<h2 id="careful">${marked(() => gettext("Be careful about this"))}</h2>`
      }
      ${careful.map(
        ({ text, advice }) =>
          html`<article class="caution">
            <h3>${text}</h3>
            ${advice.map((line) => html`<p>${line}</p>`)}
          </article>`,
      )}
      <h2>${marked(() => gettext("Before you decide"))}</h2>
      <ul>
        ${check.before.map((line) => html`<li>${line}</li>`)}
      </ul>
    </section>`;
  }

  protected override async load(): Promise<void> {
    const draft = await this.drafting.takeUp(this.draft, this.keepsake);
    this.keepsake ??= draft?.edits;
    const begun = await this.begunOver(draft, this.keepsake);
    this.keepsake = begun?.id;
    if (begun !== undefined) {
      this.begun = begun.values;
      this.kept = offerOf(begun.values);
      this.created = begun.created;
    }
    this.offer = draft === undefined ? this.kept : offerOf(draft.values);
  }

  private async loadCheck(): Promise<void> {
    try {
      const check = await loadOfferCheck(locale());
      if (this.isConnected) this.check = check;
    } catch {
      this.isMissing = true;
    }
  }

  private write(name: OfferText, { target }: InputEvent): void {
    if (!(target instanceof HTMLTextAreaElement) || this.offer === undefined) return;
    this.take({ ...this.offer, texts: { ...this.offer.texts, [name]: target.value } });
  }

  private answer(id: string, answer: Answer): void {
    const { offer = NO_OFFER, check } = this;
    const whole = check === undefined ? offer : withQuestions(offer, check.questions);
    const asked = whole.asked.map((each) => (each.id === id ? { ...each, answer } : each));
    this.take({ ...offer, asked });
  }

  private take(offer: Offer): void {
    this.offer = offer;
    const about = this.keepsake === undefined ? {} : { edits: this.keepsake };
    const values = withBase(offerValues(offer), this.begun);
    this.drafting.keep(() => ({ kind: "offer", ...about }), values);
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { keepsake, begun, drafting, offer = NO_OFFER } = this;
    const { keepsakes } = this.vault;
    void this.attempt(async () => {
      const order = this.created === 0 ? Date.now() : this.created;
      const writing = { order, replaces: keepsake, before: begun, draft: drafting.id };
      const saved = await keepsakes.keep("offer", offerValues(offer), writing);
      keepFromNowOn();
      this.leaveSaved(saved, keepsake, keepsakes.lines("offer"), () => gettext("Saved."));
    });
  };

  protected override get isUnchanged(): boolean {
    const { offer = NO_OFFER, kept } = this;
    return JSON.stringify(offerValues(offer)) === JSON.stringify(offerValues(kept));
  }

  protected override async erase(): Promise<void> {
    const { keepsake, drafting } = this;
    if (keepsake === undefined) await drafting.throwAway();
    else await this.vault.keepsakes.delete(keepsake, drafting.id);
    this.back(() => gettext("Deleted."));
  }
}

customElements.define("offer-form", OfferForm);
