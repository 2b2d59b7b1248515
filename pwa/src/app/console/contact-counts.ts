/**
 * `<contact-counts>`: contacts counted by a question, with filters; as it would be published at one press; the
 * contacts behind each row. Properties: `contacts`, `table` (made of them), `forms` (by hash), `labels`,
 * `threshold`, `kept` (reports made before, by quarter), `practice`, `known` (every form), `logged` (LogExport).
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import {
  type Apart,
  type ContactTable,
  countGap,
  type Filter,
  filterOf,
  type Gap,
  gapsOf,
  type Publication,
  publish,
  quarterOf,
  rowsOf,
  WEEK,
  weeksOf,
} from "../../counts/index.ts";
import type { Form } from "../../forms/index.ts";
import { formatNumber, gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { SeenContact } from "../../sync/coordinator/contacts.ts";
import type { LoadedForm } from "../pack.ts";
import { type CountRow, countTable } from "./count-table.ts";
import "./counted-records.ts";
import { valueOf } from "./counts-filter.ts";
import { caveatLine, gapName, hidingLine, publishedRows, quarterName } from "./counts-text.ts";
import type { Labels } from "./labels.ts";
import "./records-export.ts";
import type { LogExport } from "./records-export.ts";

/** Comes before the name of a gap, where it stands among questions. */
const GAP = "gap:";

interface Drill {
  readonly title: string | TemplateResult;
  /** Found anew as more contacts come. */
  readonly find: (table: ContactTable) => Uint32Array;
}

export class ContactCounts extends LitElement {
  static override readonly properties = {
    contacts: { attribute: false },
    table: { attribute: false },
    forms: { attribute: false },
    labels: { attribute: false },
    threshold: { attribute: false },
    kept: { attribute: false },
    practice: { attribute: false },
    known: { attribute: false },
    logged: { attribute: false },
    by: { state: true },
    period: { state: true },
    answers: { state: true },
    published: { state: true },
    drill: { state: true },
  };

  declare contacts: readonly SeenContact[];
  declare table: ContactTable;
  declare forms: ReadonlyMap<string, LoadedForm>;
  declare labels: Labels;
  declare threshold: number;
  declare kept: ReadonlyMap<string, Publication>;
  declare practice: boolean;
  declare known: () => Promise<ReadonlyMap<string, Form>>;
  declare logged: LogExport;
  declare private by: string;
  declare private period: string;
  declare private answers: NonNullable<Filter["answers"]>;
  declare private published: boolean;
  declare private drill: Drill | undefined;

