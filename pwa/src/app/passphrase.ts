/**
 * One passphrase, with a way to see it. Attributes of the input keep it out of the browser's session
 * files (docs: security rule 2), of its spelling service and of the keyboard's memory.
 */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

export interface PassphraseField {
  readonly id: string;
  readonly label: string | TemplateResult;
  readonly value: string;
  readonly shown: boolean;
  readonly hint?: string | TemplateResult;
  readonly input: (value: string) => void;
}

export function passphraseField(field: PassphraseField): TemplateResult {
  return html`<div class="field">
    <label for=${field.id}>${field.label}</label>
    ${
      field.hint === undefined
        ? nothing
        : html`<p class="hint" id=${`${field.id}-hint`}>${field.hint}</p>`
    }
    <input
      id=${field.id}
      class="input"
      type=${field.shown ? "text" : "password"}
      autocomplete="off"
      autocapitalize="none"
      autocorrect="off"
      spellcheck="false"
      dir="auto"
      aria-describedby=${`${field.id}-hint`}
      .value=${live(field.value)}
      @input=${(event: InputEvent) => {
        if (event.target instanceof HTMLInputElement) field.input(event.target.value);
      }}
    />
  </div>`;
}

export function showToggle(
  shown: boolean,
  label: string | TemplateResult,
  toggle: () => void,
): TemplateResult {
  return html`<div class="choices">
    <label class="choice">
      <input type="checkbox" autocomplete="off" .checked=${live(shown)} @change=${toggle} />
      <span>${label}</span>
    </label>
  </div>`;
}
