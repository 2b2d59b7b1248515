/**
 * `<report-threshold>`: below which number reports tell nothing, and another one, with a reason.
 * Properties: `threshold`, `keep` (sets another one).
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { asciiDigits, formatNumber, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import {
  HIGHEST_THRESHOLD,
  isThreshold,
  LOWEST_THRESHOLD,
} from "../../sync/coordinator/reports.ts";
import { ScreenElement } from "../screen-element.ts";

const FIELDS = ["number", "why"] as const;
type FieldName = (typeof FIELDS)[number];

export class ReportThreshold extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    threshold: { attribute: false },
    keep: { attribute: false },
    typed: { state: true },
    slips: { state: true },
  };

  declare threshold: number;
  declare keep: (threshold: number, why: string) => Promise<void>;
  /** Undefined while nobody changes it. */
  declare private typed: Readonly<Record<FieldName, string>> | undefined;
  declare private slips: ReadonlySet<FieldName>;

  constructor() {
    super();
    this.slips = new Set();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.typed = undefined;
  }

  protected override render(): TemplateResult {
    const { typed, threshold } = this;
    return html`<section class="unprinted" aria-labelledby="threshold">
      <h2 id="threshold">${marked(() => gettext("Small numbers"))}</h2>
      <p>${marked(() => hiddenBelow(threshold))}</p>
      ${typed === undefined ? this.button() : this.form(typed)}
    </section>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (!changed.has("typed") && !changed.has("slips")) return;
    if (this.typed === undefined) return;
    if (changed.get("typed") === undefined && changed.has("typed")) {
      this.querySelector<HTMLElement>("#below")?.focus();
    } else if (changed.has("slips")) {
      this.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    }
  }

  private button(): TemplateResult {
    return html`<button
      class="button"
      type="button"
      @click=${() => (this.typed = { number: "", why: "" })}
    >
      ${marked(() => gettext("Change"))}
    </button>`;
  }

  private form(typed: Readonly<Record<FieldName, string>>): TemplateResult {
    return html`<form autocomplete="off" @submit=${this.save}>
      <p class="hint" id="threshold-hint">
        ${marked(() =>
          gettext(
            "Reports that are there already stay as they are. The log keeps the number and why.",
          ),
        )}
      </p>
      ${this.field("number", typed, {
        label: () => gettext("Hide numbers below"),
        wrong: () =>
          gettext("Write a whole number, from {lowest} to {highest}.", {
            lowest: formatNumber(LOWEST_THRESHOLD),
            highest: formatNumber(HIGHEST_THRESHOLD),
          }),
      })}
      ${this.field("why", typed, {
        label: () => gettext("Why it is needed"),
        wrong: () => gettext("Write an answer here."),
      })}
      ${this.faultTemplate()}
      <div class="buttons">
        <button class="button button--primary" type="submit" ?disabled=${this.busy}>
          ${marked(() => gettext("Save"))}
        </button>
        <button class="button button--quiet" type="button" @click=${this.end}>
          ${marked(() => gettext("Not now"))}
        </button>
      </div>
    </form>`;
  }

  private field(
    name: FieldName,
    typed: Readonly<Record<FieldName, string>>,
    { label, wrong }: { label: () => string; wrong: () => string },
  ): TemplateResult {
    const isWrong = this.slips.has(name);
    const id = name === "number" ? "below" : "below-why";
    return html`<div class=${isWrong ? "field field--wrong" : "field"}>
      <label for=${id}>${marked(label)}</label>
      ${isWrong ? html`<p class="error" id=${`${id}-error`}>${marked(wrong)}</p>` : nothing}
      <input
        id=${id}
        class="input"
        type="text"
        inputmode=${name === "number" ? "numeric" : nothing}
        dir=${name === "number" ? nothing : "auto"}
        maxlength=${name === "number" ? 12 : 280}
        autocomplete="off"
        spellcheck="false"
        aria-required="true"
        aria-invalid=${isWrong ? "true" : nothing}
        aria-describedby=${isWrong ? `${id}-error threshold-hint` : "threshold-hint"}
        .value=${live(typed[name])}
        @input=${({ target }: Event) => {
          if (!(target instanceof HTMLInputElement) || this.typed === undefined) return;
          this.typed = { ...this.typed, [name]: target.value };
        }}
      />
    </div>`;
  }

  private readonly save = (event: SubmitEvent): void => {
    event.preventDefault();
    const { number = "", why = "" } = this.typed ?? {};
    const digits = asciiDigits(number).trim();
    const threshold = /^\d+$/.test(digits) ? Number(digits) : NaN;
    const isWrong = { number: !isThreshold(threshold), why: why.trim() === "" };
    this.slips = new Set(FIELDS.filter((name) => isWrong[name]));
    if (this.slips.size > 0) return;
    void this.attempt(async () => {
      await this.keep(threshold, why);
      this.end();
    });
  };

  private readonly end = (): void => {
    this.typed = undefined;
    this.slips = new Set();
    this.fault = undefined;
  };
}

/** Said of reports that nobody made yet. */
export function hiddenBelow(threshold: number): string {
  return gettext("Numbers below {number} are hidden in reports that are made from now on.", {
    number: formatNumber(threshold),
  });
}

customElements.define("report-threshold", ReportThreshold);
