/**
 * `<console-referrals>`: whom workers may send people to: one contact after another, each change published whole.
 * Properties: `vault`, `engine`, `enrolment`, `loadForm`, `draft`. Events: `back`.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Published } from "../../sync/index.ts";
import type { Draft, Id } from "../../vault/index.ts";
import { confirmation } from "../confirmation.ts";
import { stripeOf } from "../contacts.ts";
import { baseOf, withBase } from "../draft-base.ts";
import { Drafting } from "../drafting.ts";
import { kindLabels, type LoadForm } from "../programme-forms.ts";
import { type Referral, referralOf, referralsIn } from "../referrals.ts";
import { focusHeading } from "../screen-element.ts";
import { PublishingScreen } from "./publishing-screen.ts";
import { referralFields } from "./referral-fields.ts";
import {
  type Cell,
  isSame,
  listWith,
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
    asking: { state: true },
  };

  declare loadForm: LoadForm;
  /** Kinds of service as the form calls them. */
  declare private kinds: ReadonlyMap<string, string>;
  declare private writing: Writing | undefined;
  declare private slips: ReadonlyMap<Cell, Slip>;
  /** The one that is to be taken out, once somebody says so. */
  declare private leaving: Referral | undefined;
  /** Whether it is asked if what is typed is to be thrown away. */
  declare private asking: boolean;
  private readonly drafting = new Drafting(this, () => this.vault.drafts);

  constructor() {
    super();
    this.kinds = new Map();
    this.slips = new Map();
    this.asking = false;
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
      ${referralFields(now, { kinds: this.kinds, slips: this.slips, type: this.type })}
      ${this.drafting.line()} ${this.faultTemplate()}
      <div class="buttons">
        <button class="button button--primary" type="submit" ?disabled=${this.busy}>
          ${marked(() => gettext("Publish to all phones"))}
        </button>
        <button class="button button--quiet" type="button" @click=${this.leave}>
          ${marked(() => gettext("Back"))}
        </button>
        ${
          this.drafting.id === undefined
            ? nothing
            : html`<button
                class="button button--quiet"
                type="button"
                @click=${() => (this.asking = true)}
              >
                ${marked(() => gettext("Throw away"))}
              </button>`
        }
      </div>
      ${
        this.asking
          ? confirmation({
              question: marked(() =>
                gettext("Throw away what you typed? It cannot be brought back."),
              ),
              yes: marked(() => gettext("Throw away")),
              no: marked(() => gettext("Keep it")),
              confirm: () =>
                void this.attempt(async () => {
                  await this.drafting.throwAway();
                  this.end();
                }),
              end: () => (this.asking = false),
            })
          : nothing
      }
    </form>`;
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

  /** What was begun of it before is gone on with. */
  private write(before: Referral | undefined): void {
    const now = before ?? NOTHING_YET;
    void this.attempt(() =>
      this.goOn((each) => isSame(overOf(each) ?? NOTHING_YET, now), { before, now }),
    );
  }

  /** `otherwise`: where there is no such draft. */
  private async goOn(isOne: (draft: Draft) => boolean, otherwise?: Writing): Promise<void> {
    const draft = await this.drafting.takeUpLast(
      (each) => this.isBegun(each, "referral") && isOne(each),
    );
    this.end();
    this.writing =
      draft === undefined ? otherwise : { before: overOf(draft), now: referralOf(draft.values) };
  }

  private end(): void {
    this.writing = undefined;
    this.slips = new Map();
    this.asking = false;
    this.isDone = false;
  }

  private readonly type = (cell: Cell, text: string): void => {
    const { writing, enrolment } = this;
    if (writing === undefined) return;
    const { before } = writing;
    const now = { ...writing.now, [cell]: text };
    this.writing = { before, now };
    this.drafting.keep(
      () => ({ kind: "referral", enrolment }),
      withBase({ ...now }, before && { ...before }),
    );
  };

  private readonly leave = (): void => {
    void this.attempt(async () => {
      const { before, now } = this.writing ?? {};
      if (now === undefined || isSame(now, before ?? NOTHING_YET)) await this.drafting.throwAway();
      else await this.drafting.flush();
      this.end();
    });
  };

  private readonly save = (event: SubmitEvent): void => {
    event.preventDefault();
    const { writing } = this;
    if (writing === undefined) return;
    const now = tidied(writing.now);
    this.slips = slipsIn(now);
    if (this.slips.size > 0) return;
    void this.attempt(async () => {
      await this.publish(writing.before, now, this.drafting.id);
      this.drafting.saved();
      this.writing = undefined;
    });
  };

  /** The change alone, on the list as it is by now: another coordinator's may have come meanwhile. */
  private async publish(
    before: Referral | undefined,
    after: Referral | undefined,
    draft?: Id,
  ): Promise<void> {
    const coordinator = await this.engine.coordinator(this.enrolment);
    await this.load();
    const replaced = this.published.map(({ id }) => id);
    const list = listWith(referralsIn(this.published), before, after);
    if (list.length > 0) await coordinator.publish(referralsFields(list), replaced, draft);
    else for (const record of replaced) await coordinator.takeBack(record);
    this.isDone = true;
    await this.load();
  }

  /** Those of who was revoked too: the next change takes their place. */
  protected override isShown({ type }: Published): boolean {
    return type === "referrals";
  }

  protected override async load(): Promise<void> {
    const { draft } = this;
    this.draft = undefined;
    if (draft !== undefined) await this.goOn(({ id }) => id === draft);
    await super.load();
    const kinds = kindLabels(await this.loadForm(this.enrolment));
    if (this.isConnected) this.kinds = kinds;
  }
}

/** What a draft is a change of; `undefined` where it is a new one. */
function overOf({ values }: Draft): Referral | undefined {
  const base = baseOf(values);
  return base && referralOf(base);
}

customElements.define("console-referrals", ConsoleReferrals);
