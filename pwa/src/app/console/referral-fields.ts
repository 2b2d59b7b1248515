/** The fields in which a coordinator writes one referral contact down. */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Referral } from "../referrals.ts";
import { type Cell, CELLS, LONGEST, NEEDED, type Slip } from "./referral-list.ts";

export interface ReferralFields {
  /** Kinds of service as the form calls them; with none of them a kind is typed. */
  readonly kinds: ReadonlyMap<string, string>;
  /** What is wrong with it. */
  readonly slips: ReadonlyMap<Cell, Slip>;
  readonly type: (cell: Cell, text: string) => void;
}

export function referralFields(now: Referral, fields: ReferralFields): TemplateResult {
  return html`${CELLS.map((cell) => field(cell, now[cell], fields))}`;
}

function field(cell: Cell, value: string, fields: ReferralFields): TemplateResult {
  const slip = fields.slips.get(cell);
  return html`<div class=${slip === undefined ? "field" : "field field--wrong"}>
    <label for=${cell}>${marked(() => cellName(cell))}</label>
    ${
      slip === undefined
        ? nothing
        : html`<p class="error" id=${`${cell}-error`}>${marked(() => slipSentence(slip, cell))}</p>`
    }
    ${cell === "kind" && fields.kinds.size > 0 ? choice(value, fields) : line(cell, value, fields)}
  </div>`;
}

function line(cell: Cell, value: string, { slips, type }: ReferralFields): TemplateResult {
  const isWrong = slips.has(cell);
  return html`<input
    id=${cell}
    class="input"
    type=${cell === "phone" ? "tel" : "text"}
    dir=${cell === "phone" ? "ltr" : "auto"}
    autocomplete="off"
    spellcheck="false"
    aria-required=${NEEDED.includes(cell) ? "true" : nothing}
    aria-invalid=${isWrong ? "true" : nothing}
    aria-describedby=${isWrong ? `${cell}-error` : nothing}
    .value=${live(value)}
    @input=${({ target }: Event) => {
      if (target instanceof HTMLInputElement) type(cell, target.value);
    }}
  />`;
}

/** Those that the form asks about, so that it leads to this contact; and one that stands here already. */
function choice(value: string, { kinds, slips, type }: ReferralFields): TemplateResult {
  const isWrong = slips.has("kind");
  const names = [...new Set(["", ...kinds.keys(), value])];
  return html`<select
    id="kind"
    class="input"
    autocomplete="off"
    aria-required="true"
    aria-invalid=${isWrong ? "true" : nothing}
    aria-describedby=${isWrong ? "kind-error" : nothing}
    @change=${({ target }: Event) => {
      if (target instanceof HTMLSelectElement) type("kind", target.value);
    }}
  >
    ${names.map(
      (name) =>
        html`<option value=${name} ?selected=${name === value}>${kinds.get(name) ?? name}</option>`,
    )}
  </select>`;
}

function cellName(cell: Cell): string {
  switch (cell) {
    case "service":
      return gettext("Who helps");
    case "kind":
      return gettext("Kind of help");
    case "area":
      return gettext("Where they help");
    case "phone":
      return gettext("Telephone number");
    case "hours":
      return gettext("When they answer");
    case "note":
      return gettext("What workers should know");
  }
}

function slipSentence(slip: Slip, cell: Cell): string {
  switch (slip) {
    case "empty":
      return cell === "kind" ? gettext("Choose an answer here.") : gettext("Write an answer here.");
    case "too-long":
      return ngettext(
        "Write at most {count} character.",
        "Write at most {count} characters.",
        LONGEST,
      );
    case "no-number":
      return gettext("Write one number that can be called, in figures.");
  }
}
