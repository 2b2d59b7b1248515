/**
 * `<console-notices>`: short texts for all workers of a programme, until they are taken back.
 * Properties: `vault`, `engine`, `enrolment`. Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Published } from "../../sync/index.ts";
import { confirmation } from "../confirmation.ts";
import { stripeOf } from "../contacts.ts";
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

  declare private text: string;
  /** The one that is to be taken back, once somebody says so. */
  declare private leaving: Published | undefined;

  constructor() {
    super();
    this.text = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.text = "";
  }

  protected override render(): TemplateResult {
    const { leaving } = this;
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>${marked(() => gettext("Notices"))}</h1>
      <form autocomplete="off" @submit=${this.publish}>
        <div class="field">
          <label for="notice">${marked(() => gettext("A short text for all workers"))}</label>
          <textarea
            id="notice"
            class="input"
            rows="4"
            dir="auto"
            maxlength=${LONGEST}
            autocomplete="off"
            .value=${live(this.text)}
            @input=${({ target }: Event) => {
              if (target instanceof HTMLTextAreaElement) this.text = target.value;
            }}
          ></textarea>
        </div>
        <button
          class="button button--primary button--wide"
          type="submit"
          ?disabled=${this.busy || this.text.trim() === ""}
        >
          ${marked(() => gettext("Publish to all phones"))}
        </button>
      </form>
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

  private readonly publish = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = this.text.trim();
    if (text === "") return;
    void this.attempt(async () => {
      const coordinator = await this.engine.coordinator(this.enrolment);
      // Published twice it stands once, as the newest.
      const same = this.published.filter(({ values }) => values.get("text") === text);
      await coordinator.publish(
        { type: "notice", text },
        same.map(({ id }) => id),
      );
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

  protected override isShown({ type, isStanding }: Published): boolean {
    return type === "notice" && isStanding;
  }
}

customElements.define("console-notices", ConsoleNotices);
