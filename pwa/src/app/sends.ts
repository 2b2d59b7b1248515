/** Over what something is sent by itself, as a choice. */
import { html, nothing, type TemplateResult } from "lit";

import { gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import type { Sends } from "../sync/index.ts";

const CHOICES: readonly Sends[] = ["always", "saver", "wifi"];

export function sendsField(
  chosen: Sends | undefined,
  choose: (sends: Sends) => void,
  hint?: string | TemplateResult,
): TemplateResult {
  return html`<fieldset class="field">
    <legend>${marked(() => gettext("Send by itself"))}</legend>
    <div class="choices">
      ${CHOICES.map(
        (each) =>
          html`<label class="choice">
            <input
              type="radio"
              name="sends"
              autocomplete="off"
              .checked=${each === chosen}
              @change=${() => choose(each)}
            />
            <span>${marked(() => sendsName(each))}</span>
          </label>`,
      )}
    </div>
    ${hint === undefined ? nothing : html`<p class="hint">${hint}</p>`}
  </fieldset>`;
}

function sendsName(sends: Sends): string {
  switch (sends) {
    case "always":
      return gettext("Over any connection");
    case "saver":
      return gettext("Not while the phone saves data");
    case "wifi":
      return gettext("Over Wi-Fi only");
  }
}
