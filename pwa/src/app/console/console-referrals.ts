/**
 * `<console-referrals>`: whom workers may send people to: one contact after another, each change published whole.
 * Properties: `vault`, `engine`, `enrolment`, `loadForm`. Events: `back`.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Published } from "../../sync/index.ts";
import { confirmation } from "../confirmation.ts";
import { stripeOf } from "../contacts.ts";
import { kindLabels, type LoadForm } from "../programme-forms.ts";
import { type Referral, referralsIn } from "../referrals.ts";
import { focusHeading } from "../screen-element.ts";
import { PublishingScreen } from "./publishing-screen.ts";
import {
  type Cell,
  CELLS,
  listWith,
  LONGEST,
  NEEDED,
  referralsFields,
  type Slip,
  slipsIn,
  tidied,
} from "./referral-list.ts";

const NOTHING_YET: Referral = { service: "", kind: "", area: "", phone: "", hours: "", note: "" };

/** `before`: the one that is changed; undefined for a new one. */
interface Writing {
  readonly before: Referral | undefined;
  readonly now: Referral;
}

export class ConsoleReferrals extends PublishingScreen {
  static override readonly properties = {
    ...PublishingScreen.properties,
    loadForm: { attribute: false },
    kinds: { state: true },
    writing: { state: true },
    slips: { state: true },
    leaving: { state: true },
  };

  declare loadForm: LoadForm;
  /** Kinds of service as the form calls them. */
  declare private kinds: ReadonlyMap<string, string>;
  declare private writing: Writing | undefined;
  declare private slips: ReadonlyMap<Cell, Slip>;
  /** The one that is to be taken out, once somebody says so. */
  declare private leaving: Referral | undefined;

  constructor() {
    super();
    this.kinds = new Map();
    this.slips = new Map();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.writing = undefined;
  }

