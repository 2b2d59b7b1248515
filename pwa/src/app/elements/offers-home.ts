/** `<offers-home>`: the offers that were written down, newest first. Properties: `vault`. Events: `go`, `back`. */
import { html, nothing, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Keepsake, KeepsakeList } from "../../vault/index.ts";
import { textOf } from "../keeping/fields.ts";
import { keepsakeNews } from "../keepsake-cards.ts";
import { ListScreen } from "../list-screen.ts";
import { dayOf } from "../states.ts";

export class OffersHome extends ListScreen {
  static override readonly properties = {
    ...ListScreen.properties,
    offers: { state: true },
  };

  /** Undefined until they are read. */
  declare private offers: KeepsakeList | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.offers = undefined;
  }

  protected override render(): TemplateResult {
    const { offers } = this;
    return html`
      <h1>${marked(() => gettext("The offer I was made"))}</h1>
      <p>
        ${marked(() => gettext("What they promised, and what you know about it. It can help later to show what was said."))}
      </p>
      ${this.faultTemplate()}
      <div class="buttons">
        <button
          class="button button--primary"
          type="button"
          @click=${() => this.go({ name: "offer" })}
        >
          ${marked(() => gettext("New offer"))}
        </button>
        <button class="button" type="button" @click=${() => this.back()}>
          ${marked(() => gettext("Back"))}
        </button>
      </div>
      ${offers === undefined ? nothing : this.list(offers)}
    `;
  }

  private list(offers: KeepsakeList): TemplateResult {
    return html`
      ${keepsakeNews(offers, () => gettext("No offers yet."))}
      <ul class="cards">
        ${offers.kept.map((each) => this.card(each))}
      </ul>
    `;
  }

  private card({ id, values, created }: Keepsake): TemplateResult {
    const who = textOf(values, "who");
    return html`<li>
      <button class="card" type="button" @click=${() => this.go({ name: "offer", keepsake: id })}>
        <span class="title" dir="auto">
          ${who === "" ? marked(() => gettext("The offer I was made")) : who}
        </span>
        <span class="hint">${dayOf(created)}</span>
      </button>
    </li>`;
  }

  protected override async read(): Promise<() => void> {
    const offers = await this.vault.keepsakes.list("offer");
    return () => (this.offers = offers);
  }
}

customElements.define("offers-home", OffersHome);
