/**
 * `<keepsake-form>`: writes a private record, new or kept; a draft from the first key press.
 * Properties: `vault`, `kind`; `keepsake` or `draft` to go on with one; `values`, what a new one begins with.
 * Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { DamagedError, type Id, type Keepsake, type Values } from "../../vault/index.ts";
import { withBase } from "../draft-base.ts";
import {
  type Field,
  isProblems,
  type Problems,
  readTyped,
  textOf,
  type Typed,
  typedOf,
} from "../keeping/fields.ts";
import { type FormKind, KINDS } from "../keeping/kinds.ts";
import { keepFromNowOn } from "../storage.ts";
import { dayOf } from "../states.ts";
import { WritingScreen } from "../writing-screen.ts";

export class KeepsakeForm extends WritingScreen {
  static override readonly properties = {
    ...WritingScreen.properties,
    kind: { attribute: false },
    keepsake: { attribute: false },
    values: { attribute: false },
    typed: { state: true },
    problems: { state: true },
    others: { state: true },
  };

  declare kind: FormKind;
  declare keepsake: Id | undefined;
  declare values: Typed | undefined;
  /** Undefined until it is read. */
  declare private typed: Typed | undefined;
  declare private problems: Problems;
  /** Beside this plan: two phones, or two windows, may have written one each. */
  declare private others: readonly Keepsake[];
  private kept: Typed = {};
  /** What `keepsake` said when this was begun. */
  private begun: Values | undefined;

  constructor() {
    super();
    this.problems = new Map();
    this.others = [];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.typed = undefined;
    this.values = undefined;
    this.kept = {};
    this.begun = undefined;
    this.others = [];
  }

  protected override render(): TemplateResult {
    const { heading, lead, fields } = KINDS[this.kind];
    const { typed } = this;
    return html`
      <h1>${marked(heading)}</h1>
      ${lead === undefined ? nothing : html`<p>${marked(lead)}</p>`} ${this.faultTemplate()}
      ${this.otherPlans()}
      ${
        typed === undefined
          ? this.wayBack()
          : html`<form autocomplete="off" novalidate @submit=${this.submit}>
              ${fields.map((field) => this.field(field, typed))} ${this.drafting.line()}
              ${this.buttons(marked(() => gettext("Save")))}
            </form>`
      }
      ${this.deletion(marked(() => gettext("Delete this? It cannot be brought back.")))}
    `;
  }

  private otherPlans(): TemplateResult | typeof nothing {
    if (this.others.length === 0) return nothing;
    return html`<p class="notice">
        ${marked(() => gettext("Both are kept until you choose. Choose what is right."))}
      </p>
      <div class="buttons">
        ${this.others.map(
          ({ id, changed }) =>
            html`<button
              class="button"
              type="button"
              @click=${() => this.go({ name: "keepsake", kind: "plan", keepsake: id })}
            >
              ${marked(() => gettext("Saved on {day}", { day: dayOf(changed) }))}
            </button>`,
        )}
      </div>`;
  }

  private field(field: Field, typed: Typed): TemplateResult {
    const { name, label, hint, input } = field;
    const problem = this.problems.get(name);
    const described = [hint && `${name}-hint`, problem && `${name}-error`]
      .filter(Boolean)
      .join(" ");
    const isGroup = input === "choice" && (field.choices?.() ?? []).length < 5;
    const parts = html`
      ${hint === undefined ? nothing : html`<p class="hint" id=${`${name}-hint`}>${marked(hint)}</p>`}
      ${isGroup ? this.radios(field, typed) : this.control(field, typed, described)}
      ${problem === undefined ? nothing : html`<p class="error" id=${`${name}-error`}>${marked(problem)}</p>`}
    `;
    const style = problem === undefined ? "field" : "field field--wrong";
    return isGroup
      ? html`<fieldset class=${style} aria-describedby=${described || nothing}>
          <legend>${marked(label)}</legend>
          ${parts}
        </fieldset>`
      : html`<div class=${style}>
          <label for=${`field-${name}`}>${marked(label)}</label>
          ${parts}
        </div>`;
  }

  private radios({ name, choices }: Field, typed: Typed): TemplateResult {
    return html`<div class="choices">
      ${choices?.().map(
        ([value, label]) =>
          html`<label class="choice">
            <input
              type="radio"
              name=${name}
              autocomplete="off"
              .checked=${live(typed[name] === value)}
              @change=${() => this.type(name, value)}
            /><span>${label}</span>
          </label>`,
      )}
    </div>`;
  }

  private control(field: Field, typed: Typed, described: string): TemplateResult {
    const { name, input, needed } = field;
    const id = `field-${name}`;
    const value = typed[name] ?? "";
    const wrong = this.problems.has(name) ? "true" : nothing;
    const changed = (event: Event): void => this.type(name, valueOf(event));
    if (input === "choice") {
      return html`<select
        class="input"
        id=${id}
        autocomplete="off"
        aria-invalid=${wrong}
        aria-describedby=${described || nothing}
        @change=${changed}
      >
        ${choicesWith(field, value).map(
          ([each, label]) =>
            html`<option value=${each} ?selected=${each === value}>${label}</option>`,
        )}
      </select>`;
    }
    if (input === "long") {
      return html`<textarea
        class="input"
        id=${id}
        rows="3"
        dir="auto"
        autocomplete="off"
        spellcheck="false"
        aria-describedby=${described || nothing}
        .value=${live(value)}
        @input=${changed}
      ></textarea>`;
    }
    return html`<input
      class="input"
      id=${id}
      type=${input === "day" ? "date" : input === "time" ? "time" : "text"}
      inputmode=${input === "count" ? "numeric" : input === "amount" ? "decimal" : nothing}
      dir=${input === "line" ? "auto" : nothing}
      autocomplete="off"
      spellcheck="false"
      aria-required=${needed === true ? "true" : nothing}
      aria-invalid=${wrong}
      aria-describedby=${described || nothing}
      .value=${live(value)}
      @input=${changed}
    />`;
  }

  /** Where nothing could be read, a fault says why. */
  private wayBack(): TemplateResult | typeof nothing {
    if (this.fault === undefined) return nothing;
    return html`<button class="button" type="button" @click=${() => this.back()}>
      ${marked(() => gettext("Back"))}
    </button>`;
  }

  protected override async load(): Promise<void> {
    const { fields } = KINDS[this.kind];
    if (this.kind === "plan" && this.draft === undefined) await this.findPlan();
    // There is one plan: whoever opens it goes on with what was begun.
    if (this.kind === "plan" && this.keepsake === undefined) {
      const drafts = await this.vault.drafts.list();
      this.draft ??= drafts.find(({ kind }) => kind === "plan")?.id;
    }
    const draft = await this.drafting.takeUp(this.draft, this.keepsake);
    this.keepsake ??= draft?.edits;
    const begun = await this.begunOver(draft, this.keepsake);
    this.keepsake = begun?.id;
    this.begun = begun?.values;
    this.kept = this.begun === undefined ? (this.values ?? {}) : typedOf(fields, this.begun);
    const drafted = draft && fields.map(({ name }) => [name, textOf(draft.values, name)] as const);
    this.typed = drafted === undefined ? this.kept : Object.fromEntries(drafted);
  }

  /** The one that opens; beside one that no longer does, which is said, a new one can be made. */
  private async findPlan(): Promise<void> {
    const { kept, damaged } = await this.vault.keepsakes.list("plan");
    this.keepsake = (kept.find(({ id }) => id === this.keepsake) ?? kept[0])?.id;
    this.others = kept.filter(({ id }) => id !== this.keepsake);
    if (kept.length === 0 && damaged > 0) this.tell(new DamagedError());
  }

  private type(name: string, value: string): void {
    this.typed = { ...this.typed, [name]: value };
    const about = this.keepsake === undefined ? {} : { edits: this.keepsake };
    const values = withBase(this.typed, this.begun);
    this.drafting.keep(() => ({ kind: this.kind, ...about }), values);
    if (!this.problems.has(name)) return;
    this.problems = new Map([...this.problems].filter(([each]) => each !== name));
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { kind, keepsake, begun, drafting } = this;
    const { keepsakes } = this.vault;
    const { fields, order } = KINDS[kind];
    const read = readTyped(fields, this.typed ?? {});
    if (isProblems(read)) {
      this.problems = read;
      void this.updateComplete.then(() => this.focusProblem());
      return;
    }
    void this.attempt(async () => {
      const writing = { order: order(read), replaces: keepsake, before: begun, draft: drafting.id };
      const saved = await keepsakes.keep(kind, read, writing);
      keepFromNowOn();
      this.leaveSaved(saved, keepsake, keepsakes.lines(kind), () => gettext("Saved."));
    });
  };

  private focusProblem(): void {
    this.querySelector<HTMLElement>(".field--wrong :is(input, select, textarea)")?.focus();
  }

  protected override get isUnchanged(): boolean {
    const { kept, typed = {} } = this;
    const names = KINDS[this.kind].fields.map(({ name }) => name);
    return names.every((name) => (kept[name] ?? "") === (typed[name] ?? ""));
  }

  protected override async erase(): Promise<void> {
    const { keepsake, drafting } = this;
    if (keepsake === undefined) await drafting.throwAway();
    else await this.vault.keepsakes.delete(keepsake, drafting.id);
    this.back(() => gettext("Deleted."));
  }
}

/** What was chosen once stays to be chosen, however long ago. */
function choicesWith({ choices }: Field, value: string): (readonly [string, string])[] {
  const offered = [...(choices?.() ?? [])];
  const isKnown = offered.some(([each]) => each === value);
  return isKnown ? offered : [[value, value], ...offered];
}

function valueOf({ target }: Event): string {
  const isControl =
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement;
  return isControl ? target.value : "";
}

customElements.define("keepsake-form", KeepsakeForm);
