/**
 * `<contact-view>`: a saved contact: its answers, where it is, what can be done with it.
 * Properties: `engine`, `contact`, `loadForm`. Events: `go`, `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { type Field, isEmpty } from "../../forms/index.ts";
import { formatNumber, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Contact, Engine } from "../../sync/index.ts";
import type { Id, Value } from "../../vault/index.ts";
import { answerText } from "../answer-text.ts";
import { answersOf, keysIn, laterQuestions } from "../answering.ts";
import { confirmation } from "../confirmation.ts";
import { conflictsOf } from "../conflicts.ts";
import { stripeOf } from "../contacts.ts";
import { formText } from "../form-text.ts";
import type { LoadedForm } from "../pack.ts";
import type { LoadForm } from "../programme-forms.ts";
import { ScreenElement } from "../screen-element.ts";
import { dayOf, sealedSentence, stateClass, stateName, stateSentence } from "../states.ts";

export class ContactView extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    engine: { attribute: false },
    contact: { attribute: false },
    loadForm: { attribute: false },
    found: { state: true },
    loaded: { state: true },
    asking: { state: true },
  };

  declare engine: Engine;
  declare contact: Id;
  declare loadForm: LoadForm;
  declare private found: Contact | undefined;
  declare private loaded: LoadedForm | undefined;
  declare private asking: boolean;

  constructor() {
    super();
    this.asking = false;
    this.reading(
      () => [this.engine.status],
      () => this.load(),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.found = undefined;
  }

  protected override render(): TemplateResult {
    const { found } = this;
    return html`
      ${found === undefined ? nothing : stripeOf(this.engine, found.enrolment)}
      <h1>${marked(() => gettext("Contact"))}</h1>
      ${this.faultTemplate()} ${this.body(found)} ${this.backButton()}
      ${
        this.asking
          ? confirmation({
              question: marked(() => deletionQuestion(found)),
              yes: marked(() => gettext("Delete it")),
              no: marked(() => gettext("Keep it")),
              confirm: () => this.erase(),
              end: () => (this.asking = false),
            })
          : nothing
      }
    `;
  }

  private body(found: Contact | undefined): TemplateResult | typeof nothing {
    if (found === undefined) return nothing;
    if (!found.deleted) return this.details(found);
    const waits = found.state !== "on-hub";
    return html`<p class="notice" role="status">
      ${
        waits
          ? marked(() =>
              gettext("This contact is deleted here. The hub deletes it with the next connection."),
            )
          : marked(() => gettext("This contact is deleted, here and on the hub."))
      }
    </p>`;
  }

  private details(contact: Contact): TemplateResult {
    const { state, saved } = contact;
    const day = dayOf(saved);
    return html`
      <div class="status" role="status">
        <p>
          <span class=${stateClass(state)}>${marked(() => stateName(state))}</span>
        </p>
        <p>${marked(() => stateSentence(contact))}</p>
        <p class="hint">${marked(() => gettext("Saved on {day}", { day }))}</p>
      </div>
      ${contact.deletedElsewhere ? this.deletedElsewhere(contact) : nothing}
      ${
        contact.sealed
          ? html`<p class="notice">${marked(() => sealedSentence(contact, Date.now()))}</p>`
          : this.answers(contact)
      }
      ${this.actions(contact)}
    `;
  }

  /** A deletion beside a change does not win by itself: somebody decides. */
  private deletedElsewhere(contact: Contact): TemplateResult {
    return html`<div class="notice">
      <p>
        ${marked(() =>
          gettext("It was deleted on another phone while this one changed it. Both are kept."),
        )}
      </p>
      <div class="buttons">
        <button
          class="button"
          type="button"
          ?disabled=${this.busy}
          @click=${() => this.keepAlive(contact)}
        >
          ${marked(() => gettext("Keep it"))}
        </button>
        <button class="button" type="button" @click=${() => (this.asking = true)}>
          ${marked(() => gettext("Delete it"))}
        </button>
      </div>
    </div>`;
  }

  private answers({ fields }: Contact): TemplateResult {
    const values = Object.fromEntries([...fields].map(([name, [value = null]]) => [name, value]));
    const form = this.loaded?.form;
    const known = form === undefined ? [] : keysIn(form, values);
    const names = new Set(known.map(({ key }) => key));
    const others = [...fields.keys()].filter((name) => !names.has(name));
    return html`<dl class="facts">
      ${known.map(({ key, field, at }) => this.answer(key, fields.get(key) ?? [], field, at))}
      ${others.map((name) => this.answer(name, fields.get(name) ?? []))}
    </dl>`;
  }

  private answer(
    name: string,
    values: readonly Value[],
    field?: Field,
    at = 0,
  ): TemplateResult | typeof nothing {
    // What is calculated without a label is for the form alone.
    if (values.length === 0 || field?.label === "") return nothing;
    const form = this.loaded?.form;
    return html`
      <dt>
        ${
          field === undefined || form === undefined
            ? html`<bdi dir="ltr">${name}</bdi>`
            : formText(field.label, form, this.loaded?.lang)
        }
        ${at === 0 ? nothing : html`<bdi>${formatNumber(at)}</bdi>`}
      </dt>
      <dd>
        ${values.map((value) => html`<p dir="auto">${answerText(value, field, form)}</p>`)}
        ${
          values.length > 1
            ? html`<p class="hint">
                ${marked(() => gettext("Changed on two phones: both are kept."))}
              </p>`
            : nothing
        }
      </dd>
    `;
  }

  private actions(contact: Contact): TemplateResult {
    const { state } = contact;
    const isOfThisForm = contact.form?.hash === this.loaded?.form.hash;
    const isOpen = conflictsOf(contact, this.loaded?.form).length > 0;
    const canChange = !contact.sealed && isOfThisForm;
    return html`<div class="buttons">
        ${
          state === "attention"
            ? html`<button class="button button--primary" type="button" @click=${this.retry}>
                ${marked(() => gettext("Try again"))}
              </button>`
            : nothing
        }
        ${isOpen ? this.decideButton(contact) : canChange ? this.changeButtons(contact) : nothing}
        <button class="button button--quiet" type="button" @click=${() => (this.asking = true)}>
          ${marked(() => gettext("Delete"))}
        </button>
      </div>
      ${
        canChange || contact.sealed || contact.damaged || this.loaded === undefined
          ? nothing
          : html`<p class="hint">
              ${marked(() =>
                gettext(
                  "It was written in another version of the form, so it can be read, not changed.",
                ),
              )}
            </p>`
      }`;
  }

  private decideButton({ id }: Contact): TemplateResult {
    return html`<button
      class="button button--primary"
      type="button"
      @click=${() => this.go({ name: "decide", contact: id })}
    >
      ${marked(() => gettext("Choose what is right"))}
    </button>`;
  }

  private changeButtons(contact: Contact): TemplateResult {
    const { id, enrolment } = contact;
    return html`${
        this.waitsForOutcome(contact)
          ? html`<button
              class="button button--primary"
              type="button"
              @click=${() => this.go({ name: "log", enrolment, edits: id, later: true })}
            >
              ${marked(() => gettext("Add the outcome of the referral"))}
            </button>`
          : nothing
      }
      <button
        class="button"
        type="button"
        @click=${() => this.go({ name: "log", enrolment, edits: id })}
      >
        ${marked(() => gettext("Change"))}
      </button>`;
  }

  private waitsForOutcome({ fields }: Contact): boolean {
    if (this.loaded === undefined) return false;
    const { form } = this.loaded;
    const values = Object.fromEntries([...fields].map(([name, [value = null]]) => [name, value]));
    const [first] = laterQuestions(form, answersOf(form, values));
    return first !== undefined && isEmpty(values[first.name]);
  }

  private async load(): Promise<void> {
    const found = await this.engine.readContact(this.contact);
    this.found = found;
    const loaded = await this.loadForm(found.enrolment, found.form);
    // What comes after the screen has gone is not kept.
    if (this.isConnected) this.loaded = loaded;
  }

  private readonly retry = (): void => {
    void this.attempt(() => this.engine.retry(this.contact));
  };

  /** Saving every answer anew stands against the deletion; what two phones answered apart stays to be decided. */
  private keepAlive({ id, form, fields }: Contact): void {
    if (form === undefined) return;
    const decided = [...fields].filter(([, values]) => values.length === 1);
    const values = Object.fromEntries(decided.map(([name, [value]]) => [name, value]));
    void this.attempt(async () => {
      await this.engine.editContact({ record: id, form, values });
      await this.load();
    });
  }

  private erase(): void {
    void this.attempt(async () => {
      await this.engine.deleteContact(this.contact);
      this.back(() =>
        gettext("Contact deleted here. The hub deletes it with the next connection."),
      );
    });
  }
}

function deletionQuestion(contact: Contact | undefined): string {
  return contact?.damaged === true
    ? gettext("Take this contact off this phone? What cannot be read here is then gone for good.")
    : gettext("Delete this contact? It is deleted on the hub too, with the next connection.");
}

customElements.define("contact-view", ContactView);
