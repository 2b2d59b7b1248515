/** `<console-report>`: a programme's reports. Properties: those of `CountedScreen`. Events: `back`. */
import { html, type TemplateResult } from "lit";

import { encodePublication, type Publication } from "../../counts/index.ts";
import { weekOf } from "../../forms/index.ts";
import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Counted } from "./counted.ts";
import { CountedScreen } from "./counted-screen.ts";
import "./programme-report.ts";

export class ConsoleReport extends CountedScreen {
  protected override heading(): string {
    return gettext("Reports");
  }

  protected override body({ table, labels }: Counted): TemplateResult {
    const { summary, threshold, kept } = this;
    if (summary?.practice === true) {
      return html`<p class="notice">
        ${marked(() => gettext("Practice: made-up contacts only. They are never counted."))}
      </p>`;
    }
    return html`<programme-report
      .table=${table}
      .labels=${labels}
      .threshold=${threshold}
      .thisWeek=${weekOf(new Date())}
      .name=${summary?.name ?? ""}
      .kept=${kept}
      .keep=${this.keep}
    ></programme-report>`;
  }

  private readonly keep = async (made: Publication): Promise<void> => {
    const coordinator = await this.engine.coordinator(this.enrolment);
    await coordinator.keepReport(made.period, encodePublication(made));
    await this.prepare();
  };
}

customElements.define("console-report", ConsoleReport);
