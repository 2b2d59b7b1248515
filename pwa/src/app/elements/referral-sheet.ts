/**
 * `<referral-sheet>`: the programme's own contacts over the screen that is open, by kind and by words, with links
 * to call. Properties: `referrals`, `labels` (kinds as people read them), `kind` to begin with. Events: `close`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { showModal } from "../confirmation.ts";
import { callable, matching, type Referral } from "../referrals.ts";
import { ScreenElement } from "../screen-element.ts";

export class ReferralSheet extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    referrals: { attribute: false },
    labels: { attribute: false },
    kind: { attribute: false },
    words: { state: true },
  };

  declare referrals: readonly Referral[];
  declare labels: ReadonlyMap<string, string>;
  /** "" for all. */
  declare kind: string;
  declare private words: string;

  constructor() {
    super();
    this.referrals = [];
    this.labels = new Map();
    this.kind = "";
    this.words = "";
  }

  protected override render(): TemplateResult {
    const found = matching(this.referrals, this.kind, this.words, this.label);
    return html`<dialog
      class="sheet"
      aria-labelledby="referrals"
      ${ref(showModal)}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <div class="buttons sheet-top">
        <button class="button" type="button" @click=${this.close}>
          ${marked(() => gettext("Close"))}
        </button>
      </div>
      <h2 id="referrals" tabindex="-1">${marked(() => gettext("Referral contacts"))}</h2>
      <form
        class="referral-search"
        autocomplete="off"
        @submit=${(event: Event) => event.preventDefault()}
      >
        ${this.kinds()}
        <label for="referral-words">${marked(() => gettext("Search"))}</label>
        <input
          id="referral-words"
          class="input"
          type="search"
          autocomplete="off"
          .value=${this.words}
          @input=${({ target }: Event) => {
            if (target instanceof HTMLInputElement) this.words = target.value;
          }}
        />
      </form>
      <div role="status">
        ${
          found.length > 0
            ? nothing
            : html`<p>
                ${marked(() => gettext("Nothing found. Try another word, or a shorter one."))}
              </p>`
        }
      </div>
      <ul class="referrals">
        ${found.map((each) => this.row(each))}
      </ul>
    </dialog>`;
  }

  private kinds(): TemplateResult | typeof nothing {
    const kinds = [...new Set(this.referrals.map(({ kind }) => kind))];
    if (kinds.length < 2) return nothing;
    return html`<select
      class="input"
      autocomplete="off"
      aria-label=${gettext("All kinds")}
      @change=${({ target }: Event) => {
        if (target instanceof HTMLSelectElement) this.kind = target.value;
      }}
    >
      <option value="" ?selected=${this.kind === ""}>${gettext("All kinds")}</option>
      ${kinds.map(
        (kind) =>
          html`<option value=${kind} ?selected=${this.kind === kind}>${this.label(kind)}</option>`,
      )}
    </select>`;
  }

  private row({ service, kind, area, phone, hours, note }: Referral): TemplateResult {
    const where = [this.label(kind), area].filter((text) => text !== "");
    return html`<li class="referral">
      <p><strong dir="auto">${service}</strong></p>
      <p class="hint">
        ${where.map((text, at) => html`${at === 0 ? nothing : " · "}<bdi>${text}</bdi>`)}
      </p>
      ${hours === "" ? nothing : html`<p dir="auto">${hours}</p>`}
      ${note === "" ? nothing : html`<p dir="auto">${note}</p>`}
      ${
        phone === ""
          ? nothing
          : html`<a class="button" href=${callable(phone)} referrerpolicy="no-referrer">
              ${marked(() => gettext("Call"))} <bdi dir="ltr">${phone}</bdi>
            </a>`
      }
    </li>`;
  }

  private readonly label = (kind: string): string => this.labels.get(kind) ?? kind;

  private readonly close = (): void => {
    this.querySelector("dialog")?.close();
  };
}

customElements.define("referral-sheet", ReferralSheet);
