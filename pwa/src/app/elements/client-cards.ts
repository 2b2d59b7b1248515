/**
 * `<client-cards>`: cards for two people and one phone, in the other person's language: by picture, word and
 * voice. Only needs and consent go into the contact's draft. Nothing of the worker's is on the page meanwhile;
 * the way back has to be held for a second, and *Lock* asks for the passphrase.
 * Properties: `vault`, `loadForm`, `enrolment`, `draft`, `edits` (as of the contact's form). Events: `go`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { choicesOf, type Field, type Form } from "../../forms/index.ts";
import { type Catalog, gettext, within } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { preferred } from "../../reader/languages.ts";
import { voiceFor, voicesOf } from "../../reader/listen/voices.ts";
import { loadMessages } from "../../reader/load.ts";
import type { FormName, Id, Value, Values, Vault } from "../../vault/index.ts";
import { CardListening, type Speaker } from "../card-listening.ts";
import { picture } from "../card-pictures.ts";
import { TALKS, wordsOf } from "../card-words.ts";
import { type Card, cardsOf, fieldOf, pressedIn } from "../cards.ts";
import { formText } from "../form-text.ts";
import { Holding } from "../holding.ts";
import { type Language, offeredLanguages } from "../language.ts";
import type { LoadedForm } from "../pack.ts";
import type { LoadForm } from "../programme-forms.ts";
import { focusHeading, ScreenElement } from "../screen-element.ts";

/** What the other person's language says. */
interface Spoken extends LoadedForm, Speaker {
  readonly catalog: Catalog | undefined;
}

