/**
 * `<hours-home>`: hours and pay of a month: today as last time at one press, what is owed and paid, each entry.
 * Properties: `vault`, `month` (the present one where it is absent). Events: `go`, `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { formatDay, formatMonth, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Keepsake } from "../../vault/index.ts";
import { localDay, monthOf, monthsAfter } from "../keeping/days.ts";
import { textOf, type Typed, typedOf } from "../keeping/fields.ts";
import { type FormKind, KINDS } from "../keeping/kinds.ts";
import { type MonthTotals, totalsOf } from "../keeping/pay.ts";
import { type KeptWork, lastDay, readWork, shiftOf, showMoney } from "../keeping/work.ts";
import { ListScreen } from "../list-screen.ts";
import { ruleOf, sumList, timesOf, workedOf } from "../pay-text.ts";
import type { Screen } from "../screens.ts";
import { keepFromNowOn } from "../storage.ts";

export class HoursHome extends ListScreen {
  static override readonly properties = {
    ...ListScreen.properties,
    month: { attribute: false },
    work: { state: true },
    last: { state: true },
    said: { state: true },
  };

  declare month: string;
  /** Undefined until it is read. */
  declare private work: KeptWork | undefined;
  declare private last: Keepsake | undefined;
  declare private said: (() => string) | undefined;

  constructor() {
    super();
    this.month = monthOf(localDay(Date.now()));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.work = undefined;
    this.last = undefined;
  }

  protected override render(): TemplateResult {
    const { work, said } = this;
    return html`
      <h1>${marked(() => gettext("Hours and pay"))}</h1>
      ${this.faultTemplate()}
      <div role="status">
        ${said === undefined ? nothing : html`<p class="notice">${marked(said)}</p>`}
      </div>
      ${work === undefined ? nothing : this.filled(work)}
    `;
  }

  private filled(work: KeptWork): TemplateResult {
    return html`
      ${this.quick()} ${this.damaged(work.damaged)}
      <section aria-labelledby="month">
        <h2 id="month">${formatMonth(this.month)}</h2>
        <div class="buttons">
          <button class="button" type="button" @click=${() => void this.turn(-1)}>
            ${marked(() => gettext("A month earlier"))}
          </button>
          <button class="button" type="button" @click=${() => void this.turn(1)}>
            ${marked(() => gettext("A month later"))}
          </button>
        </div>
        ${this.totals(totalsOf(work)[0])} ${this.entries(work)}
      </section>
      <section aria-labelledby="money">
        <h2 id="money">${marked(() => gettext("Pay"))}</h2>
        <div class="buttons">
          ${this.adds("payment", () => gettext("Money I got"))}
          ${this.adds("deduction", () => gettext("Money taken out of my pay"))}
        </div>
        ${this.rules(work)}
      </section>
      <div class="buttons">
        <button
          class="button"
          type="button"
          @click=${() => this.leadTo({ name: "record", month: this.month })}
        >
          ${marked(() => gettext("A record to print"))}
        </button>
        <button class="button" type="button" @click=${() => this.back()}>
          ${marked(() => gettext("Back"))}
        </button>
      </div>
    `;
  }

  /** Two presses from My notes to a day that is written; the second one is here. */
  private quick(): TemplateResult {
    const { last } = this;
    const isWritten = last !== undefined && textOf(last.values, "date") >= today();
    return html`<div class="buttons">
      ${
        last === undefined || isWritten
          ? nothing
          : html`<button
              class="button button--primary button--wide"
              type="button"
              ?disabled=${this.busy}
              @click=${() => void this.attempt(() => this.again(last))}
            >
              ${marked(() =>
                gettext("Today as last time: {times}", { times: timesOf(shiftOf(last.values)) }),
              )}
            </button>`
      }
      <button
        class=${last === undefined ? "button button--primary button--wide" : "button"}
        type="button"
        @click=${() => this.add("day", this.nextDay())}
      >
        ${marked(() => gettext("Write a day"))}
      </button>
    </div>`;
  }

  private damaged(count: number): TemplateResult | typeof nothing {
    if (count === 0) return nothing;
    return html`<p class="caution">
      ${marked(() => gettext("This cannot be read on this phone any more. It is kept as it is."))}
    </p>`;
  }

  private totals(totals: MonthTotals | undefined): TemplateResult {
    if (totals === undefined) {
      return html`<p class="hint">
        ${marked(() => gettext("Nothing is written for this month."))}
      </p>`;
    }
    return html`<p>${marked(() => workedOf(totals))}</p>
      ${sumList(totals.sums)}`;
  }

  private entries({ shifts, payments, deductions }: KeptWork): TemplateResult {
    const paid = (label: () => string): TemplateResult | string => marked(label);
    return html`<ul class="cards">
      ${payments.map((each) =>
        this.card(
          "payment",
          each.keepsake,
          paid(() => gettext("Money I got")),
          showMoney(each),
        ),
      )}
      ${deductions.map((each) =>
        this.card(
          "deduction",
          each.keepsake,
          paid(() => gettext("Money taken out of my pay")),
          `${showMoney(each)} ${textOf(each.keepsake.values, "note")}`.trim(),
        ),
      )}
      ${shifts.map((each) =>
        this.card(
          "day",
          each.keepsake,
          formatDay(each.date),
          marked(() => timesOf(each)),
        ),
      )}
    </ul>`;
  }

  private rules({ wages }: KeptWork): TemplateResult {
    return html`
      ${
        wages.length > 0
          ? nothing
          : html`<p class="notice">
              ${marked(() => gettext("Write what your pay is. Then you see here what is owed to you."))}
            </p>`
      }
      <ul class="cards">
        ${wages.map((each) =>
          this.card(
            "wage",
            each.keepsake,
            marked(() => gettext("My pay")),
            marked(() => ruleOf(each)),
          ),
        )}
      </ul>
      <div class="buttons">
        ${
          wages.length === 0
            ? this.adds("wage", () => gettext("My pay"))
            : this.adds("wage", () => gettext("My pay has changed"))
        }
      </div>
      ${
        wages.some(({ per }) => per === "month")
          ? html`<p class="hint">
              ${marked(() => gettext("Pay for a month is counted whole, also when you write only some of its days."))}
            </p>`
          : nothing
      }
    `;
  }

  private card(
    kind: FormKind,
    { id }: Keepsake,
    title: string | TemplateResult,
    text: string | TemplateResult,
  ): TemplateResult {
    return html`<li>
      <button
        class="card"
        type="button"
        @click=${() => this.leadTo({ name: "keepsake", kind, keepsake: id })}
      >
        <span class="title">${title}</span>
        <span class="hint"><bdi>${text}</bdi></span>
      </button>
    </li>`;
  }

  private adds(kind: "wage" | "payment" | "deduction", label: () => string): TemplateResult {
    return html`<button
      class="button"
      type="button"
      @click=${() => this.add(kind, this.nextMoney())}
    >
      ${marked(label)}
    </button>`;
  }

  private add(kind: FormKind, values: Typed): void {
    this.leadTo({ name: "keepsake", kind, values });
  }

  /** Whoever comes back finds the month that was looked at. */
  private leadTo(screen: Screen): void {
    this.go(screen, undefined, { name: "hours", month: this.month });
  }

  /** The hours of the last day, for today, or for the day after where today is written. */
  private nextDay(): Typed {
    const { last } = this;
    const before = last === undefined ? {} : typedOf(KINDS.day.fields, last.values);
    return { ...before, date: today(), note: "" };
  }

  private nextMoney(): Typed {
    const [rule] = this.work?.wages ?? [];
    const [paid] = this.work?.payments ?? [];
    return {
      date: today(),
      month: this.month,
      currency: rule?.currency ?? paid?.currency ?? "",
    };
  }

  private async again({ values }: Keepsake): Promise<void> {
    const { start = 0, end = 0, pause = 0 } = values;
    const day = { date: today(), start, end, pause };
    await this.vault.keepsakes.keep("day", day, { order: KINDS.day.order(day) });
    keepFromNowOn();
    const written = formatDay(day.date);
    this.month = monthOf(day.date);
    this.said = () => gettext("Written: {day}.", { day: written });
    await this.load();
  }

  private async turn(months: number): Promise<void> {
    this.month = monthsAfter(this.month, months);
    this.said = undefined;
    await this.load();
  }

  protected override async read(): Promise<() => void> {
    const { keepsakes } = this.vault;
    const { month } = this;
    const [work, last] = await Promise.all([readWork(keepsakes, month), lastDay(keepsakes)]);
    return () => {
      if (month !== this.month) return;
      this.work = work;
      this.last = last;
    };
  }
}

function today(): string {
  return localDay(Date.now());
}

customElements.define("hours-home", HoursHome);
