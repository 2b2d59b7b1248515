/** A form's questions as they are drawn: large, one thumb, nothing that the browser would remember. */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import type { Choice, Field, Value } from "../forms/index.ts";
import { gettext, pgettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import { answerText } from "./answer-text.ts";
import { formText } from "./form-text.ts";
import {
  type Asked,
  describedBy,
  fieldClass,
  hint,
  label,
  onInput,
  problem,
} from "./question-parts.ts";
import {
  decimalQuestion,
  momentQuestion,
  numberQuestion,
  textQuestion,
  weekQuestion,
} from "./typed-questions.ts";

/** So many choices are seen at a glance; more go into the phone's own list. */
const SHORT_LIST = 8;
/** Beyond so many one searches sooner than one reads. */
const LONG_LIST = 20;
/** How many of a long list are shown at once. */
const FOUND = 8;

export function question(field: Field, asking: Asked): TemplateResult {
  const value = asking.value(field.name);
  if (value !== undefined && asking.isFolded(field.name)) return folded(field, value, asking);
  switch (field.type) {
    case "note":
      return html`<p class="notice">${formText(field.label, asking.form, asking.lang)}</p>`;
    case "select_one": {
      const { length } = asking.choices(field.name);
      const fitsList = length > SHORT_LIST && length <= LONG_LIST && field.appearance !== "minimal";
      return fitsList ? listQuestion(field, asking) : choiceQuestion(field, asking);
    }
    case "select_multiple":
      return choiceQuestion(field, asking);
    case "integer":
      return numberQuestion(field, asking);
    case "decimal":
      return decimalQuestion(field, asking);
    case "date":
    case "time":
      return momentQuestion(field, asking);
    case "text":
      return field.appearance === "week"
        ? weekQuestion(field, asking)
        : textQuestion(field, asking);
    case "calculate":
    case "group":
    case "repeat":
      return html``;
  }
}

function folded(field: Field, value: Value, asking: Asked): TemplateResult {
  const { name } = field;
  return html`<div class="field" id=${`q-${name}`}>
    <button class="card" type="button" @click=${() => asking.unfold(name)}>
      <strong>${formText(field.label, asking.form, asking.lang)}</strong><br />
      ${answerText(value, field, asking.form)}
      <small class="hint">
        ${
          // Translators: on a question that is answered already; pressing it opens the question.
          marked(() => pgettext("button", "Change"))
        }
      </small>
    </button>
  </div>`;
}

function listQuestion(field: Field, asking: Asked): TemplateResult {
  const { name } = field;
  const value = asking.value(name);
  return html`<div class=${fieldClass(field, asking)} id=${`q-${name}`}>
    <label for=${`i-${name}`}>${label(field, asking)}</label>
    ${hint(field, asking)}
    <select
      id=${`i-${name}`}
      class="input"
      autocomplete="off"
      aria-describedby=${describedBy(name)}
      @change=${({ target }: Event) => {
        if (!(target instanceof HTMLSelectElement)) return;
        asking.answer(name, target.value === "" ? undefined : target.value);
      }}
    >
      <option value="" ?selected=${value === undefined}>${gettext("No answer")}</option>
      ${asking
        .choices(name)
        .map(
          (choice) =>
            html`<option value=${choice.name} ?selected=${value === choice.name}>
              ${choice.label}
            </option>`,
        )}
    </select>
    ${problem(field, asking)} ${asking.beside(name)}
  </div>`;
}

function choiceQuestion(field: Field, asking: Asked): TemplateResult {
  const { name, type, required, appearance } = field;
  const all = asking.choices(name);
  const isLong = appearance === "minimal" || all.length > LONG_LIST;
  const shown = isLong ? filtered(all, asking.filter(name), chosenIn(asking.value(name))) : all;
  const canClear = type === "select_one" && !required && asking.value(name) !== undefined;
  return html`<fieldset
    class=${fieldClass(field, asking)}
    id=${`q-${name}`}
    aria-describedby=${describedBy(name)}
  >
    <legend>${label(field, asking)}</legend>
    ${hint(field, asking)} ${isLong ? searchBox(name, asking) : nothing}
    <div class="choices">${shown.map((choice) => choiceTemplate(field, choice, asking))}</div>
    ${
      canClear
        ? html`<button
            class="button button--quiet"
            type="button"
            @click=${() => asking.answer(name, undefined)}
          >
            ${
              // Translators: takes the answer to a question away again.
              marked(() => gettext("No answer"))
            }
          </button>`
        : nothing
    }
    ${problem(field, asking)} ${asking.beside(name)}
  </fieldset>`;
}

function choiceTemplate(field: Field, choice: Choice, asking: Asked): TemplateResult {
  const { name, type } = field;
  const chosen = chosenIn(asking.value(name));
  const isChosen = chosen.includes(choice.name);
  const toggle = (): void => {
    if (type === "select_one") asking.answer(name, choice.name);
    else asking.answer(name, toggled(chosen, choice.name, asking.choices(name)));
  };
  return html`<label class="choice">
    <input
      type=${type === "select_one" ? "radio" : "checkbox"}
      name=${`q-${name}`}
      autocomplete="off"
      .checked=${live(isChosen)}
      @change=${toggle}
    />
    <span>${formText(choice.label, asking.form, asking.lang)}</span>
  </label>`;
}

function searchBox(name: string, asking: Asked): TemplateResult {
  const say = gettext("Find in this list");
  return html`<input
    class="input"
    type="search"
    autocomplete="off"
    spellcheck="false"
    aria-label=${say}
    placeholder=${say}
    .value=${live(asking.filter(name))}
    @input=${onInput((text) => asking.setFilter(name, text))}
  />`;
}

function chosenIn(value: Value | undefined): readonly string[] {
  if (value === undefined || typeof value === "number") return [];
  return typeof value === "string" ? [value] : value;
}

/** In the list's own order, however they were pressed; nothing chosen is no answer. */
function toggled(
  chosen: readonly string[],
  name: string,
  all: readonly Choice[],
): readonly string[] | undefined {
  const wanted = chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name];
  const ordered = all.map((choice) => choice.name).filter((each) => wanted.includes(each));
  return ordered.length === 0 ? undefined : ordered;
}

/** What is chosen stays in sight, whatever is searched for. */
function filtered(
  all: readonly Choice[],
  text: string,
  chosen: readonly string[],
): readonly Choice[] {
  const plain = (words: string): string => words.normalize("NFKC").toLocaleLowerCase().trim();
  const found = all.filter(({ label: said }) => plain(said).includes(plain(text)));
  const shown = found.slice(0, FOUND);
  return all.filter((choice) => chosen.includes(choice.name) || shown.includes(choice));
}
