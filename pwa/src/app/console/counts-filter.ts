/**
 * `<counts-filter>`: which contacts are counted, one answer after another. Properties: `table`, `labels`,
 * `answers`. Event: `filtered`, after which `answers` is what was chosen.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";

import { type ContactTable, type Filter, rowsOf } from "../../counts/index.ts";
import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Labels } from "./labels.ts";

type Answers = NonNullable<Filter["answers"]>;

export class CountsFilter extends LitElement {
  static override readonly properties = {
    table: { attribute: false },
    labels: { attribute: false },
    answers: { attribute: false },
    question: { state: true },
  };

  declare table: ContactTable;
  declare labels: Labels;
  declare answers: Answers;
  declare private question: string;

  constructor() {
    super();
    this.question = "";
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { table, question } = this;
    const asked = table.question(question);
    return html`
      ${this.chosen()}
      <div class="field">
        <label for="filter-question">${marked(() => gettext("Count only"))}</label>
        <select
          class="input"
          id="filter-question"
          autocomplete="off"
          @change=${(event: Event) => (this.question = valueOf(event))}
        >
          <option value="" .selected=${question === ""}>${gettext("All")}</option>
          ${table.questions.map(
            ({ name }) =>
              html`<option value=${name} .selected=${name === question}>
                ${this.labels.plainQuestion(name)}
              </option>`,
          )}
        </select>
        ${
          asked === undefined
            ? nothing
            : html`<select
                  class="input"
                  id="filter-answer"
                  autocomplete="off"
                  aria-label=${this.labels.plainQuestion(question)}
                >
                  <option value="" selected>…</option>
                  ${rowsOf(asked).map(
                    (row) =>
                      html`<option value=${`=${row}`}>
                        ${this.labels.plainAnswer(question, row)}
                      </option>`,
                  )}
                </select>
                <button
                  class="button"
                  type="button"
                  @click=${() => {
                    this.add(question);
                  }}
                >
                  ${marked(() => gettext("Add one"))}
                </button>`
        }
      </div>
    `;
  }

  /** Each can be taken away again. */
  private chosen(): TemplateResult | typeof nothing {
    if (this.answers.size === 0) return nothing;
    return html`<ul class="chosen">
      ${[...this.answers].flatMap(([question, rows]) =>
        rows.map(
          (row) =>
            html`<li>
              <span
                >${this.labels.question(question)}:
                <bdi>${this.labels.answer(question, row)}</bdi></span
              >
              <button
                class="button button--quiet"
                type="button"
                @click=${() => {
                  this.drop(question, row);
                }}
              >
                ${marked(() => gettext("Remove it"))}
              </button>
            </li>`,
        ),
      )}
    </ul>`;
  }

  /** Not while somebody is still going through the answers, as arrow keys do. */
  private add(question: string): void {
    const chosen = this.querySelector<HTMLSelectElement>("#filter-answer")?.value ?? "";
    const row = chosen.slice(1);
    const rows = this.answers.get(question) ?? [];
    if (chosen === "" || rows.includes(row)) return;
    this.question = "";
    this.tell(new Map(this.answers).set(question, [...rows, row]));
  }

  private drop(question: string, row: string): void {
    const rows = (this.answers.get(question) ?? []).filter((each) => each !== row);
    const answers = new Map(this.answers);
    if (rows.length === 0) answers.delete(question);
    else answers.set(question, rows);
    this.tell(answers);
  }

  private tell(answers: Answers): void {
    this.answers = answers;
    this.dispatchEvent(new Event("filtered"));
    // What was pressed is gone.
    this.querySelector<HTMLElement>("#filter-question")?.focus();
  }
}

export function valueOf({ target }: Event): string {
  return target instanceof HTMLSelectElement ? target.value : "";
}

customElements.define("counts-filter", CountsFilter);