  constructor() {
    super();
    this.by = WEEK;
    this.period = "";
    this.answers = new Map();
    this.published = false;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("drill") && this.drill !== undefined) {
      this.querySelector<HTMLElement>("#behind")?.focus();
    }
  }

  protected override render(): TemplateResult {
    const { published } = this;
    return html`
      ${this.controls()} ${published ? this.asPublished() : this.counted()}
      ${
        this.drill === undefined || published
          ? nothing
          : html`<section aria-labelledby="behind">
              <h2 id="behind" tabindex="-1">${this.drill.title}</h2>
              <counted-records
                .contacts=${[...this.drill.find(this.table)].flatMap((at) => this.contacts[at] ?? [])}
                .of=${this.drill}
                .forms=${this.forms}
                .labels=${this.labels}
              ></counted-records>
            </section>`
      }
      ${
        published
          ? nothing
          : html`<records-export
              .contacts=${this.contacts}
              .chosen=${this.table.selectAll(this.filter())}
              .known=${this.known}
              .practice=${this.practice}
              .logged=${this.logged}
            ></records-export>`
      }
    `;
  }

  private controls(): TemplateResult {
    const gaps = gapsOf(this.table);
    const option = (value: string, text: string, chosen: string): TemplateResult =>
      html`<option value=${value} .selected=${value === chosen}>${text}</option>`;
    return html`
      <div class="count-controls">
        <div class="field">
          <label for="count-by">${marked(() => gettext("Count by"))}</label>
          <select class="input" id="count-by" autocomplete="off" @change=${this.chooseBy}>
            ${option(WEEK, this.labels.plainQuestion(WEEK), this.by)}
            ${this.table.questions.map(({ name }) =>
              option(name, this.labels.plainQuestion(name), this.by),
            )}
            ${gaps.map(({ name }) => option(GAP + name, gapName(name), this.by))}
          </select>
        </div>
        <div class="field">
          <label for="count-period">${marked(() => gettext("When"))}</label>
          <select class="input" id="count-period" autocomplete="off" @change=${this.choosePeriod}>
            ${this.published ? nothing : option("", gettext("All"), this.period)}
            ${this.periods().map((each) => option(each, quarterName(each), this.shownPeriod()))}
          </select>
        </div>
      </div>
      <label class="choice">
        <input
          type="checkbox"
          autocomplete="off"
          .checked=${this.published}
          @change=${this.togglePublished}
        /><span>${marked(() => gettext("As it would be published"))}</span>
      </label>
      ${
        this.published
          ? nothing
          : html`<counts-filter
              .table=${this.table}
              .labels=${this.labels}
              .answers=${this.answers}
              @filtered=${this.filtered}
            ></counts-filter>`
      }
    `;
  }

  private counted(): TemplateResult {
    const filter = this.filter();
    const { length } = this.table.select(filter);
    const gap = this.gap();
    const question = gap?.question ?? this.table.question(this.by);
    return html`
      <p role="status">
        <strong
          >${marked(() =>
            ngettext("{count} contact", "{count} contacts", length, {
              count: formatNumber(length),
            }),
          )}</strong
        >
      </p>
      ${this.setApart()}
      ${
        question === undefined || length === 0
          ? html`<p class="hint">${marked(() => gettext("No contact is like this."))}</p>`
          : html` ${countTable(this.caption(gap), this.rows(filter, gap), this.open)}
            ${caveatLine(question.name, question.many)}`
      }
    `;
  }

  /**
   * The table of the report, for its quarter and without any filter: nothing else may be published. Of a report that
   * was made, what it says: a second edition beside it would tell what it hides.
   */
  private asPublished(): TemplateResult {
    const period = this.shownPeriod();
    const told = this.kept.get(period) ?? publish(this.table, period, this.threshold);
    const rows = told && publishedRows(told, this.by, this.labels);
    if (told === undefined || rows === undefined) {
      return html`<p class="notice">
        ${marked(() => gettext("This is in no report: it is only for you."))}
      </p>`;
    }
    const many = this.table.question(this.by)?.many === true;
    return html`${hidingLine(told)} ${countTable(this.caption(undefined), rows)}
    ${caveatLine(this.by, many)}`;
  }

  /** What is not in the counts, each with the contacts behind it. */
  private setApart(): TemplateResult {
    const line = (which: keyof Apart, say: (count: string) => string): unknown => {
      const { length } = this.table.apart[which];
      if (length === 0) return nothing;
      const text = marked(() => say(formatNumber(length)));
      const find = ({ apart }: ContactTable): Uint32Array => apart[which];
      return html`<li>
        <button class="link" type="button" @click=${() => (this.drill = { title: text, find })}>
          ${text}
        </button>
      </li>`;
    };
    return html`<ul class="apart">
      ${line("provisional", (count) =>
        gettext("Not counted, from phones that are not let in yet: {count}", { count }),
      )}
      ${line("late", (count) =>
        gettext("Not counted, written after the phone was put out: {count}", { count }),
      )}
      ${line("undecided", (count) =>
        gettext("Not counted, changed on two phones and not decided: {count}", { count }),
      )}
    </ul>`;
  }

  private rows(filter: Filter, gap: Gap | undefined): CountRow[] {
    const question = gap?.question ?? this.table.question(this.by);
    if (question === undefined) return [];
    const { name } = question;
    const counts =
      gap === undefined
        ? this.table.count(name, this.table.select(filter))
        : countGap(this.table, gap, filter);
    const rows = rowsOf(question).map((row, at) => ({
      name: row,
      label: this.labels.answer(name, row),
      count: counts[at] ?? 0,
    }));
    const weeks = weeksOf(this.period);
    return name === WEEK ? rows.filter((row) => row.count > 0 || weeks?.includes(row.name)) : rows;
  }

  private caption(gap: Gap | undefined): string | TemplateResult {
    if (gap !== undefined) return marked(() => gapName(gap.name));
    return this.labels.question(this.by);
  }

  private readonly open = ({ name, label }: CountRow): void => {
    const gap = this.gap();
    const filter = gap === undefined ? this.filter() : filterOf(gap, this.filter());
    const question = gap?.question.name ?? this.by;
    const find = (table: ContactTable): Uint32Array =>
      table.inRow(question, name, table.select(filter));
    this.drill = { title: label, find };
  };

  private filter(): Filter {
    const weeks = weeksOf(this.period);
    const { answers } = this;
    return weeks === undefined
      ? { answers }
      : { from: weeks[0] ?? "", to: weeks.at(-1) ?? "", answers };
  }

  private gap(): Gap | undefined {
    return gapsOf(this.table).find(({ name }) => GAP + name === this.by);
  }

  /** The newest first. */
  private periods(): string[] {
    const weeks = this.table.question(WEEK)?.choices ?? [];
    return [...new Set(weeks.map(quarterOf))].reverse();
  }

  /** A report is of a quarter: the newest where none is chosen. */
  private shownPeriod(): string {
    return this.period === "" && this.published ? (this.periods()[0] ?? "") : this.period;
  }

  private readonly chooseBy = (event: Event): void => {
    this.by = valueOf(event);
    this.drill = undefined;
  };

  private readonly choosePeriod = (event: Event): void => {
    this.period = valueOf(event);
    this.drill = undefined;
  };

  private readonly togglePublished = ({ target }: Event): void => {
    this.published = target instanceof HTMLInputElement && target.checked;
  };

  private readonly filtered = ({ target }: Event): void => {
    if (target instanceof HTMLElement && "answers" in target) {
      this.answers = target.answers as NonNullable<Filter["answers"]>;
    }
    this.drill = undefined;
  };
}

customElements.define("contact-counts", ContactCounts);
