/**
 * `<contacts-state>`: how many contacts there are, from how many phones, what cannot be read, and what never
 * came. Properties: `contacts` (ProgrammeContacts), `notes` (by device, whose it is).
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";

import { formatNumber, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { DeviceCount } from "../../sync/coordinator/contacts.ts";
import type { ProgrammeContacts } from "../../sync/coordinator/programme-contacts.ts";
import type { Id } from "../../vault/index.ts";
import { deviceCode } from "../states.ts";
import { Watching } from "../watching.ts";
import { numbersOf } from "./names.ts";

export class ContactsState extends LitElement {
  static override readonly properties = {
    contacts: { attribute: false },
    notes: { attribute: false },
  };

  declare contacts: ProgrammeContacts;
  declare notes: ReadonlyMap<Id, string>;

  constructor() {
    super();
    this.notes = new Map();
    new Watching(this, () => [this.contacts.opening, this.contacts.seen]);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { sheet, devices, unreadable } = this.contacts.seen.value;
    // Before they are opened nobody knows how many there are.
    if (sheet.size === 0 && this.contacts.opening.value.isOpening) return this.progress();
    return html`
      ${this.progress()}
      <dl class="facts">
        ${fact(() => gettext("Contacts"), sheet.size)}
        ${fact(() => gettext("Phones and computers"), devices.length)}
      </dl>
      ${
        unreadable === 0
          ? nothing
          : html`<p class="hint">
              ${marked(() =>
                gettext("Not counted, their key has not arrived yet: {count}", {
                  count: formatNumber(unreadable),
                }),
              )}
            </p>`
      }
      ${devices.map((count) => odd(count, this.notes.get(count.device)))}
    `;
  }

  private progress(): TemplateResult {
    const { opened, of, isOpening, hasFailed } = this.contacts.opening.value;
    if (hasFailed) {
      return html`<p class="notice" role="status">
        ${marked(() => gettext("Not all contacts could be opened."))}
        <button class="button button--quiet" type="button" @click=${() => this.contacts.again()}>
          ${marked(() => gettext("Try again"))}
        </button>
      </p>`;
    }
    if (!isOpening) return html``;
    const numbers = { opened: formatNumber(opened), of: formatNumber(of) };
    const said = (): string => gettext("Opening contacts: {opened} of {of}", numbers);
    return html`<p class="hint">
      <label>${marked(said)} <progress max=${of} .value=${opened}></progress></label>
    </p>`;
  }
}

function fact(name: () => string, number: number): TemplateResult {
  return html`<dt>${marked(name)}</dt>
    <dd>${formatNumber(number)}</dd>`;
}

function odd(count: DeviceCount, note = ""): TemplateResult | typeof nothing {
  if (count.missing.length + count.twice.length === 0) return nothing;
  const numbers = numbersOf(count);
  return html`<p class="caution">
    ${note === "" ? nothing : html`<strong><bdi>${note}</bdi></strong> · `}<bdi
      class="fingerprint"
      dir="ltr"
      >${deviceCode(count.device)}</bdi
    ><br />
    ${
      // Translators: {numbers} are numbers of entries in a log, and ranges of them, such as 3–5.
      marked(() => gettext("Numbers missing or used twice: {numbers}", { numbers }))
    }
  </p>`;
}

customElements.define("contacts-state", ContactsState);
