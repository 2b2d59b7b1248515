/**
 * `<console-feedback>`: how many readers found each page of the hub clear or not, in tens.
 * Properties: `engine`, `enrolment`. Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { formatNumber, gettext, locale } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { ToldFeedback } from "../../sync/coordinator/index.ts";
import type { Engine } from "../../sync/index.ts";
import type { Id } from "../../vault/index.ts";
import { stripeOf } from "../contacts.ts";
import { loadTopicTitles } from "../pack.ts";
import { ScreenElement } from "../screen-element.ts";
import { languageName } from "./names.ts";

export class ConsoleFeedback extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    engine: { attribute: false },
    enrolment: { attribute: false },
    told: { state: true },
    titles: { state: true },
  };

  declare engine: Engine;
  declare enrolment: Id;
  /** Undefined until the hub has said it. */
  declare private told: readonly ToldFeedback[] | undefined;
  /** By slug, in the coordinator's language, whichever language the readers' page was in. */
  declare private titles: ReadonlyMap<string, string>;

  constructor() {
    super();
    this.titles = new Map();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.told = undefined;
  }

  protected override render(): TemplateResult {
    const { told } = this;
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>${marked(() => gettext("Was this clear?"))}</h1>
      <p>
        ${marked(() =>
          gettext(
            "Answers that readers sent, of all pages of this hub, in tens: fewer than ten are not shown. Whoever sent none is not counted.",
          ),
        )}
      </p>
      <div role="status">
        ${this.busy ? html`<p>${marked(() => gettext("Asking the hub…"))}</p>` : nothing}
        ${told?.length === 0 ? html`<p class="hint">${marked(() => gettext("Nothing yet."))}</p>` : nothing}
      </div>
      ${this.faultTemplate()}
      ${
        this.fault === undefined
          ? nothing
          : html`<button class="button" type="button" @click=${() => void this.ask()}>
              ${marked(() => gettext("Try again"))}
            </button>`
      }
      <ul class="cards">
        ${pages(told ?? []).map((each) => this.page(each))}
      </ul>
      ${this.backButton()}
    `;
  }

  private page(answers: readonly ToldFeedback[]): TemplateResult {
    const [first] = answers;
    if (first === undefined) return html``;
    return html`<li class="card">
      <p>
        <strong>${this.titles.get(first.slug) ?? html`<bdi dir="ltr">${first.slug}</bdi>`}</strong>
        ·
        <bdi lang=${first.locale}>${languageName(first.locale)}</bdi>
      </p>
      <dl class="facts">
        ${answers.map(
          ({ answer, count }) =>
            html`<dt>${marked(() => answerName(answer))}</dt>
              <dd>${formatNumber(count)}</dd>`,
        )}
      </dl>
    </li>`;
  }

  private async ask(): Promise<void> {
    await this.attempt(async () => {
      const told = await (await this.engine.coordinator(this.enrolment)).feedback();
      if (!this.isConnected) return;
      this.told = told.filter(({ answer }) => answerName(answer) !== "");
      if (told.length > 0) this.titles = await loadTopicTitles(locale());
    });
  }
}

/** Those of one page in one language together, as the hub has them: by language, then by page. */
function pages(told: readonly ToldFeedback[]): (readonly ToldFeedback[])[] {
  const found = new Map<string, ToldFeedback[]>();
  for (const each of told) {
    const name = `${each.locale} ${each.slug}`;
    found.set(name, [...(found.get(name) ?? []), each]);
  }
  return [...found.values()];
}

/** "" for one of a later hub. */
function answerName(answer: string): string {
  switch (answer) {
    case "clear":
      return gettext("Clear");
    case "hard-words":
      return gettext("Hard words");
    case "too-long":
      return gettext("Too long");
    case "not-true":
      return gettext("Not true here");
    default:
      return "";
  }
}

customElements.define("console-feedback", ConsoleFeedback);
