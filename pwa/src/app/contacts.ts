/** Contacts as they are shown in lists and lines. */
import { html, nothing, type TemplateResult } from "lit";

import { formatNumber, gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import type { ContactSummary, Engine, SyncStatus } from "../sync/index.ts";
import type { Id } from "../vault/index.ts";
import { dayOf, stateClass, stateName, statusNotes, statusSentence } from "./states.ts";

/** On every screen where this vault is for practice only. */
export function practiceStripe(): TemplateResult {
  return html`<p class="stripe">
    ${marked(() => gettext("Practice: made-up contacts only. They are never counted."))}
  </p>`;
}

export function isPracticeOnly({ enrolments }: Engine): boolean {
  return enrolments.value.length > 0 && enrolments.value.every(({ practice }) => practice);
}

/** Above what belongs to a practice programme, in a vault that has another one too. */
export function stripeOf(engine: Engine, enrolment: Id): TemplateResult | typeof nothing {
  const own = engine.enrolments.value.some(({ id, practice }) => id === enrolment && practice);
  return own && !isPracticeOnly(engine) ? practiceStripe() : nothing;
}

/** Says how many contacts are where; heard by screen readers when it changes. */
export function statusLine(status: SyncStatus): TemplateResult {
  const sent = formatNumber(status.lastCounter);
  return html`<div class="status" role="status">
    <p class="counts">${marked(() => statusSentence(status))}</p>
    ${statusNotes(status).map((_, at) => html`<p>${marked(() => statusNotes(status)[at] ?? "")}</p>`)}
    ${
      status.lastCounter === 0 || status.waiting > 0 || status.attention > 0
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
  titles: ReadonlyMap<Id, string>,
  open: (contact: Id) => void,
): TemplateResult | typeof nothing {
  if (contacts.length === 0) return nothing;
  return html`<ul class="cards">
    ${contacts.map(({ id, saved, state }) => {
      const day = dayOf(saved);
      return html`<li>
        <button class="card" type="button" @click=${() => open(id)}>
          ${contactName(titles.get(id), day)}
          <span class=${stateClass(state)}>${marked(() => stateName(state))}</span>
        </button>
      </li>`;
    })}
  </ul>`;
}

function contactName(title: string | undefined, day: string): TemplateResult {
  if (title === undefined) {
    return html`<p>${marked(() => gettext("Contact, {day}", { day }))}</p>`;
  }
  return html`<p><strong>${title}</strong></p>
    <p class="hint">${day}</p>`;
}
