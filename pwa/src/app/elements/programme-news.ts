/**
 * `<programme-news>`: what a programme's coordinators sent: notices, with a quiet mark until they are opened, and
 * the way to the referral contacts. Nothing at all where there is none.
 * Properties: `vault`, `engine`, `loadForm`, `enrolment`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { gettext, pgettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Engine, Published } from "../../sync/index.ts";
import type { Id } from "../../vault/index.ts";
import { ListScreen } from "../list-screen.ts";
import { kindLabels, type LoadForm } from "../programme-forms.ts";
import { type Referral, referralsIn } from "../referrals.ts";
import { dayOf } from "../states.ts";

/** So many notices are shown before somebody asks for all. */
const NEWEST = 3;
/** Of a closed one: enough to know what it is about. */
const LONGEST_TITLE = 60;

export class ProgrammeNews extends ListScreen {
  static override readonly properties = {
    ...ListScreen.properties,
    engine: { attribute: false },
    loadForm: { attribute: false },
    enrolment: { attribute: false },
    notices: { state: true },
    referrals: { state: true },
    whole: { state: true },
    open: { state: true },
  };

  declare engine: Engine;
  declare loadForm: LoadForm;
  declare enrolment: Id;
  declare private notices: readonly Published[];
  declare private referrals: readonly Referral[];
  /** Whether all notices are shown. */
  declare private whole: boolean;
  /** The kinds' labels, while the sheet is open. */
  declare private open: ReadonlyMap<string, string> | undefined;

  constructor() {
    super();
    this.notices = [];
    this.referrals = [];
    this.whole = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.notices = [];
    this.referrals = [];
    this.open = undefined;
  }

  protected override render(): TemplateResult {
    return html`${this.faultTemplate()} ${this.list()}
    ${
      this.referrals.length === 0
        ? nothing
        : html`<p>
            <button class="button" type="button" @click=${this.showReferrals}>
              ${marked(() => gettext("Referral contacts"))}
            </button>
          </p>`
    }
    ${
      this.open === undefined
        ? nothing
        : html`<referral-sheet
            .referrals=${this.referrals}
            .labels=${this.open}
            @close=${() => (this.open = undefined)}
          ></referral-sheet>`
    }`;
  }

  private list(): TemplateResult | typeof nothing {
    const { length } = this.notices;
    if (length === 0) return nothing;
    const shown = this.whole ? this.notices : this.notices.slice(0, NEWEST);
    const heading = `notices-${this.enrolment}`;
    return html`<section class="notices" aria-labelledby=${heading}>
      <h3 id=${heading}>${marked(() => gettext("From your coordinators"))}</h3>
      <ul>
        ${repeat(
          shown,
          ({ id }) => id,
          (each) => html`<li>${this.notice(each)}</li>`,
        )}
      </ul>
      ${
        shown.length === length
          ? nothing
          : html`<button
              class="button button--quiet"
              type="button"
              @click=${() => (this.whole = true)}
            >
              ${marked(() => gettext("Show more"))}
            </button>`
      }
    </section>`;
  }

  private notice({ id, values, published, isSeen }: Published): TemplateResult {
    const text = String(values.get("text") ?? "");
    return html`<details class="group" @toggle=${(event: Event) => this.opened(event, id, isSeen)}>
      <summary>
        <span class="title" dir="auto">${titleOf(text)}</span>
        <span class="hint"><bdi>${dayOf(published * 1000)}</bdi></span>
        ${
          isSeen
            ? nothing
            : html`<span class="state state--waiting">
                ${
                  // Translators: on a message from a coordinator that nobody has opened yet.
                  marked(() => pgettext("state", "New"))
                }
              </span>`
        }
      </summary>
      <p class="written" dir="auto">${text}</p>
    </details>`;
  }

  private opened({ target }: Event, id: Id, isSeen: boolean): void {
    if (isSeen || !(target instanceof HTMLDetailsElement) || !target.open) return;
    void this.engine.markSeen(this.enrolment, [id]).catch((error: unknown) => this.tell(error));
  }

  protected override async read(): Promise<() => void> {
    const published = await this.engine.published(this.enrolment);
    return () => {
      this.notices = published.filter(({ type, isStanding }) => type === "notice" && isStanding);
      this.referrals = referralsIn(published);
    };
  }

  private readonly showReferrals = (): void => {
    void this.attempt(async () => {
      await import("./referral-sheet.ts");
      const loaded = await this.loadForm(this.enrolment).catch(() => undefined);
      this.open = loaded === undefined ? new Map() : kindLabels(loaded);
    });
  };
}

function titleOf(text: string): string {
  const [line = ""] = text.split("\n");
  return line.length > LONGEST_TITLE ? `${line.slice(0, LONGEST_TITLE)}…` : line;
}

customElements.define("programme-news", ProgrammeNews);
