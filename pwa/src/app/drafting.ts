/** The line under what is being typed: kept or not, and why. */
import { html, type TemplateResult } from "lit";

import { gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import type { Drafts } from "../vault/index.ts";
import { vaultSentence } from "./faults.ts";

export function draftLine({ trouble }: Drafts, typed: boolean): TemplateResult {
  const code = trouble.value;
  if (code !== undefined) {
    return html`<p class="caution" role="status">${marked(() => vaultSentence(code))}</p>`;
  }
  return html`<p class="hint" role="status">
    ${typed ? marked(() => gettext("Kept as a draft as you type.")) : ""}
  </p>`;
}
