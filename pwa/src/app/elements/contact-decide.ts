/**
 * `<contact-decide>`: a contact that two phones changed apart: both values side by side, chosen field by field,
 * and saved as the next edit. Properties: `engine`, `contact`, `loadForm`. Events: `go`, `back`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Contact, Engine } from "../../sync/index.ts";
import type { Id, Value } from "../../vault/index.ts";
import { answerText } from "../answer-text.ts";
import { type Conflict, conflictsOf, onlyIn, withCalculated } from "../conflicts.ts";
import { stripeOf } from "../contacts.ts";
import { formText } from "../form-text.ts";
import type { LoadedForm } from "../pack.ts";
import type { LoadForm } from "../programme-forms.ts";
import { ScreenElement } from "../screen-element.ts";

export class ContactDecide extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    engine: { attribute: false },
    contact: { attribute: false },
    loadForm: { attribute: false },
    found: { state: true },
    loaded: { state: true },
    chosen: { state: true },
    missing: { state: true },
  };

  declare engine: Engine;
  declare contact: Id;
  declare loadForm: LoadForm;
  declare private found: Contact | undefined;
  declare private loaded: LoadedForm | undefined;
  /** By field, which of its values stands. */
  declare private chosen: ReadonlyMap<string, number>;
  declare private missing: boolean;

  constructor() {
    super();
    this.chosen = new Map();
    this.missing = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.found = undefined;
  }

  protected override render(): TemplateResult {
    const { found, loaded } = this;
    return html`
      ${found === undefined ? nothing : stripeOf(this.engine, found.enrolment)}
      <h1>${marked(() => gettext("Changed on two phones"))}</h1>
      ${this.faultTemplate()}
      ${
        found === undefined
          ? nothing
          : html`<p>
                ${marked(() => gettext("Both are kept until you choose. Choose what is right."))}
              </p>
              <form autocomplete="off" @submit=${this.submit}>
                ${conflictsOf(found, loaded?.form).map((each) => this.question(each))}
                <div role="alert">
                  ${
                    this.missing
                      ? html`<p class="caution">
                          ${marked(() => gettext("Not saved yet: choose one of each."))}
                        </p>`
                      : nothing
                  }
                </div>
                <div class="buttons">
                  <button
                    class="button button--primary button--wide"
                    type="submit"
                    ?disabled=${this.busy}
                  >
                    ${marked(() => gettext("Save this choice"))}
                  </button>
                  <button class="button" type="button" @click=${this.leave}>
                    ${marked(() => gettext("Back"))}
                  </button>
                </div>
              </form>`
      }
    `;
  }

  private question({ name, field, values }: Conflict): TemplateResult {
    const form = this.loaded?.form;
    return html`<fieldset class="field" id=${`q-${name}`}>
      <legend>
        ${
          field === undefined || form === undefined
            ? html`<bdi dir="ltr">${name}</bdi>`
            : formText(field.label, form, this.loaded?.lang)
        }
      </legend>
      <div class="sides">
        ${values.map((value, at) => {
          const only = onlyIn(value, values);
          return html`<label class="choice">
            <input
              type="radio"
              name=${`q-${name}`}
              autocomplete="off"
              .checked=${live(this.chosen.get(name) === at)}
              @change=${() => (this.chosen = new Map(this.chosen).set(name, at))}
            />
            <span>
              <span dir="auto">${answerText(value, field, form)}</span>
              ${
                only.length === 0
                  ? nothing
                  : html`<small class="hint"
                      >${marked(() =>
                        gettext("Only here: {answers}", {
                          answers: answerText([...only], field, form),
                        }),
                      )}</small
                    >`
              }
            </span>
          </label>`;
        })}
      </div>
    </fieldset>`;
  }

  private async load(): Promise<void> {
    const found = await this.engine.readContact(this.contact);
    this.found = found;
    this.loaded = await this.loadForm(found.enrolment, found.form);
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { found } = this;
    if (found?.form === undefined) return;
    const { form } = found;
    const open = conflictsOf(found, this.loaded?.form);
    this.missing = open.some(({ name }) => !this.chosen.has(name));
    if (this.missing) return;
    const decided = open.map(({ name, values }): [string, Value] => [
      name,
      values[this.chosen.get(name) ?? 0] ?? null,
    ]);
    void this.attempt(async () => {
      await this.engine.editContact({
        record: this.contact,
        form,
        values: withCalculated(found, this.loaded?.form, Object.fromEntries(decided)),
      });
      this.go({ name: "contact", contact: this.contact }, () =>
        gettext("Change saved on this phone."),
      );
    });
  };

  private readonly leave = (): void => {
    this.go({ name: "contact", contact: this.contact });
  };
}

customElements.define("contact-decide", ContactDecide);
