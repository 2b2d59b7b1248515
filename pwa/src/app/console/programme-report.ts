/**
 * `<programme-report>`: the tables of a quarter that is over, made once and then always the same, to print.
 * Properties: `table`, `labels`, `threshold`, `thisWeek`, `name` (of the programme), `kept` (reports made before, by
 * quarter), `make`.
 */
import { html, nothing, type TemplateResult } from "lit";

import {
  type ContactTable,
  isOver,
  type Publication,
  quarterOf,
  WEEK,
} from "../../counts/index.ts";
import { formatNumber, gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { confirmation } from "../confirmation.ts";
import { download } from "../downloading.ts";
import { ScreenElement } from "../screen-element.ts";
import { countTable } from "./count-table.ts";
import { valueOf } from "./counts-filter.ts";
import { caveatLine, hidingLine, publishedRows, quarterName } from "./counts-text.ts";
import type { Labels } from "./labels.ts";
import { formatName } from "./names.ts";
import { REPORT_FORMATS, reportFile, reportFileName, type ReportFormat } from "./report-file.ts";

export class ProgrammeReport extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    table: { attribute: false },
    labels: { attribute: false },
    threshold: { attribute: false },
    thisWeek: { attribute: false },
    name: { attribute: false },
    kept: { attribute: false },
    make: { attribute: false },
    period: { state: true },
    unreadable: { state: true },
  };

  declare table: ContactTable;
  declare labels: Labels;
  declare threshold: number;
  declare thisWeek: string;
  declare name: string;
  declare kept: ReadonlyMap<string, Publication>;
  /**
   * Makes the report of a quarter and keeps it. Where contacts do not open and nobody said yet that it is to be made
   * without them, gives how many, and makes nothing.
   */
  declare make: (period: string, isSure: boolean) => Promise<number>;
  declare private period: string;
  /** Asked about: how many contacts would not be in it. */
  declare private unreadable: number;

  constructor() {
    super();
    this.period = "";
    this.unreadable = 0;
  }

  protected override render(): TemplateResult {
    const periods = this.periods();
    const period = this.period === "" ? (periods[0] ?? "") : this.period;
    const made = this.kept.get(period);
    return html`
      ${this.faultTemplate()}
      ${
        periods.length === 0
          ? html`<p class="hint">
              ${marked(() => gettext("A report is of a quarter that is over. There is none yet."))}
            </p>`
          : this.choice(periods, period, made)
      }
      ${made === undefined ? this.question(period) : this.paper(made)}
    `;
  }

  private choice(
    periods: readonly string[],
    period: string,
    made: Publication | undefined,
  ): TemplateResult {
    return html`<div class="unprinted">
      <div class="field">
        <label for="report-period">${marked(() => gettext("When"))}</label>
        <select
          class="input"
          id="report-period"
          autocomplete="off"
          @change=${(event: Event) => (this.period = valueOf(event))}
        >
          ${periods.map(
            (each) =>
              html`<option value=${each} .selected=${each === period}>
                ${quarterName(each)}
              </option>`,
          )}
        </select>
      </div>
      ${
        made === undefined
          ? html`<p class="notice">
                ${marked(() =>
                  gettext(
                    "A report is made once and never changed. Contacts that come later are in no report, so make it when all phones have sent.",
                  ),
                )}
              </p>
              <button
                class="button button--primary"
                type="button"
                ?disabled=${this.busy}
                @click=${() => this.begin(period, false)}
              >
                ${marked(() => gettext("Make the report"))}
              </button>
              <p role="status">${this.busy ? marked(() => gettext("Asking the hub…")) : ""}</p>`
          : html`<button
                class="button button--primary"
                type="button"
                @click=${() => {
                  print();
                }}
              >
                ${marked(() => gettext("Print"))}
              </button>
              ${this.files(made)}`
      }
    </div>`;
  }

  private files(made: Publication): TemplateResult {
    return html`<details class="group" id="report-files">
      <summary><span class="title">${marked(() => gettext("Save as a file"))}</span></summary>
      <div class="buttons">
        ${REPORT_FORMATS.map(
          (format) =>
            html`<button
              class="button"
              type="button"
              value=${format}
              ?disabled=${this.busy}
              @click=${() => void this.attempt(async () => this.save(format, made))}
            >
              ${marked(() => formatName(format))}
            </button>`,
        )}
      </div>
    </details>`;
  }

  private paper(made: Publication): TemplateResult {
    const { period, total, tables } = made;
    return html`<section class="record report" data-period=${period} aria-labelledby="report-title">
      <h2 id="report-title"><bdi>${this.name}</bdi></h2>
      <p>${marked(() => quarterName(period))}</p>
      ${
        total === null
          ? nothing
          : html`<p>
              <strong data-total=${total}
                >${marked(() =>
                  ngettext("{count} contact", "{count} contacts", total, {
                    count: formatNumber(total),
                  }),
                )}</strong
              >
            </p>`
      }
      <p>
        ${marked(() => gettext("Contacts are counted, not people: somebody met twice is counted twice."))}
      </p>
      ${hidingLine(made)}
      ${tables.map(({ question }) => {
        const many = this.table.question(question)?.many === true;
        return html`<div class="report-table" data-question=${question}>
          ${countTable(this.labels.question(question), publishedRows(made, question, this.labels) ?? [])}
          ${question === WEEK ? nothing : caveatLine(question, many)}
        </div>`;
      })}
    </section>`;
  }

  /** Those that are over, and those that have a report; the newest first. */
  private periods(): string[] {
    const weeks = this.table.question(WEEK)?.choices ?? [];
    const over = weeks.map(quarterOf).filter((period) => isOver(period, this.thisWeek));
    return [...new Set([...over, ...this.kept.keys()])].sort().reverse();
  }

  private async save(format: ReportFormat, made: Publication): Promise<void> {
    const file = await reportFile(format, made, this.labels);
    if (this.isConnected) download(file, reportFileName(format));
  }

  private begin(period: string, isSure: boolean): void {
    void this.attempt(async () => {
      this.unreadable = await this.make(period, isSure);
    });
  }

  private question(period: string): TemplateResult | typeof nothing {
    if (this.unreadable === 0) return nothing;
    const count = formatNumber(this.unreadable);
    return confirmation({
      question: marked(() =>
        gettext("Not counted, their key has not arrived yet: {count}", { count }),
      ),
      yes: marked(() => gettext("Make the report")),
      no: marked(() => gettext("Not now")),
      confirm: () => this.begin(period, true),
      end: () => (this.unreadable = 0),
    });
  }
}

customElements.define("programme-report", ProgrammeReport);
