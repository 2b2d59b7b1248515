/**
 * `<console-import>`: contacts that were made elsewhere: a table is chosen, read and looked at, then brought in.
 * Properties: `vault`, `engine`, `loadForm`, `enrolment`. Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { formatNumber, gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { MOST_BYTES, readCells, UnreadableError } from "../../imports/index.ts";
import { stripeOf } from "../contacts.ts";
import { revealedQuestion } from "../form-notices.ts";
import type { LoadForm } from "../programme-forms.ts";
import { columnList, faultList, type ReadRows, rowCounts, SHOWN } from "./import-look.ts";
import { formsToChoose, type ReadTable, readSlowly, type Worded } from "./import-reading.ts";
import { placeName, unreadableSentence } from "./import-text.ts";
import { SeenScreen } from "./seen-screen.ts";

interface Read extends ReadRows {
  readonly forms: Worded;
}

interface Going {
  readonly what: "reading" | "writing";
  readonly done: number;
  readonly of: number;
}

export class ConsoleImport extends SeenScreen {
  static override readonly properties = {
    ...SeenScreen.properties,
    loadForm: { attribute: false },
    forms: { state: true },
    chosen: { state: true },
    read: { state: true },
    going: { state: true },
    asking: { state: true },
    brought: { state: true },
  };

  declare loadForm: LoadForm;
  declare private forms: readonly Worded[];
  /** The hash of the form that the table is read for. */
  declare private chosen: string;
  declare private read: Read | undefined;
  declare private going: Going | undefined;
  /** Whether what the free text may tell is asked about. */
  declare private asking: boolean;
  /** How many contacts came in. */
  declare private brought: number | undefined;
  private file: File | undefined;
  /** Somebody chose the form. */
  private isChosen = false;
  /** Rises with each table that is read: what was begun before ends. */
  private turn = 0;

  constructor() {
    super();
    this.forms = [];
    this.chosen = "";
    this.clear();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.clear();
    this.file = undefined;
  }

  protected override render(): TemplateResult {
    const { read, brought } = this;
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>${marked(() => gettext("Bring in contacts"))}</h1>
      <form autocomplete="off" @submit=${(event: Event) => event.preventDefault()}>
        ${this.forms.length > 1 ? this.formChoice() : nothing}
        <div class="field">
          <label for="table">${marked(() => gettext("A table (CSV)"))}</label>
          <p class="hint" id="table-hint">
            ${marked(() =>
              gettext(
                "Its first row names the questions: as the form has them, or as it shows them. You see what was read before anything is kept.",
              ),
            )}
          </p>
          <input
            id="table"
            class="input"
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            autocomplete="off"
            aria-describedby="table-hint"
            ?disabled=${this.busy || this.chosen === ""}
            @change=${this.take}
          />
        </div>
      </form>
      ${this.progress()}
      <div role="status">
        ${
          brought === undefined
            ? nothing
            : html`<p class="notice">
                ${marked(() =>
                  ngettext(
                    "{count} contact was brought in.",
                    "{count} contacts were brought in.",
                    brought,
                  ),
                )}
              </p>`
        }
        ${read === undefined ? nothing : rowCounts(read)}
      </div>
      ${this.faultTemplate()} ${read === undefined ? nothing : this.look(read)} ${this.backButton()}
    `;
  }

  /** What was published may come while somebody looks; not once a table is read for one of them. */
  protected override async load(): Promise<void> {
    await super.load();
    if (!this.isIdle()) return;
    try {
      const forms = await formsToChoose(this.engine, this.enrolment, this.loadForm);
      if (!this.isIdle()) return;
      this.forms = forms;
      const isThere = forms.some(([{ hash }]) => hash === this.chosen);
      if (!this.isChosen || !isThere) this.chosen = forms[0]?.[0].hash ?? "";
    } catch (error) {
      if (this.isIdle()) this.tell(error);
    }
  }

  private isIdle(): boolean {
    return this.file === undefined && !this.busy && this.vault.isOpen.value;
  }

  private formChoice(): TemplateResult {
    return html`<div class="field">
      <label for="form">${marked(() => gettext("Form"))}</label>
      <select
        id="form"
        class="input"
        autocomplete="off"
        ?disabled=${this.busy}
        @change=${this.choose}
      >
        ${this.forms.map(
          ([{ hash, title, version }]) =>
            html`<option value=${hash} ?selected=${hash === this.chosen}>
              ${title} · ${version}
            </option>`,
        )}
      </select>
    </div>`;
  }

  private progress(): TemplateResult | typeof nothing {
    const { going } = this;
    if (going === undefined) return nothing;
    const numbers = { done: formatNumber(going.done), of: formatNumber(going.of) };
    const said = (): string =>
      going.what === "reading"
        ? gettext("Reading rows: {done} of {of}", numbers)
        : gettext("Saving contacts: {done} of {of}", numbers);
    return html`<p class="hint">
      <label>${marked(said)} <progress max=${going.of} .value=${going.done}></progress></label>
    </p>`;
  }

  private look(read: Read): TemplateResult {
    const { faults } = read.reading;
    const [form] = read.forms;
    return html`
      ${faults.length === 0 ? nothing : faultList(read, form)} ${this.bringButton(read)}
      ${columnList(read, form)}
    `;
  }

  private bringButton(read: Read): TemplateResult {
    const fresh = read.records.filter((record) => record !== undefined).length;
    if (fresh === 0) return html``;
    const hasFaults = read.reading.faults.length > 0;
    return html`<div class="buttons">
        <button
          class=${hasFaults ? "button button--wide" : "button button--primary button--wide"}
          type="button"
          ?disabled=${this.busy}
          @click=${() => this.ask(read)}
        >
          ${marked(() =>
            hasFaults
              ? gettext("Bring in only the right rows: {number}", { number: formatNumber(fresh) })
              : ngettext("Bring in {count} contact", "Bring in {count} contacts", fresh),
          )}
        </button>
      </div>
      ${
        this.asking
          ? revealedQuestion(
              read.revealed.slice(0, SHOWN).map(({ row, column, finding }) => ({
                ...finding,
                where: () => placeName(row, column),
              })),
              { confirm: () => this.bring(read), end: () => (this.asking = false) },
            )
          : nothing
      }`;
  }

  private readonly take = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement)) return;
    [this.file] = target.files ?? [];
    this.readFile();
    // The same file, mended, is to be chosen again.
    target.value = "";
  };

  private readonly choose = ({ target }: Event): void => {
    if (!(target instanceof HTMLSelectElement)) return;
    this.chosen = target.value;
    this.isChosen = true;
    this.readFile();
  };

  private readFile(): void {
    const { file } = this;
    const forms = this.forms.find(([{ hash }]) => hash === this.chosen);
    this.clear();
    if (file === undefined || forms === undefined) return;
    const turn = this.turn;
    void this.attempt(async () => {
      if (file.size > MOST_BYTES) throw new UnreadableError("too-large", MOST_BYTES);
      const cells = readCells(new Uint8Array(await file.arrayBuffer()));
      const of = cells.rows.length;
      const told = (done: number): void => void (this.going = { what: "reading", done, of });
      told(0);
      const found = await readSlowly(forms, cells, told, () => turn === this.turn);
      if (found === undefined) return;
      const records = await this.recordsOf(found);
      if (turn === this.turn) this.read = { ...found, forms, records };
    }).finally(() => (this.going = undefined));
  }

  /** Of the whole programme, as far as it is here: another coordinator may have brought in the same. */
  private async recordsOf({ reading }: ReadTable): Promise<Read["records"]> {
    const contacts = await this.contacts();
    await contacts.settled();
    const known = contacts.seen.value.sheet.records();
    const coordinator = await this.coordinator();
    return coordinator.recordsOf(reading.contacts, known, () => undefined);
  }

  private ask(read: Read): void {
    if (read.revealed.length > 0) this.asking = true;
    else this.bring(read);
  }

  private bring({ reading, records, forms: [{ id, hash }] }: Read): void {
    const contacts = reading.contacts.flatMap(({ values }, at) => {
      const record = records[at];
      return record === undefined ? [] : [{ record, values }];
    });
    const of = contacts.length;
    void this.attempt(async () => {
      const coordinator = await this.coordinator();
      this.going = { what: "writing", done: 0, of };
      await coordinator.bringIn({ id, hash }, contacts, (done) => {
        this.going = { what: "writing", done, of };
      });
      this.clear();
      this.brought = of;
    }).finally(() => (this.going = undefined));
  }

  private clear(): void {
    this.turn += 1;
    this.read = undefined;
    this.going = undefined;
    this.asking = false;
    this.brought = undefined;
  }

  protected override tell(error: unknown): void {
    if (error instanceof UnreadableError) this.fault = () => unreadableSentence(error);
    else if (error instanceof Error && error.name === "ReadingFailedError") {
      this.fault = () => gettext("Not all contacts could be opened.");
    } else super.tell(error);
  }
}

customElements.define("console-import", ConsoleImport);
