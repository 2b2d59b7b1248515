/** A form's questions in their groups; the groups that a plain contact does not need stay closed. */
import { html, nothing, type TemplateResult } from "lit";

import { type Field, type Form, Relevance } from "../forms/index.ts";
import { formatNumber } from "../i18n/index.ts";
import { answeredIn, type Answers } from "./answering.ts";
import { formText } from "./form-text.ts";
import { type Asking, question } from "./questions.ts";

/** The first groups of a form are what everybody is asked; the others wait until they are opened. */
const OPEN_GROUPS = 2;

/** `only`: some questions alone, outside their groups. */
export function formQuestions(
  asking: Asking,
  answers: Answers,
  only?: readonly Field[],
): readonly unknown[] {
  if (only !== undefined) return only.map((field) => question(field, asking));
  const { form } = asking;
  const asked = new Relevance(form, answers);

  function item(field: Field): TemplateResult | typeof nothing {
    if (!asked.isRelevant(field.name)) return nothing;
    return field.type === "group" ? group(field) : question(field, asking);
  }

  function group(field: Field): TemplateResult {
    const isOpen = startsOpen(field, form);
    const answered = answeredIn(field, answers);
    return html`<details class="group" id=${`q-${field.name}`} ?open=${isOpen}>
      <summary>
        <h2>${formText(field.label, form, asking.lang)}</h2>
        ${
          answered === 0 || isOpen
            ? nothing
            : html`<span class="count">${formatNumber(answered)}</span>`
        }
      </summary>
      ${field.fields.map(item)}
    </details>`;
  }

  return form.fields.map(item);
}

/** Closed at first, too: a group that only some answers bring up, or that the form calls `compact`. */
function startsOpen(group: Field, { fields }: Form): boolean {
  const outer = fields.filter(({ type }) => type === "group");
  const isLater = outer.indexOf(group) >= OPEN_GROUPS;
  return !isLater && group.relevant === undefined && group.appearance !== "compact";
}
