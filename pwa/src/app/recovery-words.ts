/** What is said of a recovery key as it was typed, and of a group of digits with a slip in it; the field itself. */
import { html, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import { parseRecovery } from "../vault/index.ts";

/** The check digit of that group does not fit. */
export function slipIn(group: number): () => string {
  // Translators: {number} is the number of one of several groups of digits.
  return () => gettext("There is a slip in part {number}. Look at it again.", { number: group });
}

/** The key's bytes, or why these digits are none. */
export function readRecovery(
  typed: string,
): { readonly key: Uint8Array<ArrayBuffer> } | { readonly problem: () => string } {
  const parsed = parseRecovery(typed);
  if ("key" in parsed) return parsed;
  return { problem: parsed.group === undefined ? notWhole : slipIn(parsed.group) };
}

export function recoveryField(value: string, input: (typed: string) => void): TemplateResult {
  return html`<div class="field">
    <label for="recovery">${marked(() => gettext("Recovery key"))}</label>
    <textarea
      id="recovery"
      class="input input--code"
      rows="4"
      inputmode="numeric"
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      dir="ltr"
      .value=${live(value)}
      @input=${({ target }: InputEvent) => {
        if (target instanceof HTMLTextAreaElement) input(target.value);
      }}
    ></textarea>
  </div>`;
}

function notWhole(): string {
  return gettext("The recovery key is not whole: it has ten parts of six digits.");
}
