/** Contacts as they are shown in lists and lines. */
import { html, nothing, type TemplateResult } from "lit";

import { formatNumber, gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import type { ContactSummary, SyncStatus } from "../sync/index.ts";
import type { Id } from "../vault/index.ts";
import { dayOf, stateClass, stateName, statusNotes, statusSentence } from "./states.ts";

/** Above whatever belongs to a practice programme. */
export function practiceStripe(): TemplateResult {
  return html`<p class="stripe">
    ${marked(() => gettext("Practice: made-up contacts only. They are never counted."))}
  </p>`;
}

/** Says how many contacts are where; heard by screen readers when it changes. */
export function statusLine(status: SyncStatus): TemplateResult {
  const sent = formatNumber(status.lastCounter);
  return html`<div class="status" role="status">
    <p class="counts">${marked(() => statusSentence(status))}</p>
    ${statusNotes(status).map((_, at) => html`<p>${marked(() => statusNotes(status)[at] ?? "")}</p>`)}
    ${
      status.lastCounter === 0
        ? nothing
        : html`<p class="hint">
            ${
              // Translators: {number} counts what this phone has sent; a coordinator sees the same number.
              marked(() =>
                gettext("Sent: {number}. Your coordinator should see the same number.", {
                  number: sent,
                }),
              )
            }
          </p>`
    }
  </div>`;
}

export function contactList(
  contacts: readonly ContactSummary[],
  open: (contact: Id) => void,
): TemplateResult | typeof nothing {
  if (contacts.length === 0) return nothing;
  return html`<ul class="cards">
    ${contacts.map(({ id, saved, state }) => {
      const day = dayOf(saved);
      return html`<li>
        <button class="card" type="button" @click=${() => open(id)}>
          <span class="title">${marked(() => gettext("Contact, {day}", { day }))}</span>
          <span class=${stateClass(state)}>${marked(() => stateName(state))}</span>
        </button>
      </li>`;
    })}
  </ul>`;
}
