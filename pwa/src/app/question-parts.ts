/** What all of a form's questions have: a label, a hint, what is wrong. */
import { html, nothing, type TemplateResult } from "lit";

import type { Choice, Field, Problem, Value } from "../forms/index.ts";
import { gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import { formText } from "./form-text.ts";
import type { LoadedForm } from "./pack.ts";
import { problemSentence } from "./problems.ts";

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
  /** How often a repeat is shown, where somebody asked for one more. */
  readonly shown: ReadonlyMap<string, number>;
  readonly show: (repeat: Field, times: number) => void;
  readonly takeOut: (repeat: Field, at: number) => void;
  /** What stands below a question besides, to look something up. */
  readonly beside: (name: string) => TemplateResult | typeof nothing;
}

/** With the choices that the filters let through, as things are answered now. */
export interface Asked extends Asking {
  readonly choices: (name: string) => readonly Choice[];
}

export function label({ label: text, required }: Field, { form, lang }: Asking): TemplateResult {
  return html`${formText(text, form, lang)}
  ${required ? html`<small class="hint">${marked(() => gettext("needed"))}</small>` : nothing}`;
}

export function hint(
  { name, hint: text }: Field,
  { form, lang }: Asking,
): TemplateResult | typeof nothing {
  if (text === "") return nothing;
  return html`<p class="hint" id=${`h-${name}`}>${formText(text, form, lang)}</p>`;
}

export function problem(field: Field, asking: Asking): TemplateResult | typeof nothing {
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

export function fieldClass({ name }: Field, asking: Asking): string {
  return asking.problem(name) === undefined ? "field" : "field field--wrong";
}

export function describedBy(name: string): string {
  return `h-${name} p-${name}`;
}

export function onInput(take: (text: string) => void): (event: InputEvent) => void {
  return ({ target }) => {
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) {
      take(target.value);
    }
  };
}
