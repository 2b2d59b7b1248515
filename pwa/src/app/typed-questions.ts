/** Questions that are answered by typing, or by the phone's own calendar and clock. */
import { html, type TemplateResult } from "lit";
import type { DirectiveResult } from "lit/directive.js";
import { live } from "lit/directives/live.js";

import { type Field, LONGEST_TEXT, type Value } from "../forms/index.ts";
import { asciiDigits, formatNumber, gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import { decimalText } from "./answer-text.ts";
import { decimalOf } from "./answering.ts";
import { roomSentence } from "./problems.ts";
import {
  type Asking,
  describedBy,
  fieldClass,
  hint,
  label,
  onInput,
  problem,
} from "./question-parts.ts";
import { typed } from "./typing.ts";
import { weekAfter, weekName } from "./weeks.ts";

export function numberQuestion(field: Field, asking: Asking): TemplateResult {
  const value = asking.value(field.name);
  const shown =
    typeof value === "number" ? formatNumber(value, { useGrouping: false }) : String(value ?? "");
  return figures(field, asking, { keys: "numeric", shown: live(shown), read: numberOf });
}

/** What is typed stays as it is until the field is left; then it stands there as it was understood. */
export function decimalQuestion(field: Field, asking: Asking): TemplateResult {
  const shown = typed(asking.value(field.name));
  return figures(field, asking, { keys: "decimal", shown, read: decimalOf, left: settle });
}

/** The platform's own calendar, or clock: it gives, and takes, what a record holds. */
export function momentQuestion(field: Field, asking: Asking): TemplateResult {
  return labelled(
    field,
    asking,
    html`<input
      id=${`i-${field.name}`}
      class="input"
      type=${field.type === "date" ? "date" : "time"}
      autocomplete="off"
      aria-describedby=${describedBy(field.name)}
      .value=${live(String(asking.value(field.name) ?? ""))}
      @change=${onInput((text) => asking.answer(field.name, text === "" ? undefined : text))}
    />`,
  );
}

export function textQuestion(field: Field, asking: Asking): TemplateResult {
  const value = String(asking.value(field.name) ?? "");
  return labelled(
    field,
    asking,
    html`<p class="caution">
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
      </p>`,
  );
}

export function weekQuestion(field: Field, asking: Asking): TemplateResult {
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

interface Figures {
  /** Which keys the phone offers. */
  readonly keys: "numeric" | "decimal";
  readonly shown: DirectiveResult;
  readonly read: (text: string) => Value | undefined;
  readonly left?: (event: Event) => void;
}

function figures(
  field: Field,
  asking: Asking,
  { keys, shown, read, left }: Figures,
): TemplateResult {
  return labelled(
    field,
    asking,
    html`<input
      id=${`i-${field.name}`}
      class="input"
      type="text"
      inputmode=${keys}
      autocomplete="off"
      spellcheck="false"
      aria-describedby=${describedBy(field.name)}
      .value=${shown}
      @input=${onInput((text) => asking.answer(field.name, read(text)))}
      @change=${left}
    />`,
  );
}

/** `control` has the id `i-` and the field's name, and is described by what stands around it. */
function labelled(field: Field, asking: Asking, control: TemplateResult): TemplateResult {
  return html`<div class=${fieldClass(field, asking)} id=${`q-${field.name}`}>
    <label for=${`i-${field.name}`}>${label(field, asking)}</label>
    ${hint(field, asking)} ${control} ${problem(field, asking)}
  </div>`;
}

function settle({ target }: Event): void {
  if (!(target instanceof HTMLInputElement)) return;
  const value = decimalOf(target.value);
  if (typeof value === "string") target.value = decimalText(value);
}

/** In whatever digits it was typed; what is no whole number is kept as typed, and is a problem. */
function numberOf(text: string): Value | undefined {
  const plain = asciiDigits(text).trim();
  if (plain === "") return undefined;
  return /^[0-9]{1,15}$/.test(plain) ? Number(plain) : text;
}
