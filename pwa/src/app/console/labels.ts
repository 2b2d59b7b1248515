/** What questions and answers are called, in the newest version of the form that has them. */
import type { TemplateResult } from "lit";

import { NO_ANSWER, WEEK } from "../../counts/index.ts";
import { answerable, choicesOf } from "../../forms/index.ts";
import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { formText } from "../form-text.ts";
import type { LoadedForm } from "../pack.ts";
import { weekName } from "../weeks.ts";

type Shown = string | TemplateResult;
interface Label {
  readonly text: string;
  readonly loaded: LoadedForm;
}

export class Labels {
  readonly #questions = new Map<string, Label>();
  /** By question, then by answer. */
  readonly #answers = new Map<string, Map<string, Label>>();

  constructor(forms: readonly LoadedForm[]) {
    const newest = [...forms].sort((a, b) => (a.form.version < b.form.version ? 1 : -1));
    for (const loaded of newest) {
      for (const field of answerable(loaded.form.fields)) {
        const { name, label } = field;
        if (!this.#questions.has(name)) this.#questions.set(name, { text: label, loaded });
        const answers = this.#answers.get(name) ?? new Map<string, Label>();
        for (const choice of choicesOf(loaded.form, field)) {
          if (!answers.has(choice.name)) answers.set(choice.name, { text: choice.label, loaded });
        }
        this.#answers.set(name, answers);
      }
    }
  }

  question(name: string): Shown {
    return shown(this.#questions.get(name), name);
  }

  answer(question: string, row: string): Shown {
    if (row === NO_ANSWER) return marked(() => gettext("No answer"));
    if (question === WEEK) return marked(() => weekName(row));
    return shown(this.#answers.get(question)?.get(row), row);
  }

  /** As `question`, where there can be no markup. */
  plainQuestion(name: string): string {
    return this.#questions.get(name)?.text ?? name;
  }

  /** As `answer`, where there can be no markup. */
  plainAnswer(question: string, row: string): string {
    if (row === NO_ANSWER) return gettext("No answer");
    return this.#answers.get(question)?.get(row)?.text ?? row;
  }
}

function shown(label: Label | undefined, name: string): Shown {
  return label === undefined ? name : formText(label.text, label.loaded.form, label.loaded.lang);
}
