/** A form's own text, marked where it stands in another language than the page. */
import { html, type TemplateResult } from "lit";

import type { Form } from "../forms/index.ts";

/** `lang`: of the whole form, where the page's own could not be had. */
export function formText(
  text: string,
  { fallback, source = "en" }: Form,
  lang: string | undefined,
): string | TemplateResult {
  if (lang === undefined && !fallback.has(text)) return text;
  const own = lang ?? source;
  return html`<span class="fallback" lang=${own} dir=${own === "en" ? "ltr" : "auto"}
    >${text}</span
  >`;
}
