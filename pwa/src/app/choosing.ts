/** A new passphrase on a screen: what was chosen, and the form in which a place is made under it. */
import { html, type TemplateResult } from "lit";

import { gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import type { PassphraseChoice } from "./elements/passphrase-choice.ts";

export interface Chosen {
  readonly passphrase: string;
  /** Once it is used: it stays in no field. */
  readonly clear: () => void;
}

/** Of the screen's `<passphrase-choice>`; `undefined` where something is wrong with it, which `tell` is given. */
export function chosenIn(
  screen: Element,
  tell: (problem: () => string) => void,
): Chosen | undefined {
  const choice = screen.querySelector<PassphraseChoice>("passphrase-choice");
  if (choice === null) return undefined;
  const { chosen } = choice;
  if ("passphrase" in chosen) return { ...chosen, clear: () => choice.clear() };
  tell(chosen.problem);
  return undefined;
}

export function makingForm(
  label: () => string,
  { submit, fault, isBusy }: MakingForm,
): TemplateResult {
  return html`<form autocomplete="off" @submit=${submit}>
    <passphrase-choice></passphrase-choice>
    ${fault}
    <p role="status">
      ${isBusy ? marked(() => gettext("Making it. This takes a few seconds.")) : ""}
    </p>
    <button class="button button--primary" type="submit" ?disabled=${isBusy}>
      ${marked(label)}
    </button>
  </form>`;
}

export interface MakingForm {
  readonly submit: (event: SubmitEvent) => void;
  readonly fault: TemplateResult;
  readonly isBusy: boolean;
}
