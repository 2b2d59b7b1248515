/**
 * `<counted-records>`: the contacts behind a row, some at a time, each opened where it stands.
 * Properties: `contacts`, `of` (what they are behind: another one begins anew), `forms` (by hash), `labels`.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import type { Field, Form } from "../../forms/index.ts";
import { formatNumber, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { SeenContact } from "../../sync/coordinator/contacts.ts";
import type { Value } from "../../vault/index.ts";
import { keysIn } from "../answering.ts";
import { answerText, contactTitle } from "../answer-text.ts";
import type { LoadedForm } from "../pack.ts";
import { weekName } from "../weeks.ts";
import type { Labels } from "./labels.ts";

const AT_ONCE = 20;

export class CountedRecords extends LitElement {
  static override readonly properties = {
    contacts: { attribute: false },
    of: { attribute: false },
    forms: { attribute: false },
    labels: { attribute: false },
    shown: { state: true },
    open: { state: true },
  };

  declare contacts: readonly SeenContact[];
  declare of: unknown;
  declare forms: ReadonlyMap<string, LoadedForm>;
  declare labels: Labels;
  declare private shown: number;
  declare private open: ReadonlySet<string>;

  constructor() {
    super();
    this.shown = AT_ONCE;
    this.open = new Set();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("of")) this.shown = AT_ONCE;
  }

  protected override render(): TemplateResult {
    const { contacts, shown } = this;
    return html`
      <ul class="cards">
        ${contacts.slice(0, shown).map((contact) => html`<li>${this.card(contact)}</li>`)}
      </ul>
      ${
        contacts.length <= shown
          ? nothing
          : html`<p>
              <button class="button" type="button" @click=${() => (this.shown = shown + AT_ONCE)}>
                ${marked(() => gettext("Show more"))}
              </button>
            </p>`
      }
    `;
  }

  private card(contact: SeenContact): TemplateResult {
    const { record, device } = contact;
    const form = this.forms.get(contact.formHash)?.form;
    const key = `${record} ${device}`;
    const week = contact.fields.get("week");
    return html`<details
      class="group"
      @toggle=${({ target }: Event) => {
        this.toggle(key, target instanceof HTMLDetailsElement && target.open);
      }}
    >
      <summary>
        <span class="title"
          >${form === undefined ? marked(() => gettext("Contact")) : titleOf(contact, form)}</span
        >
        ${
          typeof week === "string"
            ? html`<span class="hint">${marked(() => weekName(week))}</span>`
            : nothing
        }
      </summary>
      ${this.open.has(key) ? this.answers(contact, form) : nothing}
    </details>`;
  }

  private answers({ fields, undecided }: SeenContact, form: Form | undefined): TemplateResult {
    const keyed = form === undefined ? [] : keysIn(form, Object.fromEntries(fields));
    const named = new Set(keyed.map(({ key }) => key));
    const others = [...fields.keys()].filter((name) => !named.has(name));
    const values = (key: string): readonly Value[] =>
      undecided.get(key) ?? [fields.get(key) ?? null];
    return html`<dl class="facts">
      ${keyed
        .filter(({ key }) => fields.has(key))
        .map(({ key, field, at }) => this.answer(field.name, values(key), { field, form, at }))}
      ${others.map((name) => this.answer(name, values(name)))}
    </dl>`;
  }

  private answer(
    name: string,
    values: readonly Value[],
    { field, form, at = 0 }: { field?: Field; form?: Form | undefined; at?: number } = {},
  ): TemplateResult | typeof nothing {
    // What is calculated without a label is for the form alone.
    if (field?.label === "") return nothing;
    return html`<dt>
        ${this.labels.question(name)} ${at === 0 ? nothing : html`<bdi>${formatNumber(at)}</bdi>`}
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
      </dd>`;
  }

  private toggle(key: string, isOpen: boolean): void {
    const open = new Set(this.open);
    if (isOpen) open.add(key);
    else open.delete(key);
    this.open = open;
  }
}

function titleOf({ fields }: SeenContact, form: Form): string {
  const values = new Map([...fields].map(([name, value]) => [name, [value]] as const));
  return contactTitle(values, form) ?? gettext("Contact");
}

customElements.define("counted-records", CountedRecords);
