/**
 * `<dates-home>`: dates to remember, the next one first; those of the fixed card can be filled in here.
 * Properties: `vault`. Events: `go`, `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext, locale } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Id, Keepsake, KeepsakeList } from "../../vault/index.ts";
import { localDay } from "../keeping/days.ts";
import { textOf } from "../keeping/fields.ts";
import { type CardDate, loadCardDates } from "../keeping/pack-pages.ts";
import { dateCard, keepsakeNews } from "../keepsake-cards.ts";
import { ListScreen } from "../list-screen.ts";

export class DatesHome extends ListScreen {
  static override readonly properties = {
    ...ListScreen.properties,
    dates: { state: true },
    card: { state: true },
  };

  /** Undefined until they are read. */
  declare private dates: KeepsakeList | undefined;
  /** Empty where the pack's page cannot be had: a date is then written freely. */
  declare private card: readonly CardDate[];

  constructor() {
    super();
    this.card = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.loadCard();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.dates = undefined;
  }

  protected override render(): TemplateResult {
    const { dates } = this;
    return html`
      <h1>${marked(() => gettext("Dates to remember"))}</h1>
      <p class="hint">
        ${marked(() => gettext("It is told only here, when you open My notes. No message comes."))}
      </p>
      ${this.faultTemplate()}
      <div class="buttons">
        <button
          class="button button--primary"
          type="button"
          @click=${() => this.go({ name: "keepsake", kind: "date" })}
        >
          ${marked(() => gettext("New date"))}
        </button>
        <button class="button" type="button" @click=${() => this.back()}>
          ${marked(() => gettext("Back"))}
        </button>
      </div>
      ${dates === undefined ? nothing : this.list(dates)} ${this.fromCard()}
    `;
  }

  private list(dates: KeepsakeList): TemplateResult {
    const { kept } = dates;
    const today = localDay(Date.now());
    const day = ({ values }: Keepsake): string => textOf(values, "date");
    const coming = kept
      .filter((each) => day(each) >= today)
      .sort((a, b) => compare(day(a), day(b)));
    const past = kept.filter((each) => day(each) < today).sort((a, b) => compare(day(b), day(a)));
    return html`
      ${keepsakeNews(dates, () => gettext("No dates yet."))}
      <ul class="cards">
        ${[...coming, ...past].map((each) => dateCard(each, today, this.open))}
      </ul>
    `;
  }

  private readonly open = (keepsake: Id): void => {
    this.go({ name: "keepsake", kind: "date", keepsake });
  };

  private fromCard(): TemplateResult | typeof nothing {
    const known = new Set(this.dates?.kept.map(({ values }) => textOf(values, "name")));
    const open = this.card.filter(({ text }) => !known.has(text));
    if (open.length === 0) return nothing;
    return html`<section aria-labelledby="card">
      <h2 id="card">${marked(() => gettext("Dates that many people write down"))}</h2>
      <ul class="cards">
        ${open.map(
          ({ text, hint }) =>
            html`<li>
              <button
                class="card"
                type="button"
                @click=${() =>
                  this.go({ name: "keepsake", kind: "date", values: { name: text, note: hint } })}
              >
                <span class="title">${text}</span>
                <span class="hint">${hint}</span>
              </button>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  private async loadCard(): Promise<void> {
    try {
      const card = await loadCardDates(locale());
      if (this.isConnected) this.card = card;
    } catch {
      // Not on the phone, and no connection: dates are written freely all the same.
    }
  }

  protected override async read(): Promise<() => void> {
    const dates = await this.vault.keepsakes.list("date");
    return () => (this.dates = dates);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

customElements.define("dates-home", DatesHome);
