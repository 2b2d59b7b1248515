/**
 * `<console-log>`: what coordinators did, only ever added to; and what of it is missing.
 * Properties: `vault`, `engine`, `enrolment`. Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { weeksOf } from "../../counts/index.ts";
import { gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { LogEntry, Seen } from "../../sync/coordinator/index.ts";
import type { Id } from "../../vault/index.ts";
import { stripeOf } from "../contacts.ts";
import { dayOf, deviceCode } from "../states.ts";
import { quarterName } from "./counts-text.ts";
import { deedName, formatName, numbersOf } from "./names.ts";
import { hiddenBelow } from "./report-threshold.ts";
import { SeenScreen } from "./seen-screen.ts";

export class ConsoleLog extends SeenScreen {
  protected override render(): TemplateResult {
    const { seen } = this;
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>${marked(() => gettext("Log"))}</h1>
      <p>
        ${marked(() =>
          gettext(
            "What coordinators did. Every entry is signed and numbered, so that none goes without a trace.",
          ),
        )}
      </p>
      ${this.faultTemplate()} ${seen === undefined ? nothing : this.missing(seen)}
      ${seen === undefined ? nothing : this.entries(seen)} ${this.backButton()}
    `;
  }

  private missing(seen: Seen): TemplateResult {
    const gaps = seen.numbers.filter(({ missing, twice }) => missing.length + twice.length > 0);
    return html`<div role="status">
      ${gaps.map((counted) => {
        const { device } = counted;
        const numbers = numbersOf(counted);
        return html`<p class="caution">
          ${this.who(device, seen)}
          ${
            // Translators: {numbers} are numbers of entries in a log, and ranges of them, such as 3–5.
            marked(() => gettext("Numbers missing or used twice: {numbers}", { numbers }))
          }
        </p>`;
      })}
      ${[...new Set(seen.removals)].map(
        (device) =>
          html`<p class="caution">
            ${marked(() => gettext("Entries were taken out of this log by:"))}
            ${this.who(device, seen)}
          </p>`,
      )}
    </div>`;
  }

  private entries(seen: Seen): TemplateResult {
    if (seen.log.length === 0) {
      return html`<p class="hint">${marked(() => gettext("Nothing yet."))}</p>`;
    }
    return html`<ol class="cards" reversed>
      ${seen.log.map((entry) => this.entry(entry, seen))}
    </ol>`;
  }

  private entry(entry: LogEntry, seen: Seen): TemplateResult {
    const { count, period, threshold } = entry;
    return html`<li class="card">
      <p><strong>${marked(() => deedName(entry.deed))}</strong> ${this.about(entry, seen)}</p>
      ${weeksOf(period) === undefined ? nothing : html`<p>${marked(() => quarterName(period))}</p>`}
      ${threshold === undefined ? nothing : html`<p>${marked(() => hiddenBelow(threshold))}</p>`}
      ${entry.why === "" ? nothing : html`<p><bdi>${entry.why}</bdi></p>`}
      ${
        count === undefined
          ? nothing
          : html`<p>${marked(() => ngettext("{count} contact", "{count} contacts", count))}</p>`
      }
      ${entry.format === "" ? nothing : html`<p>${marked(() => formatName(entry.format))}</p>`}
      <p class="hint">${dayOf(entry.when * 1000)} · ${this.who(entry.who, seen)}</p>
      ${
        entry.isChanged
          ? html`<p class="caution">
              ${marked(() => gettext("This entry was changed after it was written."))}
            </p>`
          : nothing
      }
    </li>`;
  }

  private about({ about }: LogEntry, seen: Seen): TemplateResult | typeof nothing {
    const device = seen.devices.find((each) => each.device === about);
    return device === undefined ? nothing : this.who(about, seen);
  }

  private who(device: Id, { devices }: Seen): TemplateResult {
    const found = devices.find((each) => each.device === device);
    const code = html`<bdi class="fingerprint" dir="ltr">${deviceCode(device)}</bdi>`;
    if (found?.isOwn === true) return html`${marked(() => gettext("This one"))} ${code}`;
    return found === undefined || found.note === "" ? code : html`<bdi>${found.note}</bdi> ${code}`;
  }
}

customElements.define("console-log", ConsoleLog);
