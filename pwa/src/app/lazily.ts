/** A screen whose code is loaded when somebody goes there. */
import { html, nothing, type TemplateResult } from "lit";
import { until } from "lit/directives/until.js";

import { marked } from "../i18n/marked.ts";
import { unloaded } from "./faults.ts";

/** What `show` makes of the loaded part; a sentence where it is neither on the phone nor to be had. */
export function lazily<Part>(
  loading: Promise<Part>,
  show: (part: Part) => TemplateResult,
): TemplateResult {
  const missing = (): TemplateResult =>
    html`<p class="caution" role="alert">${marked(() => unloaded())}</p>`;
  return html`${until(loading.then(show, missing), nothing)}`;
}
