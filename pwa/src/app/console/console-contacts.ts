/** `<console-contacts>`: a programme's contacts, counted. Properties: those of `CountedScreen`. Events: `back`. */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import "./contact-counts.ts";
import type { Counted } from "./counted.ts";
import { CountedScreen } from "./counted-screen.ts";

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
    ></contact-counts>`;
  }
}

customElements.define("console-contacts", ConsoleContacts);
