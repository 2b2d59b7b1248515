/**
 * `<console-notices>`: short texts for all workers of a programme, until they are taken back.
 * Properties: `vault`, `engine`, `enrolment`, `draft`. Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Published } from "../../sync/index.ts";
import { confirmation } from "../confirmation.ts";
import { stripeOf } from "../contacts.ts";
import { Drafting } from "../drafting.ts";
import { textOf } from "../keeping/fields.ts";
import { dayOf } from "../states.ts";
import { PublishingScreen } from "./publishing-screen.ts";

/** Far below what fits into a record, and more than anybody reads between two meetings. */
const LONGEST = 2000;

export class ConsoleNotices extends PublishingScreen {
  static override readonly properties = {
    ...PublishingScreen.properties,
    text: { state: true },
    leaving: { state: true },
  };

  /** Undefined until what was begun is read. */
  declare private text: string | undefined;
  /** The one that is to be taken back, once somebody says so. */
  declare private leaving: Published | undefined;
  private readonly drafting = new Drafting(this, () => this.vault.drafts);
  private begun: Promise<void> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // Nothing is left of it: by the phone's own Back too.
    if (this.vault.isOpen.value && this.text?.trim() === "") {
      this.drafting.throwAway().catch(() => undefined);
    }
    this.text = undefined;
  }

  protected override render(): TemplateResult {
    const { leaving } = this;
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>${marked(() => gettext("Notices"))}</h1>
      ${this.text === undefined ? nothing : this.form(this.text)}
      <div role="status">${this.doneLine()}</div>
      ${this.faultTemplate()}
      <ul class="cards">
        ${this.published.map(
          (each) =>
            html`<li class="card">
              <p dir="auto" class="written">${each.values.get("text")}</p>
              <p class="hint">${dayOf(each.published * 1000)}</p>
              <button
                class="button button--quiet"
                type="button"
                @click=${() => (this.leaving = each)}
              >
                ${marked(() => gettext("Take it back"))}
              </button>
            </li>`,
        )}
      </ul>
      ${this.backButton()}
      ${
        leaving === undefined
          ? nothing
          : confirmation({
              question: marked(() =>
                gettext("Take this off all phones? They drop it at their next connection."),
              ),
              yes: marked(() => gettext("Take it back")),
              no: marked(() => gettext("Keep it")),
              confirm: () => this.takeBack(leaving),
              end: () => (this.leaving = undefined),
            })
      }
    `;
  }

  private form(text: string): TemplateResult {
    return html`<form autocomplete="off" @submit=${this.publish}>
      <div class="field">
        <label for="notice">${marked(() => gettext("A short text for all workers"))}</label>
        <textarea
          id="notice"
          class="input"
          rows="4"
          dir="auto"
          maxlength=${LONGEST}
          autocomplete="off"
          .value=${live(text)}
          @input=${this.type}
        ></textarea>
      </div>
      ${this.drafting.line()}
      <button
        class="button button--primary button--wide"
        type="submit"
        ?disabled=${this.busy || text.trim() === ""}
      >
        ${marked(() => gettext("Publish to all phones"))}
      </button>
    </form>`;
  }

  private readonly type = ({ target }: Event): void => {
    if (!(target instanceof HTMLTextAreaElement)) return;
    const text = target.value;
    this.text = text;
    this.drafting.keep(() => ({ kind: "notice", enrolment: this.enrolment }), { text });
  };

  private readonly publish = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = this.text?.trim() ?? "";
    if (text === "") return;
    void this.attempt(async () => {
      const coordinator = await this.engine.coordinator(this.enrolment);
      // Published twice it stands once, as the newest.
      const same = this.published.filter(({ values }) => values.get("text") === text);
      await coordinator.publish(
        { type: "notice", text },
        same.map(({ id }) => id),
        this.drafting.id,
      );
      this.drafting.saved();
      this.text = "";
      this.isDone = true;
      await this.load();
    });
  };

  private takeBack(notice: Published): void {
    void this.attempt(async () => {
      await (await this.engine.coordinator(this.enrolment)).takeBack(notice.id);
      this.isDone = false;
      await this.load();
    });
  }

  protected override async load(): Promise<void> {
    await (this.begun ??= this.takeUp());
    await super.load();
  }

  private async takeUp(): Promise<void> {
    const begun = await this.drafting.takeUpLast((each) => this.isBegun(each, "notice"));
    if (this.isConnected) this.text = textOf(begun?.values ?? {}, "text");
  }

  protected override isShown({ type, isStanding }: Published): boolean {
    return type === "notice" && isStanding;
  }
}

customElements.define("console-notices", ConsoleNotices);
