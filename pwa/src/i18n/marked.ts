/** Text in a Lit template, marked as English where nobody has translated it yet. */
import { html, type TemplateResult } from "lit";

import { heard } from "./messages.ts";

/** `${marked(() => gettext("…"))}`; in attributes, call `gettext` alone. */
export function marked(say: () => string): string | TemplateResult {
  const { text, lang } = heard(say);
  if (lang === undefined) return text;
  const mark = html`<small class="mark">${lang.toUpperCase()}</small>`;
  return html`<span class="fallback" lang=${lang} dir="ltr">${text} ${mark}</span>`;
}
