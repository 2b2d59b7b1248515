/** A form's questions as they are drawn: large, one thumb, nothing that the browser would remember. */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import {
  type Choice,
  choicesOf,
  type Field,
  LONGEST_TEXT,
  type Problem,
  type Value,
} from "../forms/index.ts";
import { asciiDigits, formatNumber, gettext, pgettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import { answerText } from "./answer-text.ts";
import { formText } from "./form-text.ts";
import type { LoadedForm } from "./pack.ts";
import { problemSentence, roomSentence } from "./problems.ts";
import { weekAfter, weekName } from "./weeks.ts";

/** So many choices are seen at a glance; more go into the phone's own list. */
const SHORT_LIST = 8;
/** Beyond so many one searches sooner than one reads. */
const LONG_LIST = 20;
/** How many of a long list are shown at once. */
const FOUND = 8;

/** What a question needs of the form that it stands in. */
export interface Asking extends LoadedForm {
  readonly value: (name: string) => Value | undefined;
  readonly answer: (name: string, value: Value | undefined) => void;
  readonly problem: (name: string) => Problem | undefined;
  /** What another phone answered meanwhile, as people read it. */
  readonly elsewhere: (name: string) => string | undefined;
  /** What is typed above a long list to shorten it. */
  readonly filter: (name: string) => string;
  readonly setFilter: (name: string, text: string) => void;
  /** Answered already, and shown as one line until somebody wants to change it. */
  readonly isFolded: (name: string) => boolean;
  readonly unfold: (name: string) => void;
  /** What stands below a question besides, to look something up. */
  readonly beside: (name: string) => TemplateResult | typeof nothing;
}

export function question(field: Field, asking: Asking): TemplateResult {
  const value = asking.value(field.name);
  if (value !== undefined && asking.isFolded(field.name)) return folded(field, value, asking);
  switch (field.type) {
    case "note":
      return html`<p class="notice">${formText(field.label, asking.form, asking.lang)}</p>`;
    case "select_one": {
      const { length } = choicesOf(asking.form, field);
      const fitsList = length > SHORT_LIST && length <= LONG_LIST && field.appearance !== "minimal";
      return fitsList ? listQuestion(field, asking) : choiceQuestion(field, asking);
    }
    case "select_multiple":
      return choiceQuestion(field, asking);
    case "integer":
      return numberQuestion(field, asking);
    case "text":
      return field.appearance === "week"
        ? weekQuestion(field, asking)
        : textQuestion(field, asking);
    case "group":
      return html``;
  }
}

function folded(field: Field, value: Value, asking: Asking): TemplateResult {
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

function listQuestion(field: Field, asking: Asking): TemplateResult {
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
      ${choicesOf(asking.form, field).map(
        (choice) =>
          html`<option value=${choice.name} ?selected=${value === choice.name}>
            ${choice.label}
          </option>`,
      )}
    </select>
    ${problem(field, asking)} ${asking.beside(name)}
  </div>`;
}

function choiceQuestion(field: Field, asking: Asking): TemplateResult {
  const { name, type, required, appearance } = field;
  const all = choicesOf(asking.form, field);
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

function choiceTemplate(field: Field, choice: Choice, asking: Asking): TemplateResult {
  const { name, type } = field;
  const chosen = chosenIn(asking.value(name));
  const isChosen = chosen.includes(choice.name);
  const toggle = (): void => {
    if (type === "select_one") asking.answer(name, choice.name);
    else asking.answer(name, toggled(chosen, choice.name, choicesOf(asking.form, field)));
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

function searchBox(name: string, asking: Asking): TemplateResult {
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

function numberQuestion(field: Field, asking: Asking): TemplateResult {
  const value = asking.value(field.name);
  const shown =
    typeof value === "number" ? formatNumber(value, { useGrouping: false }) : String(value ?? "");
  return html`<div class=${fieldClass(field, asking)} id=${`q-${field.name}`}>
    <label for=${`i-${field.name}`}>${label(field, asking)}</label>
    ${hint(field, asking)}
    <input
      id=${`i-${field.name}`}
      class="input"
      type="text"
      inputmode="numeric"
      autocomplete="off"
      spellcheck="false"
      aria-describedby=${describedBy(field.name)}
      .value=${live(shown)}
      @input=${onInput((text) => asking.answer(field.name, numberOf(text)))}
    />
    ${problem(field, asking)}
  </div>`;
}

function textQuestion(field: Field, asking: Asking): TemplateResult {
  const value = String(asking.value(field.name) ?? "");
  return html`<div class=${fieldClass(field, asking)} id=${`q-${field.name}`}>
    <label for=${`i-${field.name}`}>${label(field, asking)}</label>
    ${hint(field, asking)}
    <p class="caution">
      ${marked(() => gettext("Never write what names someone: no name, number, address or exact date."))}
    </p>
    <textarea
      id=${`i-${field.name}`}
      class="input"
      rows=${field.appearance === "multiline" ? 4 : 2}
      dir="auto"
      autocomplete="off"
      spellcheck="false"
      aria-describedby=${describedBy(field.name)}
      .value=${live(value)}
      @input=${onInput((text) => asking.answer(field.name, text === "" ? undefined : text))}
    ></textarea>
    <p class="hint">${marked(() => roomSentence(LONGEST_TEXT - Array.from(value).length))}</p>
    <p class="hint">
      ${marked(() =>
        gettext(
          "Before it is saved, this phone looks for names, numbers, addresses and dates of birth. What it cannot see it cannot warn of.",
        ),
      )}
    </p>
    ${problem(field, asking)}
  </div>`;
}

function weekQuestion(field: Field, asking: Asking): TemplateResult {
  const { name } = field;
  const week = String(asking.value(name) ?? "");
  const step = (weeks: number) => () => asking.answer(name, weekAfter(week, weeks));
  return html`<div
    class=${fieldClass(field, asking)}
    id=${`q-${name}`}
    role="group"
    aria-labelledby=${`l-${name}`}
  >
    <p id=${`l-${name}`}><strong>${label(field, asking)}</strong></p>
    <p role="status">${marked(() => weekName(week))}</p>
    <div class="buttons">
      <button class="button button--quiet" type="button" @click=${step(-1)}>
        ${marked(() => gettext("A week earlier"))}
      </button>
      <button class="button button--quiet" type="button" @click=${step(1)}>
        ${marked(() => gettext("A week later"))}
      </button>
    </div>
    ${problem(field, asking)}
  </div>`;
}

function label({ label: text, required }: Field, { form, lang }: Asking): TemplateResult {
  return html`${formText(text, form, lang)}
  ${required ? html`<small class="hint">${marked(() => gettext("needed"))}</small>` : nothing}`;
}

function hint(
  { name, hint: text }: Field,
  { form, lang }: Asking,
): TemplateResult | typeof nothing {
  if (text === "") return nothing;
  return html`<p class="hint" id=${`h-${name}`}>${formText(text, form, lang)}</p>`;
}

function problem(field: Field, asking: Asking): TemplateResult | typeof nothing {
  const found = asking.problem(field.name);
  const answer = asking.elsewhere(field.name);
  if (found === undefined && answer === undefined) return nothing;
  return html`<div id=${`p-${field.name}`}>
    ${
      answer === undefined
        ? nothing
        : html`<p class="notice" dir="auto">
            ${marked(() => gettext("On the other phone: {answer}", { answer }))}
          </p>`
    }
    ${
      found === undefined
        ? nothing
        : html`<p class="error">${marked(() => problemSentence(found, field.type))}</p>`
    }
  </div>`;
}

function fieldClass({ name }: Field, asking: Asking): string {
  return asking.problem(name) === undefined ? "field" : "field field--wrong";
}

function describedBy(name: string): string {
  return `h-${name} p-${name}`;
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

/** In whatever digits it was typed; what is no whole number is kept as typed, and is a problem. */
function numberOf(text: string): Value | undefined {
  const typed = asciiDigits(text).trim();
  if (typed === "") return undefined;
  return /^[0-9]{1,15}$/.test(typed) ? Number(typed) : text;
}

function onInput(take: (text: string) => void): (event: InputEvent) => void {
  return ({ target }) => {
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) {
      take(target.value);
    }
  };
}
