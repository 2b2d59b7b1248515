/**
 * `<contact-form>`: writes a contact, new or changed; a draft from the first answer.
 * Properties: `vault`, `engine`, `loadForm`, `enrolment`; `draft` or `edits` (a record) to go on with one.
 * Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import type { Problem, Value } from "../../forms/index.ts";
import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Engine } from "../../sync/index.ts";
import type { Draft, DraftSubject, FormName, Id, Values, Vault } from "../../vault/index.ts";
import {
  type Answers,
  answersOf,
  carriedOver,
  changesOf,
  check,
  firstAnswers,
} from "../answering.ts";
import { confirmation } from "../confirmation.ts";
import { stripeOf } from "../contacts.ts";
import { Drafting } from "../drafting.ts";
import { formQuestions } from "../groups.ts";
import type { LoadedForm } from "../pack.ts";
import { problemsSentence } from "../problems.ts";
import type { Asking } from "../questions.ts";
import { ScreenElement } from "../screen-element.ts";

export class ContactForm extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
    engine: { attribute: false },
    loadForm: { attribute: false },
    enrolment: { attribute: false },
    draft: { attribute: false },
    edits: { attribute: false },
    loaded: { state: true },
    answers: { state: true },
    problems: { state: true },
    filters: { state: true },
    asking: { state: true },
    older: { state: true },
    repeated: { state: true },
    folded: { state: true },
  };

  declare vault: Vault;
  declare engine: Engine;
  declare loadForm: () => Promise<LoadedForm>;
  declare enrolment: Id;
  declare draft: Id | undefined;
  declare edits: Id | undefined;
  declare private loaded: LoadedForm | undefined;
  declare private answers: Answers;
  declare private problems: ReadonlyMap<string, Problem>;
  declare private filters: ReadonlyMap<string, string>;
  declare private asking: boolean;
  /** The draft was of another version of the form: what fits of it was carried over. */
  declare private older: boolean;
  /** Something was filled in from the last contact. */
  declare private repeated: boolean;
  /** Questions shown as one line, because their answer is likely right already. */
  declare private folded: ReadonlySet<string>;
  /** What is saved already, of a contact that is being changed. */
  private saved: Values = {};
  private readonly drafting = new Drafting(this, () => this.vault.drafts);

  constructor() {
    super();
    this.answers = {};
    this.problems = new Map();
    this.filters = new Map();
    this.asking = false;
    this.older = false;
    this.repeated = false;
    this.folded = new Set();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.answers = {};
    this.saved = {};
    this.loaded = undefined;
  }

  protected override render(): TemplateResult {
    const { loaded, edits } = this;
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>
        ${
          edits === undefined
            ? marked(() => gettext("New contact"))
            : marked(() => gettext("Change a contact"))
        }
      </h1>
      ${loaded === undefined ? this.waiting() : this.form(loaded)}
      ${this.asking ? this.deleteQuestion() : nothing}
    `;
  }

  private waiting(): TemplateResult {
    return html`${this.faultTemplate()}
      <p role="status">${this.busy ? marked(() => gettext("Getting the form…")) : ""}</p>
      <button class="button button--quiet" type="button" @click=${() => this.back()}>
        ${marked(() => gettext("Back"))}
      </button>`;
  }

  private form(loaded: LoadedForm): TemplateResult {
    return html`<form class="contact" autocomplete="off" novalidate @submit=${this.submit}>
      ${
        this.older
          ? html`<p class="notice">
              ${marked(() =>
                gettext(
                  "The form has changed since. The answers that still fit are here: check them.",
                ),
              )}
            </p>`
          : nothing
      }
      ${
        this.repeated
          ? html`<p class="hint">
              ${marked(() => gettext("Some answers are those of your last contact: check them."))}
            </p>`
          : nothing
      }
      ${formQuestions(this.askingOf(loaded), this.answers)}
      <div class="saving">
        <div role="alert">
          ${
            this.problems.size === 0
              ? nothing
              : html`<p class="caution">${marked(() => problemsSentence(this.problems.size))}</p>`
          }
        </div>
        ${this.faultTemplate()} ${this.drafting.line()}
        <div class="buttons">
          <button class="button button--primary button--wide" type="submit" ?disabled=${this.busy}>
            ${marked(() => gettext("Save contact"))}
          </button>
          <button class="button" type="button" @click=${this.leave}>
            ${marked(() => gettext("Back"))}
          </button>
          <button class="button button--quiet" type="button" @click=${() => (this.asking = true)}>
            ${marked(() => gettext("Throw away"))}
          </button>
        </div>
      </div>
    </form>`;
  }

  private deleteQuestion(): TemplateResult {
    return confirmation({
      question:
        this.edits === undefined
          ? marked(() => gettext("Throw this contact away? Nothing of it is kept."))
          : marked(() => gettext("Throw your changes away? The contact stays as it was.")),
      yes: marked(() => gettext("Throw away")),
      no: marked(() => gettext("Keep it")),
      confirm: () =>
        void this.attempt(async () => {
          await this.drafting.throwAway();
          this.back();
        }),
      end: () => (this.asking = false),
    });
  }

  private askingOf(loaded: LoadedForm): Asking {
    return {
      ...loaded,
      value: (name) => this.answers[name],
      answer: (name, value) => this.answer(loaded, name, value),
      problem: (name) => this.problems.get(name),
      filter: (name) => this.filters.get(name) ?? "",
      setFilter: (name, text) => (this.filters = new Map(this.filters).set(name, text)),
      isFolded: (name) => this.folded.has(name),
      unfold: (name) => void this.unfold(name),
    };
  }

  private answer(loaded: LoadedForm, name: string, value: Value | undefined): void {
    const answers = { ...this.answers };
    if (value === undefined) Reflect.deleteProperty(answers, name);
    else answers[name] = value;
    this.answers = answers;
    if (this.problems.has(name)) {
      this.problems = new Map([...this.problems].filter(([each]) => each !== name));
    }
    this.drafting.keep(() => this.subject(loaded), answers);
  }

  private subject({ form: { id, hash } }: LoadedForm): DraftSubject {
    const about = this.edits === undefined ? {} : { edits: this.edits };
    return { kind: "contact", form: { id, hash }, enrolment: this.enrolment, ...about };
  }

  private async unfold(name: string): Promise<void> {
    this.folded = new Set([...this.folded].filter((each) => each !== name));
    await this.updateComplete;
    this.controlOf(name)?.focus();
  }

  private controlOf(name: string): HTMLElement | null | undefined {
    const place = this.querySelector(`#q-${name}`);
    return place?.querySelector<HTMLElement>("input:checked, input, select, textarea, button");
  }

  private async load(): Promise<void> {
    const loaded = await this.loadForm();
    if (this.edits !== undefined) this.saved = await this.savedValues(this.edits);
    const draft = await this.drafting.takeUp(this.draft, this.edits);
    if (draft !== undefined) this.takeUp(draft, loaded);
    else if (this.edits !== undefined) this.answers = answersOf(loaded.form, this.saved);
    else {
      const last = await this.lastContact();
      this.answers = firstAnswers(loaded.form, last, new Date());
      this.folded = new Set(Object.keys(this.answers));
      this.repeated = this.folded.size > 1;
    }
    this.loaded = loaded;
  }

  private takeUp({ form, values }: Draft, loaded: LoadedForm): void {
    this.older = form?.hash !== loaded.form.hash;
    this.answers = this.older ? carriedOver(loaded.form, values) : answersOf(loaded.form, values);
  }

  /** The fields of a saved contact; of one that two phones changed, what is shown first. */
  private async savedValues(contact: Id): Promise<Values> {
    const { fields } = await this.engine.readContact(contact);
    return Object.fromEntries([...fields].map(([name, [value = null]]) => [name, value]));
  }

  private async lastContact(): Promise<Values> {
    const [last] = this.engine.contacts(this.enrolment);
    if (last === undefined) return {};
    try {
      return await this.savedValues(last.id);
    } catch {
      return {}; // A default less: no reason not to write the next contact.
    }
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { loaded } = this;
    if (loaded === undefined) return;
    const checked = check(loaded.form, this.answers);
    if (checked.problems !== undefined) {
      this.problems = new Map(checked.problems.map((problem) => [problem.field, problem]));
      this.folded = new Set([...this.folded].filter((name) => !this.problems.has(name)));
      void this.showFirstProblem(checked.problems);
      return;
    }
    this.problems = new Map();
    void this.attempt(() => this.save(loaded, checked.values));
  };

  private async save({ form }: LoadedForm, values: Answers): Promise<void> {
    const name: FormName = { id: form.id, hash: form.hash };
    const { id } = this.drafting;
    const draft = id === undefined ? {} : { draft: id };
    if (this.edits === undefined) {
      await this.engine.logContact({ enrolment: this.enrolment, form: name, values, ...draft });
      this.back(() => gettext("Contact saved on this phone."));
    } else {
      const changes = changesOf(this.saved, values);
      await this.engine.editContact({ record: this.edits, form: name, values: changes, ...draft });
      this.back(() => gettext("Change saved on this phone."));
    }
  }

  private async showFirstProblem([first]: readonly Problem[]): Promise<void> {
    await this.updateComplete;
    if (first === undefined) return;
    const place = this.querySelector(`#q-${first.field}`);
    for (
      let group = place?.closest("details");
      group;
      group = group.parentElement?.closest("details")
    ) {
      group.open = true;
    }
    this.controlOf(first.field)?.focus();
    place?.scrollIntoView({ block: "center" });
  }

  private readonly leave = (): void => {
    void this.attempt(async () => {
      await this.drafting.flush();
      this.back();
    });
  };
}

customElements.define("contact-form", ContactForm);
