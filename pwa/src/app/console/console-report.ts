/** `<console-report>`: a programme's reports. Properties: those of `CountedScreen`. Events: `back`. */
import { html, nothing, type TemplateResult } from "lit";

import { encodePublication, publish } from "../../counts/index.ts";
import { weekOf } from "../../forms/index.ts";
import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Counted } from "./counted.ts";
import { CountedScreen, periodOf } from "./counted-screen.ts";
import "./programme-report.ts";
import "./report-threshold.ts";

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
      .make=${this.make}
    ></programme-report>`;
  }

  /** Once it is known which number is in force. */
  protected override foot(): TemplateResult | typeof nothing {
    if (!this.isPrepared || this.summary?.practice !== false) return nothing;
    return html`<report-threshold
      .threshold=${this.threshold}
      .keep=${this.setThreshold}
    ></report-threshold>`;
  }

  private readonly setThreshold = async (threshold: number, why: string): Promise<void> => {
    await (await this.engine.coordinator(this.enrolment)).setThreshold(threshold, why);
    await this.prepare();
  };

  /** It is made once: from all that the hub has, and not from what happens to be here. */
  private readonly make = async (period: string, isSure: boolean): Promise<number> => {
    const { counted, unreadable } = await this.whole();
    if (unreadable > 0 && !isSure) return unreadable;
    const made = counted && publish(counted.table, period, this.threshold);
    if (made === undefined) return 0;
    const coordinator = await this.engine.coordinator(this.enrolment);
    await coordinator.keepReport(period, encodePublication(made), periodOf);
    await this.prepare();
    return 0;
  };
}

customElements.define("console-report", ConsoleReport);
