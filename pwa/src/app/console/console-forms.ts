/**
 * `<console-forms>`: what the programme's workers ask: a spreadsheet is turned into a form, looked at as a worker will
 * see it, and published. Properties: `vault`, `engine`, `enrolment`. Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext, locale } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Published } from "../../sync/index.ts";
import { stripeOf } from "../contacts.ts";
import { offeredLanguages } from "../language.ts";
import { FormAnswers } from "../form-answers.ts";
import { formQuestions } from "../groups.ts";
import type { LoadedForm } from "../pack.ts";
import { FormShelf, ownForm, type ProgrammeForm } from "../programme-forms.ts";
import { dayOf } from "../states.ts";
import {
  ConversionError,
  type Converted,
  convertSheet,
  type Fault,
  formFields,
} from "./converting.ts";
import { faultLine } from "./form-fault.ts";
import { languageName } from "./names.ts";
import { pointedOut } from "./pointed-out.ts";
import { PublishingScreen } from "./publishing-screen.ts";

export class ConsoleForms extends PublishingScreen {
  static override readonly properties = {
    ...PublishingScreen.properties,
    language: { state: true },
    faults: { state: true },
    converted: { state: true },
    tag: { state: true },
    shown: { state: true },
    reasons: { state: true },
    isMissing: { state: true },
  };

  /** Of the labels that do not say theirs. */
  declare private language: string;
  declare private faults: readonly Fault[];
  declare private converted: Converted | undefined;
  /** The language that it is looked at in. */
  declare private tag: string;
  declare private shown: LoadedForm | undefined;
  /** By field, why it is asked all the same. */
  declare private reasons: ReadonlyMap<string, string>;
  declare private isMissing: boolean;
  /** Of whoever tries it here: kept nowhere. */
  private readonly answered = new FormAnswers(this);
  private readonly shelf = new FormShelf();
  private own: ProgrammeForm | undefined;
  /** The file chosen last. */
  private sheet: File | undefined;

  constructor() {
    super();
    this.language = locale();
    this.clear();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.clear();
  }

  protected override render(): TemplateResult {
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>${marked(() => gettext("Forms"))}</h1>
      <p class="notice">
        ${marked(() =>
          gettext(
            "A form is no secret. The hub reads the file to make a form of it, and keeps nothing. Write nothing about a person into it.",
          ),
        )}
      </p>
      ${this.present()}
      <form autocomplete="off" @submit=${(event: Event) => event.preventDefault()}>
        <div class="field">
          <label for="sheet-language"
            >${marked(() => gettext("The language the file is written in"))}</label
          >
          <select
            id="sheet-language"
            class="input"
            autocomplete="off"
            ?disabled=${this.busy}
            @change=${this.chooseLanguage}
          >
            ${offeredLanguages().map(
              ({ tag, name }) =>
                html`<option value=${tag} lang=${tag} ?selected=${tag === this.language}>
                  ${name}
                </option>`,
            )}
          </select>
        </div>
        <div class="field">
          <label for="sheet"
            >${marked(() => gettext("A spreadsheet (XLSForm: XLSX or CSV)"))}</label
          >
          <input
            id="sheet"
            class="input"
            type="file"
            accept=".xlsx,.csv"
            autocomplete="off"
            ?disabled=${this.busy}
            @change=${this.take}
          />
        </div>
      </form>
      <div role="status">
        ${this.busy ? html`<p>${marked(() => gettext("Getting the form…"))}</p>` : nothing}
        ${this.doneLine()} ${this.faults.length === 0 ? nothing : this.faultList()}
      </div>
      ${this.faultTemplate()} ${this.converted === undefined ? nothing : this.look(this.converted)}
      ${this.backButton()}
    `;
  }

  /** What new contacts are written in now, and what came before it. */
  private present(): TemplateResult {
    if (this.published.length === 0) {
      return html`<p>
        ${marked(() => gettext("No form was published: phones use the hub's own."))}
      </p>`;
    }
    return html`<h2>${marked(() => gettext("Published, the newest first"))}</h2>
      <ol class="plain">
        ${this.published.map(
          (each) =>
            html`<li>
              <bdi>${each.values.get("form")}</bdi> · <bdi>${each.values.get("version")}</bdi>
              <span class="hint">${dayOf(each.published * 1000)}</span>
            </li>`,
        )}
      </ol>`;
  }

  private faultList(): TemplateResult {
    return html`<div class="caution">
      <p>
        ${marked(() =>
          gettext(
            "This is no form that phones can show. Mend these cells, then choose the file again.",
          ),
        )}
      </p>
      <ul>
        ${this.faults.map((fault) => faultLine(fault))}
      </ul>
    </div>`;
  }

  private look(converted: Converted): TemplateResult {
    const { form, language, texts, pointed } = converted;
    const tags = [...new Set([language, ...texts.keys(), locale()])];
    return html`
      ${pointed.length === 0 ? nothing : this.reasonFields(converted)}
      <div class="buttons">
        <button
          class="button button--primary button--wide"
          type="button"
          ?disabled=${this.busy}
          @click=${() => this.publish(converted)}
        >
          ${marked(() => gettext("Publish to all phones"))}
        </button>
      </div>
      <h2>${marked(() => gettext("As a worker will see it"))}</h2>
      <p><bdi>${form.title}</bdi> · <bdi>${form.version}</bdi></p>
      <div class="field">
        <label for="tag">${marked(() => gettext("Language"))}</label>
        <select id="tag" class="input" autocomplete="off" @change=${this.choose}>
          ${tags.map(
            (tag) =>
              html`<option value=${tag} lang=${tag} ?selected=${tag === this.tag}>
                ${languageName(tag)}
              </option>`,
          )}
        </select>
      </div>
      <form class="contact" autocomplete="off" @submit=${(event: Event) => event.preventDefault()}>
        ${this.shown === undefined ? nothing : this.questions(this.shown)}
      </form>
    `;
  }

  private questions(loaded: LoadedForm): TemplateResult {
    const asking = this.answered.asking(loaded, () => nothing);
    const { dir } = offeredLanguages().find(({ tag }) => tag === this.tag) ?? { dir: "auto" };
    return html`<div class="preview" lang=${this.tag} dir=${dir}>
      ${formQuestions(asking, this.answered.now)}
    </div>`;
  }

  private reasonFields(converted: Converted): TemplateResult {
    const { reasons, isMissing } = this;
    return pointedOut(converted, {
      reasons,
      isMissing,
      type: (field, reason) => (this.reasons = new Map(this.reasons).set(field, reason)),
    });
  }

  private readonly take = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement)) return;
    const [file] = target.files ?? [];
    if (file === undefined) return;
    this.sheet = file;
    // The same file, mended, is to be chosen again.
    void this.convert(file).finally(() => (target.value = ""));
  };

  private readonly chooseLanguage = ({ target }: Event): void => {
    if (!(target instanceof HTMLSelectElement)) return;
    this.language = target.value;
    const { sheet, reasons } = this;
    if (sheet !== undefined) void this.convert(sheet).then(() => (this.reasons = reasons));
  };

  private convert(sheet: File): Promise<void> {
    this.clear();
    this.isDone = false;
    return this.attempt(async () => {
      const found = await convertSheet(sheet, this.language);
      if (!("form" in found)) {
        this.faults = found;
        return;
      }
      this.own = await ownForm(found);
      this.converted = found;
      this.tag = found.texts.has(locale()) ? locale() : found.language;
      this.shown = await this.shelf.shown(this.own, this.tag);
    });
  }

  private readonly choose = ({ target }: Event): void => {
    const { own } = this;
    if (!(target instanceof HTMLSelectElement) || own === undefined) return;
    this.tag = target.value;
    void this.attempt(async () => {
      this.shown = await this.shelf.shown(own, this.tag);
    });
  };

  private publish(converted: Converted): void {
    const reasons = new Map(
      converted.pointed.map(({ field }) => [field, this.reasons.get(field)?.trim() ?? ""]),
    );
    this.isMissing = [...reasons.values()].includes("");
    const { own } = this;
    if (this.isMissing || own === undefined) return;
    void this.attempt(async () => {
      const coordinator = await this.engine.coordinator(this.enrolment);
      const { hash } = converted.form;
      const same = this.published.filter(({ values }) => values.get("form_hash") === hash);
      await coordinator.publish(
        formFields(converted, own, reasons),
        same.map(({ id }) => id),
      );
      this.clear();
      this.sheet = undefined;
      this.isDone = true;
      await this.load();
    });
  }

  protected override isShown({ type, isStanding }: Published): boolean {
    return type === "form" && isStanding;
  }

  private clear(): void {
    this.faults = [];
    this.converted = undefined;
    this.own = undefined;
    this.tag = "";
    this.shown = undefined;
    this.answered.clear();
    this.reasons = new Map();
    this.isMissing = false;
  }

  protected override tell(error: unknown): void {
    if (error instanceof ConversionError) {
      this.fault = () => gettext("The hub could not read the file now. Try again.");
    } else super.tell(error);
  }
}

customElements.define("console-forms", ConsoleForms);
