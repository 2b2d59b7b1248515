/** `<console-contacts>`: a programme's contacts, counted. Properties: those of `CountedScreen`. Events: `back`. */
import { html, type TemplateResult } from "lit";

import type { Form } from "../../forms/index.ts";
import { gettext } from "../../i18n/index.ts";
import "./contact-counts.ts";
import type { Counted } from "./counted.ts";
import { CountedScreen } from "./counted-screen.ts";
import { knownForms } from "./known-forms.ts";
import type { LogExport } from "./records-export.ts";

export class ConsoleContacts extends CountedScreen {
  protected override heading(): string {
    return gettext("Contacts");
  }

  protected override body({ contacts, table, forms, labels }: Counted): TemplateResult {
    return html`<contact-counts
      .contacts=${contacts}
      .table=${table}
      .forms=${forms}
      .labels=${labels}
      .threshold=${this.threshold}
      .kept=${this.kept}
      .practice=${this.summary?.practice === true}
      .known=${this.known}
      .logged=${this.logged}
    ></contact-counts>`;
  }

  private readonly known = async (): Promise<ReadonlyMap<string, Form>> =>
    knownForms(this.engine, this.enrolment, this.loadForm);

  private readonly logged: LogExport = async (why, format, count) => {
    const coordinator = await this.engine.coordinator(this.enrolment);
    await coordinator.logExport(why, format, count);
  };
}

customElements.define("console-contacts", ConsoleContacts);
