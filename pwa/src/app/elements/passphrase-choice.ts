/**
 * `<passphrase-choice>`: a new passphrase, typed twice, with its strength and a suggestion.
 * Events: `choice` when what was typed changes; then read `chosen`.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";

import { formatDigits, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { canonicalPassphrase, normalisePassphrase, suggestPassphrase } from "../../vault/index.ts";
import { randomBytes } from "../../sync/identifiers.ts";
import { passphraseField, showToggle } from "../passphrase.ts";
import { type Strength, strengthName, STRENGTHS } from "../strength/strength.ts";

const SHORTEST = 8;

export class PassphraseChoice extends LitElement {
  static override readonly properties = {
    first: { state: true },
    second: { state: true },
    shown: { state: true },
    suggested: { state: true },
    strength: { state: true },
  };

  declare private first: string;
  declare private second: string;
  declare private shown: boolean;
  declare private suggested: string | undefined;
  declare private strength: Strength | undefined;

  constructor() {
    super();
    this.clear();
    this.shown = false;
  }

  /** What was typed twice, or why it cannot be taken. */
  get chosen(): { readonly passphrase: string } | { readonly problem: () => string } {
    const [passphrase, again] = [this.first, this.second].map((typed) =>
      canonicalPassphrase(normalisePassphrase(typed)),
    );
    if (passphrase === undefined || Array.from(passphrase).length < SHORTEST) {
      return {
        problem: () => gettext("Use at least 8 characters: a shorter one is quickly guessed."),
      };
    }
    if (passphrase !== again) {
      return {
        problem: () => gettext("The two are not the same. Nothing was made yet: type them again."),
      };
    }
    return { passphrase: this.first };
  }

  clear(): void {
    this.first = "";
    this.second = "";
    this.suggested = undefined;
    this.strength = undefined;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.clear();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    return html`
      ${passphraseField({
        id: "passphrase",
        label: marked(() => gettext("Passphrase")),
        value: this.first,
        shown: this.shown,
        hint: marked(() =>
          gettext("At least 8 characters. Several words that nobody would guess are best."),
        ),
        input: (value) => {
          this.first = value;
          void this.estimate();
        },
      })}
      ${this.meter()}
      ${
        this.suggested === undefined
          ? html`<p>
              <button class="button" type="button" @click=${this.suggest}>
                ${marked(() => gettext("Suggest one"))}
              </button>
            </p>`
          : html`<p class="secret"><bdi dir="ltr">${formatDigits(this.suggested)}</bdi></p>
              <p class="hint">
                ${marked(() =>
                  gettext(
                    "It stands in the field above already. Learn it, or write it down and keep it where nobody looks. Then type it again below.",
                  ),
                )}
              </p>`
      }
      ${passphraseField({
        id: "passphrase-again",
        label: marked(() => gettext("The same passphrase again")),
        value: this.second,
        shown: this.shown,
        input: (value) => (this.second = value),
      })}
      ${showToggle(
        this.shown,
        marked(() => gettext("Show what I type")),
        () => (this.shown = !this.shown),
      )}
    `;
  }

  /** The words say it all; the bar is for the eye only. */
  private meter(): TemplateResult {
    const { strength } = this;
    const level = strength === undefined ? 0 : STRENGTHS.indexOf(strength) + 1;
    return html`<div class="strength">
      ${
        strength === undefined
          ? nothing
          : html`<meter min="0" max=${STRENGTHS.length} value=${level} aria-hidden="true"></meter>`
      }
      <p role="status">${strength === undefined ? "" : marked(() => strengthName(strength))}</p>
    </div>`;
  }

  private async estimate(): Promise<void> {
    const asked = this.first;
    if (asked === "") {
      this.strength = undefined;
      return;
    }
    // Where that part is not on the phone, a passphrase can be chosen all the same.
    const loaded = await import("../strength/estimate.ts").catch(() => undefined);
    if (asked === this.first) this.strength = loaded?.strengthOf(normalisePassphrase(asked));
  }

  private readonly suggest = (): void => {
    this.suggested = suggestPassphrase(randomBytes);
    this.first = this.suggested;
    this.second = "";
    void this.estimate();
  };
}

customElements.define("passphrase-choice", PassphraseChoice);