export class ClientCards extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
    loadForm: { attribute: false },
    enrolment: { attribute: false },
    draft: { attribute: false },
    edits: { attribute: false },
    form: { state: true },
    values: { state: true },
    spoken: { state: true },
    card: { state: true },
    talk: { state: true },
    short: { state: true },
  };

  declare vault: Vault;
  declare loadForm: LoadForm;
  declare enrolment: Id;
  declare draft: Id;
  declare edits: Id | undefined;
  declare private form: Form | undefined;
  declare private values: Values;
  /** Undefined while a language is chosen. */
  declare private spoken: Spoken | undefined;
  declare private card: Card;
  /** Whether and where to talk: for the two of them alone, kept nowhere. */
  declare private talk: string | undefined;
  /** The way back was pressed, not held. */
  declare private short: boolean;
  /** Of the form that the draft is written in. */
  private name: FormName | undefined;
  private readonly listening = new CardListening(this);
  private readonly holding = new Holding(
    () => void this.attempt(() => this.giveBack()),
    () => (this.short = true),
  );

  constructor() {
    super();
    this.values = {};
    this.card = "who";
    this.short = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.holding.cancel();
    this.values = {};
    this.talk = undefined;
    this.form = undefined;
  }

  protected override render(): TemplateResult {
    const { form, spoken } = this;
    if (form === undefined) return this.faultTemplate();
    if (spoken === undefined) return html`${this.faultTemplate()} ${this.languages()}`;
    const { language, catalog } = spoken;
    return within(catalog, language.tag, () => this.shown(form, spoken));
  }

  private languages(): TemplateResult {
    return html`<h1>${marked(() => gettext("Choose your language"))}</h1>
      <div class="client-choices">
        ${offeredLanguages().map(
          (language) =>
            html`<button
              class="button"
              type="button"
              lang=${language.tag}
              dir=${language.dir}
              ?disabled=${this.busy}
              @click=${() => void this.attempt(() => this.speak(language))}
            >
              ${language.name}
            </button>`,
        )}
      </div>
      ${this.wayBack()}`;
  }

  private shown(form: Form, spoken: Spoken): TemplateResult {
    const { tag, dir } = spoken.language;
    const cards = cardsOf(form);
    const at = cards.indexOf(this.card);
    return html`<section class="client-card" lang=${tag} dir=${dir}>
      ${this.faultTemplate()}
      <div class="client-picture">${picture(this.card)}</div>
      ${this.words(form, spoken)} ${this.listening.template(spoken, this.card)}
      <div class="buttons client-steps">
        <button
          class="button"
          type="button"
          @click=${() => (at === 0 ? this.chooseAgain() : this.turn(cards[at - 1]))}
        >
          ${at === 0 ? marked(() => gettext("Languages")) : marked(() => gettext("Back"))}
        </button>
        ${
          this.card === "end"
            ? nothing
            : html`<button
                class="button button--primary"
                type="button"
                @click=${() => this.turn(cards[at + 1])}
              >
                ${marked(() => gettext("Go on"))}
              </button>`
        }
      </div>
      ${this.wayBack()}
    </section>`;
  }

  private words(form: Form, spoken: Spoken): TemplateResult {
    const { heading, lines } = wordsOf(this.card);
    return html`<h1>${marked(heading)}</h1>
      ${lines.map((line) => html`<p>${marked(line)}</p>`)}
      ${
        this.card === "talk"
          ? this.choices(TALKS.map(([name, say]) => this.talkChoice(name, say)))
          : this.answers(form, spoken)
      }`;
  }

  private answers(form: Form, spoken: Spoken): TemplateResult | typeof nothing {
    const field = fieldOf(this.card, form);
    if (field === undefined) return nothing;
    const value = this.values[field.name];
    // In the other person's language where that is the same form, else as the contact's form has it.
    const labels = new Map(choicesOf(spoken.form, field).map(({ name, label }) => [name, label]));
    return this.choices(
      choicesOf(form, field).map(({ name, label }) => ({
        name,
        words: formText(labels.get(name) ?? label, spoken.form, spoken.lang),
        isPressed: value === name || (Array.isArray(value) && value.includes(name)),
        press: () => this.answer(field, name),
      })),
    );
  }

  private talkChoice(name: string, say: () => string): CardChoice {
    const isPressed = this.talk === name;
    return { name, words: marked(say), isPressed, press: () => (this.talk = name) };
  }

  private choices(all: readonly CardChoice[]): TemplateResult {
    return html`<ul class="client-choices">
      ${all.map(
        ({ name, words, isPressed, press }) =>
          html`<li>
            <button
              class="client-choice"
              type="button"
              aria-pressed=${isPressed ? "true" : "false"}
              @click=${press}
            >
              ${picture(name)} <span>${words}</span>
            </button>
          </li>`,
      )}
    </ul>`;
  }

  private wayBack(): TemplateResult {
    const { start, end } = this.holding;
    return html`<div class="way-back">
      <button
        class="button button--wide"
        type="button"
        @pointerdown=${start}
        @pointerup=${end}
        @pointerleave=${end}
        @pointercancel=${end}
        @keydown=${start}
        @keyup=${end}
        @blur=${() => this.holding.cancel()}
        @contextmenu=${(event: Event) => event.preventDefault()}
      >
        ${marked(() => gettext("End the cards: hold for a second"))}
      </button>
      <div role="status">
        ${
          this.short
            ? html`<p class="hint">
                ${marked(() => gettext("Hold it for a second. Or lock, and open with the passphrase."))}
              </p>`
            : nothing
        }
      </div>
      ${
        this.short
          ? html`<button class="button" type="button" @click=${() => void this.vault.lock()}>
              ${marked(() => gettext("Lock"))}
            </button>`
          : nothing
      }
    </div>`;
  }

  private async load(): Promise<void> {
    const { values, form: name } = await this.vault.drafts.read(this.draft);
    const { form } = await this.loadForm(this.enrolment, name);
    this.values = values;
    this.name = name;
    const { language } = values;
    const offered = offeredLanguages();
    const [tag] = preferred(
      offered.map((each) => each.tag),
      typeof language === "string" ? [language] : [],
    );
    const known = offered.find((each) => each.tag === tag);
    if (known !== undefined) await this.speak(known).catch((error: unknown) => this.tell(error));
    this.form = form;
    await this.updateComplete;
    focusHeading(this);
  }

  private async speak(language: Language): Promise<void> {
    const { tag } = language;
    const [catalog, loaded, voice] = await Promise.all([
      loadMessages(tag),
      this.loadForm(this.enrolment, this.name, tag),
      voiceIn(tag),
    ]);
    if (!this.isConnected) return;
    this.spoken = { ...loaded, language, catalog, voice };
    this.turn("who");
  }

  private chooseAgain(): void {
    this.listening.silence();
    this.spoken = undefined;
    void this.updateComplete.then(() => focusHeading(this));
  }

  private turn(card: Card | undefined): void {
    this.listening.silence();
    this.card = card ?? "end";
    this.short = false;
    void this.updateComplete.then(() => {
      focusHeading(this);
      scrollTo(0, 0);
    });
  }

  private answer(field: Field, pressed: string): void {
    const values: Record<string, Value> = { ...this.values };
    const answer = pressedIn(field, values[field.name], pressed);
    if (answer === undefined) Reflect.deleteProperty(values, field.name);
    else values[field.name] = answer;
    this.values = values;
    this.vault.drafts.save(this.draft, values);
  }

  private async giveBack(): Promise<void> {
    await this.vault.drafts.flush();
    const { enrolment, draft, edits } = this;
    this.go({ name: "log", enrolment, draft, ...(edits === undefined ? {} : { edits }) });
  }
}

interface CardChoice {
  readonly name: string;
  readonly words: string | TemplateResult;
  readonly isPressed: boolean;
  readonly press: () => void;
}

async function voiceIn(tag: string): Promise<SpeechSynthesisVoice | undefined> {
  return "speechSynthesis" in window ? voiceFor(await voicesOf(), tag) : undefined;
}

customElements.define("client-cards", ClientCards);
