/** The answers of a form that could tell who somebody is, and why each is asked all the same. */
import { html, nothing, type TemplateResult } from "lit";

import { answerable } from "../../forms/index.ts";
import { gettext, locale } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { formText } from "../form-text.ts";
import type { Converted, Why } from "./converting.ts";

export interface Reasons {
  /** By field, as they are typed. */
  readonly reasons: ReadonlyMap<string, string>;
  /** Publishing was tried without one of them. */
  readonly isMissing: boolean;
  readonly type: (field: string, reason: string) => void;
}

export function pointedOut(
  { form, language, pointed }: Converted,
  { reasons, isMissing, type }: Reasons,
): TemplateResult {
  const fields = new Map(answerable(form.fields).map((field) => [field.name, field]));
  const lang = language === locale() ? undefined : language;
  return html`<section>
    <h2>${marked(() => gettext("These answers could tell who somebody is"))}</h2>
    <p>
      ${marked(() => gettext("Take these questions out, or write why each of them is needed."))}
    </p>
    ${pointed.map(({ field: name, why }) => {
      const label = fields.get(name)?.label ?? "";
      return html`<div class="field">
        <p id=${`asks-${name}`}>
          <strong>${label === "" ? html`<bdi>${name}</bdi>` : formText(label, form, lang)}</strong
          ><br />
          <span class="hint">${marked(() => whySentence(why))}</span>
        </p>
        <label for=${`why-${name}`}>${marked(() => gettext("Why it is needed"))}</label>
        <input
          id=${`why-${name}`}
          class="input"
          type="text"
          dir="auto"
          maxlength="280"
          autocomplete="off"
          aria-describedby=${`asks-${name}`}
          .value=${reasons.get(name) ?? ""}
          @input=${({ target }: Event) => {
            if (!(target instanceof HTMLInputElement)) return;
            type(name, target.value);
          }}
        />
      </div>`;
    })}
    <div role="alert">
      ${
        isMissing
          ? html`<p class="caution">
              ${marked(() => gettext("Not published yet: a reason is missing."))}
            </p>`
          : nothing
      }
    </div>
  </section>`;
}

function whySentence(why: Why): string {
  switch (why) {
    case "name":
      return gettext("It may hold a name.");
    case "number":
    case "document":
      return gettext("It may hold a number that leads to somebody.");
    case "address":
      return gettext("It may hold an address.");
    case "birth":
      return gettext("It may hold a date of birth.");
    case "day":
      return gettext("It holds an exact day.");
    case "text":
      return gettext("Anything may be written into it.");
  }
}
