/** Keepsakes in lists: a date as a card, and what is said of a list with nothing to show or with something damaged. */
import { html, nothing, type TemplateResult } from "lit";

import { formatDay, gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import type { Id, Keepsake, KeepsakeList } from "../vault/index.ts";
import { textOf } from "./keeping/fields.ts";
import { whenSentence } from "./reminders.ts";

/** `today`: `YYYY-MM-DD`. `name`: of the card's class. */
export function dateCard(
  { id, values }: Keepsake,
  today: string,
  open: (date: Id) => void,
  name = "card",
): TemplateResult {
  const date = textOf(values, "date");
  return html`<li>
    <button class=${name} type="button" @click=${() => open(id)}>
      <span class="title" dir="auto">${textOf(values, "name")}</span>
      <span class="hint"><bdi>${formatDay(date)}</bdi></span>
      <span class="hint">${marked(() => whenSentence(date, today))}</span>
    </button>
  </li>`;
}

/** `none`: what is said where there is none at all. */
export function keepsakeNews({ kept, damaged }: KeepsakeList, none: () => string): TemplateResult {
  return html`
    ${kept.length + damaged > 0 ? nothing : html`<p class="hint">${marked(none)}</p>`}
    ${
      damaged === 0
        ? nothing
        : html`<p class="caution">
            ${marked(() => gettext("This cannot be read on this phone any more. It is kept as it is."))}
          </p>`
    }
  `;
}
