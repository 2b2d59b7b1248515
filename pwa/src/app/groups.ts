/** A form's questions in their groups; the groups that a plain contact does not need stay closed. */
import { html, nothing, type TemplateResult } from "lit";

import { type Field, type Form, keyOf, MOST_REPEATS, Relevance, walk } from "../forms/index.ts";
import { formatNumber, gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import { answeredIn, type Answers } from "./answering.ts";
import { formText } from "./form-text.ts";
import type { Asked, Asking } from "./question-parts.ts";
import { question } from "./questions.ts";

/** The first groups of a form are what everybody is asked; the others wait until they are opened. */
const OPEN_GROUPS = 2;

/** `only`: some questions alone, outside their groups. */
export function formQuestions(
  asking: Asking,
  answers: Answers,
  only?: readonly Field[],
): readonly unknown[] {
  const { form } = asking;
  // The first time stands there to be answered; without an answer it is not kept.
  const repeats = walk(form.fields).filter(({ type }) => type === "repeat");
  const shown = new Map(repeats.map(({ name }) => [name, asking.shown.get(name) ?? 1]));
  const asked = new Relevance(form, answers, undefined, shown);
  const now: Asked = { ...asking, choices: (key) => asked.choices(key) };
  if (only !== undefined) return only.map((field) => question(field, now));

  function item(field: Field, at = 0): TemplateResult | typeof nothing {
    const key = keyOf(field.name, at);
    if (!asked.isRelevant(key)) return nothing;
    if (field.type === "group") return group(field, at);
    // A question in a repeat is asked, and answered, under the name that its record gives it.
    return field.type === "repeat" ? repeat(field) : question({ ...field, name: key }, now);
  }

  function repeat(field: Field): TemplateResult {
    const times = asked.times(field);
    const isFree = field.repeat_count === undefined;
    return html`<section class="group" id=${`q-${field.name}`}>
      <h2>${formText(field.label, form, asking.lang)}</h2>
      ${Array.from({ length: times }, (_, at) => time(field, at + 1))}
      ${
        isFree && times < MOST_REPEATS
          ? html`<button class="button" type="button" @click=${() => asking.show(field, times + 1)}>
              ${
                // Translators: of what a form asks for several times, such as each child.
                marked(() => gettext("Add one"))
              }
            </button>`
          : nothing
      }
    </section>`;
  }

  function time(field: Field, at: number): TemplateResult {
    return html`<fieldset class="field" id=${`q-${keyOf(field.name, at)}`}>
      <legend>${formText(field.label, form, asking.lang)} <bdi>${formatNumber(at)}</bdi></legend>
      ${field.fields.map((each) => item(each, at))}
      ${
        field.repeat_count === undefined
          ? html`<button
              class="button button--quiet"
              type="button"
              @click=${() => asking.takeOut(field, at)}
            >
              ${marked(() => gettext("Take this one out"))}
            </button>`
          : nothing
      }
    </fieldset>`;
  }

  function group(field: Field, at: number): TemplateResult {
    const isOpen = startsOpen(field, form);
    const answered = answeredIn(field, answers);
    return html`<details class="group" id=${`q-${keyOf(field.name, at)}`} ?open=${isOpen}>
      <summary>
        <h2>${formText(field.label, form, asking.lang)}</h2>
        ${
          answered === 0 || isOpen
            ? nothing
            : html`<span class="count">${formatNumber(answered)}</span>`
        }
      </summary>
      ${field.fields.map((each) => item(each, at))}
    </details>`;
  }

  return form.fields.map((field) => item(field));
}

/** Closed at first, too: a group that only some answers bring up, or that the form calls `compact`. */
function startsOpen(group: Field, { fields }: Form): boolean {
  const outer = fields.filter(({ type }) => type === "group");
  const isLater = outer.indexOf(group) >= OPEN_GROUPS;
  return !isLater && group.relevant === undefined && group.appearance !== "compact";
}
