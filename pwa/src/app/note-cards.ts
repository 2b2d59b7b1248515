/** Notes as cards: the first line and the day of the last change. */
import { html, type TemplateResult } from "lit";

import { gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import type { Id, NoteSummary } from "../vault/index.ts";
import { dayOf } from "./states.ts";

export function noteCards(notes: readonly NoteSummary[], open: (note: Id) => void): TemplateResult {
  return html`<ul class="cards">
    ${notes.map(
      ({ id, title, changed, damaged }) =>
        html`<li>
          <button class="card" type="button" ?disabled=${damaged} @click=${() => open(id)}>
            <span class="title" dir="auto">
              ${damaged ? marked(() => gettext("This note cannot be read any more.")) : title}
            </span>
            <span class="hint">${dayOf(changed)}</span>
          </button>
        </li>`,
    )}
  </ul>`;
}
