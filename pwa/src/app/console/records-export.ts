/**
 * `<records-export>`: contacts as a file, which can identify people: so it asks why, and the log has it before the file
 * is handed over. Properties: `contacts`, `chosen` (their numbers), `known` (every form, by hash), `practice`,
 * `logged`.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import {
  type Asked,
  codebook,
  csvFile,
  isSpreadsheet,
  type Missing,
  missingIn,
  RECORD_FORMATS,
  type RecordFormat,
} from "../../exports/index.ts";
import type { Form } from "../../forms/index.ts";
import { formatNumber, gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { SeenContact } from "../../sync/coordinator/contacts.ts";
import { download } from "../downloading.ts";
import { ScreenElement } from "../screen-element.ts";
import { valueOf } from "./counts-filter.ts";
import { blobOf, exportedFile, namesIn } from "./exporting.ts";
import { formatName } from "./names.ts";

/** Keeps in the programme's log that so many contacts leave, why, and as what. */
export type LogExport = (why: string, format: string, count: number) => Promise<void>;

const SUBMISSIONS: RecordFormat = "submissions-xlsx";
/** A sentence or two. */
const LONGEST = 500;

export class RecordsExport extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    contacts: { attribute: false },
    chosen: { attribute: false },
    known: { attribute: false },
    practice: { attribute: false },
    logged: { attribute: false },
    format: { state: true },
    why: { state: true },
    done: { state: true },
    given: { state: true },
    missing: { state: true },
    wanted: { state: true },
  };

  declare contacts: readonly SeenContact[];
  declare chosen: Uint32Array;
  declare known: () => Promise<ReadonlyMap<string, Form>>;
  declare practice: boolean;
  declare logged: LogExport;
  declare private format: RecordFormat;
  declare private why: string;
  /** Contacts that are in the file so far. */
  declare private done: number;
  /** What was made last, for its codebook, and how many contacts are in it. */
  declare private given: { readonly asked: Asked; readonly count: number } | undefined;
  /** What the forms lack for the kind of file that was wanted. */
  declare private missing: readonly Missing[];
  /** The form whose submissions are wanted. */
  declare private wanted: string;
  private making: AbortController | undefined;
  /** Of the forms that the chosen contacts were written in. */
  private formIds: readonly string[] = [];

  constructor() {
    super();
    [this.format] = RECORD_FORMATS;
    this.why = "";
    this.done = 0;
    this.given = undefined;
    this.missing = [];
    this.wanted = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.making?.abort();
    this.why = "";
    this.given = undefined;
    this.replaceChildren();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("chosen")) return;
    const ids = new Set<string>();
    for (const number of this.chosen) ids.add(this.contacts[number]?.form ?? "");
    this.formIds = [...ids].sort();
  }

  protected override render(): TemplateResult {
    return html`<details class="group" id="export">
      <summary><span class="title">${marked(() => gettext("Export records"))}</span></summary>
      <p class="caution">
        ${marked(() =>
          gettext(
            "These records can identify people, and the file is not locked. Keep it encrypted, give it to nobody who does not need it, and delete it when it has served.",
          ),
        )}
      </p>
      ${
        this.practice
          ? html`<p class="notice">
              ${marked(() => gettext("Practice: every line of the file says so."))}
            </p>`
          : nothing
      }
      ${this.fields()}
      <div role="status">${this.busy ? this.progress() : this.outcome()}</div>
      ${this.faultTemplate()}
    </details>`;
  }

  private fields(): TemplateResult {
    const { length } = this.chosen;
    return html`<form autocomplete="off" @submit=${this.submit}>
      <p>
        <strong id="export-count" data-count=${length}
          >${marked(() =>
            ngettext("{count} contact", "{count} contacts", length, {
              count: formatNumber(length),
            }),
          )}</strong
        >
      </p>
      <p class="hint">
        ${marked(() => gettext("Those chosen above, and marked among them those that are not counted."))}
      </p>
      <fieldset class="field">
        <legend>${marked(() => gettext("What kind of file?"))}</legend>
        <div class="choices">${RECORD_FORMATS.map((each) => this.choice(each))}</div>
        ${
          this.format === "ctdc"
            ? html`<p class="hint">
                ${marked(() =>
                  gettext(
                    "Only contacts with a person whom an authority has identified. Nobody has certified this kind of file.",
                  ),
                )}
              </p>`
            : nothing
        }
        ${this.format === SUBMISSIONS ? this.formChoice() : nothing}
      </fieldset>
      <div class="field">
        <label for="export-why">${marked(() => gettext("Why it is needed"))}</label>
        <textarea
          id="export-why"
          class="input"
          rows="2"
          dir="auto"
          required
          maxlength=${LONGEST}
          autocomplete="off"
          aria-describedby="export-why-hint"
          .value=${live(this.why)}
          @input=${({ target }: Event) => {
            if (target instanceof HTMLTextAreaElement) this.why = target.value;
          }}
        ></textarea>
        <p class="hint" id="export-why-hint">
          ${marked(() => gettext("All coordinators read this in the log."))}
        </p>
      </div>
      <button
        class="button button--primary button--wide"
        type="submit"
        ?disabled=${this.busy || length === 0 || this.why.trim() === ""}
      >
        ${marked(() => gettext("Make the file"))}
      </button>
    </form>`;
  }

  private choice(format: RecordFormat): TemplateResult {
    return html`<label class="choice">
      <input
        type="radio"
        name="format"
        autocomplete="off"
        value=${format}
        .checked=${format === this.format}
        @change=${() => (this.format = format)}
      />
      <span>${marked(() => formatName(format))}</span>
    </label>`;
  }

  private progress(): TemplateResult {
    const numbers = {
      done: formatNumber(this.done),
      of: formatNumber(this.chosen.length),
    };
    return html`<p>
      <label
        >${marked(() => gettext("Making the file: {done} of {of}", numbers))}
        <progress max=${Math.max(1, this.chosen.length)} .value=${this.done}></progress
      ></label>
    </p>`;
  }

  /** Where the contacts are of several forms: such a file is of one. */
  private formChoice(): TemplateResult | typeof nothing {
    const { formIds } = this;
    if (formIds.length < 2) return nothing;
    return html`<div class="field">
      <label for="export-form">${marked(() => gettext("Of which form?"))}</label>
      <select
        class="input"
        id="export-form"
        autocomplete="off"
        @change=${(event: Event) => (this.wanted = valueOf(event))}
      >
        ${formIds.map((id) => html`<option value=${id} .selected=${id === this.form()}>${id}</option>`)}
      </select>
    </div>`;
  }

  private outcome(): TemplateResult | typeof nothing {
    const { given, missing } = this;
    if (missing.length > 0) {
      return html`<p class="caution">
          ${marked(() =>
            gettext("No file was made. These forms do not ask what this kind of file needs:"),
          )}
        </p>
        <ul>
          ${missing.map(
            ({ form, version, fields }) =>
              html`<li><bdi dir="ltr">${form} ${version}: ${fields.join(", ")}</bdi></li>`,
          )}
        </ul>`;
    }
    if (given === undefined) return nothing;
    if (given.count === 0) {
      return html`<p class="notice">${marked(() => gettext("No contact is like this."))}</p>`;
    }
    return html`<p class="notice">
        ${marked(() => gettext("The file is in your downloads. Everything stays here too."))}
      </p>
      ${
        isSpreadsheet(given.asked.format)
          ? nothing
          : html`<button
              class="button"
              type="button"
              @click=${() => download(blobOf([csvFile(codebook(given.asked))]), "codebook.csv")}
            >
              ${marked(() => gettext("Save what each column means"))}
            </button>`
      }`;
  }

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    void this.attempt(async () => this.make());
  };

  private async make(): Promise<void> {
    this.done = 0;
    this.given = undefined;
    this.missing = [];
    this.making = new AbortController();
    const { signal } = this.making;
    const { format, practice: isPractice } = this;
    const why = this.why.trim();
    const form = this.form();
    const contacts = [...this.chosen]
      .flatMap((number) => this.contacts[number] ?? [])
      .filter((contact) => format !== SUBMISSIONS || contact.form === form);
    const forms = await this.known();
    if (format === "ctdc") this.missing = missingIn(contacts, forms);
    if (this.missing.length > 0) return;
    const names = await namesIn(contacts, signal);
    const asked = { format, form, forms, isPractice, names };
    const progress = (done: number): void => void (this.done = done);
    const { file, count } = await exportedFile(contacts, asked, { progress, signal });
    if (count > 0) await this.logged(why, format, count);
    // Locked meanwhile, or gone elsewhere: nothing plain is left behind.
    if (signal.aborted) return;
    this.given = { asked, count };
    if (count === 0) return;
    download(file, `notes.${fileEnding(format)}`);
    this.why = "";
  }

  private form(): string {
    const { formIds, wanted } = this;
    return formIds.includes(wanted) ? wanted : (formIds[0] ?? "");
  }
}

function fileEnding(format: RecordFormat): string {
  if (isSpreadsheet(format)) return "xlsx";
  return format === "jsonl" ? format : "csv";
}

customElements.define("records-export", RecordsExport);