  protected override render(): TemplateResult {
    const { writing } = this;
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>${marked(() => gettext("Referral contacts"))}</h1>
      ${writing === undefined ? this.list() : this.form(writing)}
    `;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const wasWriting = changed.get("writing") !== undefined;
    if (changed.has("writing") && wasWriting !== (this.writing !== undefined)) {
      if (wasWriting) focusHeading(this);
      else this.querySelector<HTMLElement>("#service")?.focus();
    } else if (changed.has("slips")) {
      this.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    }
  }

  private list(): TemplateResult {
    const referrals = referralsIn(this.published);
    return html`
      <p>
        ${marked(() =>
          gettext("Whom workers may send people to. Only devices of the programme can read it."),
        )}
      </p>
      <div class="buttons">
        <button
          class="button button--primary"
          type="button"
          ?disabled=${this.busy}
          @click=${() => this.write(undefined)}
        >
          ${marked(() => gettext("Add one"))}
        </button>
      </div>
      <div role="status">${this.doneLine()}</div>
      ${this.faultTemplate()}
      ${
        referrals.length === 0
          ? html`<p class="hint">${marked(() => gettext("Nothing yet."))}</p>`
          : html`<ul class="cards">
              ${referrals.map((each) => this.card(each))}
            </ul>`
      }
      ${this.backButton()} ${this.question()}
    `;
  }

  private card(referral: Referral): TemplateResult {
    const { service, kind, area, phone, hours, note } = referral;
    const where = [this.kinds.get(kind) ?? kind, area].filter((text) => text !== "");
    return html`<li class="card">
      <p><strong dir="auto">${service}</strong></p>
      <p class="hint">
        ${where.map((text, at) => html`${at === 0 ? nothing : " · "}<bdi>${text}</bdi>`)}
      </p>
      ${phone === "" ? nothing : html`<p><bdi dir="ltr">${phone}</bdi></p>`}
      ${hours === "" ? nothing : html`<p dir="auto">${hours}</p>`}
      ${note === "" ? nothing : html`<p dir="auto">${note}</p>`}
      <div class="buttons">
        <button
          class="button"
          type="button"
          ?disabled=${this.busy}
          @click=${() => this.write(referral)}
        >
          ${marked(() => gettext("Change"))}
        </button>
        <button
          class="button button--quiet"
          type="button"
          ?disabled=${this.busy}
          @click=${() => (this.leaving = referral)}
        >
          ${marked(() => gettext("Take this one out"))}
        </button>
      </div>
    </li>`;
  }

  private form({ now }: Writing): TemplateResult {
    return html`<form autocomplete="off" @submit=${this.save}>
      ${CELLS.map((cell) => this.cell(cell, now[cell]))} ${this.faultTemplate()}
      <div class="buttons">
        <button class="button button--primary" type="submit" ?disabled=${this.busy}>
          ${marked(() => gettext("Publish to all phones"))}
        </button>
        <button
          class="button button--quiet"
          type="button"
          @click=${() => this.write(undefined, false)}
        >
          ${marked(() => gettext("Back"))}
        </button>
      </div>
    </form>`;
  }

  private cell(cell: Cell, value: string): TemplateResult {
    const slip = this.slips.get(cell);
    return html`<div class=${slip === undefined ? "field" : "field field--wrong"}>
      <label for=${cell}>${marked(() => cellName(cell))}</label>
      ${
        slip === undefined
          ? nothing
          : html`<p class="error" id=${`${cell}-error`}>
              ${marked(() => slipSentence(slip, cell))}
            </p>`
      }
      ${cell === "kind" && this.kinds.size > 0 ? this.choice(value, slip) : this.text(cell, value, slip)}
    </div>`;
  }

  private text(cell: Cell, value: string, slip: Slip | undefined): TemplateResult {
    return html`<input
      id=${cell}
      class="input"
      type=${cell === "phone" ? "tel" : "text"}
      dir=${cell === "phone" ? "ltr" : "auto"}
      autocomplete="off"
      spellcheck="false"
      aria-required=${NEEDED.includes(cell) ? "true" : nothing}
      aria-invalid=${slip === undefined ? nothing : "true"}
      aria-describedby=${slip === undefined ? nothing : `${cell}-error`}
      .value=${live(value)}
      @input=${({ target }: Event) => {
        if (target instanceof HTMLInputElement) this.type(cell, target.value);
      }}
    />`;
  }

  /** Those that the form asks about, so that it leads to this contact; and one that stands here already. */
  private choice(value: string, slip: Slip | undefined): TemplateResult {
    const names = [...new Set(["", ...this.kinds.keys(), value])];
    return html`<select
      id="kind"
      class="input"
      autocomplete="off"
      aria-required="true"
      aria-invalid=${slip === undefined ? nothing : "true"}
      aria-describedby=${slip === undefined ? nothing : "kind-error"}
      @change=${({ target }: Event) => {
        if (target instanceof HTMLSelectElement) this.type("kind", target.value);
      }}
    >
      ${names.map(
        (name) =>
          html`<option value=${name} ?selected=${name === value}>
            ${this.kinds.get(name) ?? name}
          </option>`,
      )}
    </select>`;
  }

  private question(): TemplateResult | typeof nothing {
    const { leaving } = this;
    if (leaving === undefined) return nothing;
    return confirmation({
      question: html`<bdi>${leaving.service}</bdi> <br />
        ${marked(() => gettext("Take this off all phones? They drop it at their next connection."))}`,
      yes: marked(() => gettext("Take this one out")),
      no: marked(() => gettext("Keep it")),
      confirm: () => void this.attempt(async () => this.publish(leaving, undefined)),
      end: () => (this.leaving = undefined),
    });
  }

  private write(before: Referral | undefined, begins = true): void {
    this.writing = begins ? { before, now: before ?? NOTHING_YET } : undefined;
    this.slips = new Map();
    this.fault = undefined;
    this.isDone = false;
  }

  private type(cell: Cell, text: string): void {
    const { writing } = this;
    if (writing !== undefined) {
      this.writing = { ...writing, now: { ...writing.now, [cell]: text } };
    }
  }

  private readonly save = (event: SubmitEvent): void => {
    event.preventDefault();
    const { writing } = this;
    if (writing === undefined) return;
    const now = tidied(writing.now);
    this.slips = slipsIn(now);
    if (this.slips.size > 0) return;
    void this.attempt(async () => {
      await this.publish(writing.before, now);
      this.writing = undefined;
    });
  };

  /** The change alone, on the list as it is by now: another coordinator's may have come meanwhile. */
  private async publish(before: Referral | undefined, after: Referral | undefined): Promise<void> {
    const coordinator = await this.engine.coordinator(this.enrolment);
    await this.load();
    const replaced = this.published.map(({ id }) => id);
    const list = listWith(referralsIn(this.published), before, after);
    if (list.length > 0) await coordinator.publish(referralsFields(list), replaced);
    else for (const record of replaced) await coordinator.takeBack(record);
    this.isDone = true;
    await this.load();
  }

  /** Those of who was revoked too: the next change takes their place. */
  protected override isShown({ type }: Published): boolean {
    return type === "referrals";
  }

  protected override async load(): Promise<void> {
    await super.load();
    const kinds = kindLabels(await this.loadForm(this.enrolment));
    if (this.isConnected) this.kinds = kinds;
  }
}

function cellName(cell: Cell): string {
  switch (cell) {
    case "service":
      return gettext("Who helps");
    case "kind":
      return gettext("Kind of help");
    case "area":
      return gettext("Where they help");
    case "phone":
      return gettext("Telephone number");
    case "hours":
      return gettext("When they answer");
    case "note":
      return gettext("What workers should know");
  }
}

function slipSentence(slip: Slip, cell: Cell): string {
  switch (slip) {
    case "empty":
      return cell === "kind" ? gettext("Choose an answer here.") : gettext("Write an answer here.");
    case "too-long":
      return ngettext(
        "Write at most {count} character.",
        "Write at most {count} characters.",
        LONGEST,
      );
    case "no-number":
      return gettext("Write one number that can be called, in figures.");
  }
}

customElements.define("console-referrals", ConsoleReferrals);
