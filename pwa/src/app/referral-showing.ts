/** The programme's own referral contacts, beside a question of a contact's form: its button, and the sheet it opens. */
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from "lit";

import { gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import type { LoadedForm } from "./pack.ts";
import { kindLabels } from "./programme-forms.ts";
import type { Referral } from "./referrals.ts";

export class ReferralShowing {
  readonly #host: ReactiveControllerHost;
  #referrals: readonly Referral[] = [];
  /** Of which kind they are looked at: "" for all, undefined while they are not. */
  #kind: string | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  set(referrals: readonly Referral[]): void {
    this.#referrals = referrals;
    this.#host.requestUpdate();
  }

  clear(): void {
    this.#referrals = [];
    this.#kind = undefined;
  }

  /** Nothing where the programme knows nobody. */
  button(press: () => void): TemplateResult | typeof nothing {
    if (this.#referrals.length === 0) return nothing;
    return html`<button class="button" type="button" @click=${press}>
      ${marked(() => gettext("Referral contacts"))}
    </button>`;
  }

  /** Those of the kind that was answered, or all where there are none of it. */
  async open(answered: () => unknown): Promise<void> {
    await import("./elements/referral-sheet.ts");
    const wanted = answered();
    this.#look(this.#referrals.some(({ kind }) => kind === wanted) ? String(wanted) : "");
  }

  sheet(loaded: LoadedForm): TemplateResult | typeof nothing {
    if (this.#kind === undefined) return nothing;
    return html`<referral-sheet
      .referrals=${this.#referrals}
      .labels=${kindLabels(loaded)}
      .kind=${this.#kind}
      @close=${() => this.#look(undefined)}
    ></referral-sheet>`;
  }

  #look(kind: string | undefined): void {
    this.#kind = kind;
    this.#host.requestUpdate();
  }
}
