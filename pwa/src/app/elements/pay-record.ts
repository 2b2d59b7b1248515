/**
 * `<pay-record>`: hours and pay of a month, or of all, as one dated table to print. The names are typed here,
 * and are in memory only. Properties: `vault`, `month`. Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { formatDay, formatMonth, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Vault } from "../../vault/index.ts";
import { localDay, showHours, monthOf } from "../keeping/days.ts";
import { textOf } from "../keeping/fields.ts";
import { minutesOf, type Money, type MonthTotals, totalsOf } from "../keeping/pay.ts";
import { type Kept, type KeptWork, readWork, showMoney } from "../keeping/work.ts";
import { ruleOf, sumList, timesOf, workedOf } from "../pay-text.ts";
import { ScreenElement } from "../screen-element.ts";

export class PayRecord extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
    month: { attribute: false },
    work: { state: true },
    whole: { state: true },
    mine: { state: true },
    theirs: { state: true },
  };

  declare vault: Vault;
  declare month: string;
  declare private work: KeptWork | undefined;
  declare private whole: boolean;
  declare private mine: string;
  declare private theirs: string;

  constructor() {
    super();
    this.month = monthOf(localDay(Date.now()));
    this.whole = false;
    this.mine = "";
    this.theirs = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.work = undefined;
    this.mine = "";
    this.theirs = "";
  }

  protected override render(): TemplateResult {
    const { work, mine, theirs } = this;
    return html`
      <h1>${marked(() => gettext("Hours and pay"))}</h1>
      ${this.faultTemplate()}
      <form class="unprinted" autocomplete="off" @submit=${this.print}>
        <p class="notice">
          ${marked(() => gettext("Whoever finds the paper can read it. Names are only on it if you type them here."))}
        </p>
        ${this.name(
          "mine",
          () => gettext("My name"),
          mine,
          (text) => (this.mine = text),
        )}
        ${this.name(
          "theirs",
          () => gettext("Who I work for"),
          theirs,
          (text) => (this.theirs = text),
        )}
        <label class="choice">
          <input
            type="checkbox"
            autocomplete="off"
            .checked=${this.whole}
            @change=${() => void this.attempt(() => this.toggle())}
          /><span>${marked(() => gettext("All months, not only this one"))}</span>
        </label>
        <div class="buttons">
          <button class="button button--primary" type="submit" ?disabled=${work === undefined}>
            ${marked(() => gettext("Print"))}
          </button>
          <button class="button" type="button" @click=${() => this.back()}>
            ${marked(() => gettext("Back"))}
          </button>
        </div>
      </form>
      ${work === undefined ? nothing : this.paper(work)}
    `;
  }

  private name(
    id: string,
    label: () => string,
    value: string,
    typed: (text: string) => void,
  ): TemplateResult {
    const changed = ({ target }: Event): void => {
      if (target instanceof HTMLInputElement) typed(target.value);
    };
    return html`<div class="field">
      <label for=${id}>${marked(label)}</label>
      <input
        class="input"
        id=${id}
        dir="auto"
        autocomplete="off"
        spellcheck="false"
        .value=${value}
        @input=${changed}
      />
    </div>`;
  }

  private paper(work: KeptWork): TemplateResult {
    const { mine, theirs } = this;
    const day = formatDay(localDay(Date.now()));
    const months = totalsOf(work);
    return html`<section class="record" aria-label=${gettext("A record to print")}>
      ${mine.trim() === "" ? nothing : html`<p>${marked(() => gettext("My name"))}: <bdi>${mine}</bdi></p>`}
      ${theirs.trim() === "" ? nothing : html`<p>${marked(() => gettext("Who I work for"))}: <bdi>${theirs}</bdi></p>`}
      <p>
        ${marked(() => gettext("Written down by the person who worked. Printed on {day}.", { day }))}
      </p>
      ${work.wages.map((wage) => html`<p>${marked(() => gettext("My pay"))}: ${marked(() => ruleOf(wage))}</p>`)}
      ${
        months.length === 0
          ? html`<p class="hint">${marked(() => gettext("Nothing is written for this month."))}</p>`
          : html`<table>
              <thead>
                <tr>
                  <th scope="col">${marked(() => gettext("Day"))}</th>
                  <th scope="col">${marked(() => gettext("How much"))}</th>
                </tr>
              </thead>
              ${[...months].reverse().map((month) => this.rows(month, work))}
            </table>`
      }
    </section>`;
  }

  private rows(totals: MonthTotals, work: KeptWork): TemplateResult {
    const shifts = work.shifts.filter(({ date }) => monthOf(date) === totals.month);
    const of = (list: readonly Kept<Money>[]): readonly Kept<Money>[] =>
      list.filter(({ month }) => month === totals.month);
    return html`<tbody>
      <tr>
        <th colspan="2" scope="colgroup">${formatMonth(totals.month)}</th>
      </tr>
      ${[...shifts].reverse().map(
        (shift) =>
          html`<tr>
            <td>
              ${formatDay(shift.date, { dateStyle: "medium" })}<br />${marked(() => timesOf(shift))}
              ${note(shift)}
            </td>
            <td>${marked(() => showHours(minutesOf(shift)))}</td>
          </tr>`,
      )}
      ${of(work.payments).map((each) => this.money(each, () => gettext("Paid")))}
      ${of(work.deductions).map((each) => this.money(each, () => gettext("They said they took out")))}
      <tr class="total">
        <td colspan="2">
          <p>${marked(() => workedOf(totals))}</p>
          ${sumList(totals.sums)}
        </td>
      </tr>
    </tbody>`;
  }

  private money(each: Kept<Money>, label: () => string): TemplateResult {
    const date = textOf(each.keepsake.values, "date");
    return html`<tr>
      <td>
        ${date === "" ? nothing : formatDay(date, { dateStyle: "medium" })}<br />${marked(label)}
        ${note(each)}
      </td>
      <td><bdi>${showMoney(each)}</bdi></td>
    </tr>`;
  }

  private readonly print = (event: SubmitEvent): void => {
    event.preventDefault();
    print();
  };

  private async toggle(): Promise<void> {
    this.whole = !this.whole;
    await this.load();
  }

  private async load(): Promise<void> {
    const work = await readWork(this.vault.keepsakes, this.whole ? undefined : this.month);
    if (this.isConnected && this.vault.isOpen.value) this.work = work;
  }
}

function note({ keepsake }: Kept<unknown>): TemplateResult | typeof nothing {
  const text = textOf(keepsake.values, "note");
  return text === "" ? nothing : html`<br /><bdi>${text}</bdi>`;
}

customElements.define("pay-record", PayRecord);
