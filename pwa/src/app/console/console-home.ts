/**
 * `<console-home>`: a programme as its coordinator finds it: where it stands, and the parts of the console.
 * Properties: `vault`, `engine`, `enrolment`. Events: `go`, `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { ProgrammeContacts } from "../../sync/coordinator/index.ts";
import type { EnrolmentSummary } from "../../sync/index.ts";
import { stripeOf } from "../contacts.ts";
import { syncSentence } from "../faults.ts";
import type { ConsolePart } from "../screens.ts";
import { standingSentence } from "../states.ts";
import "./contacts-state.ts";
import { type Part, PARTS } from "./parts.ts";
import { keysUnderWay } from "./programme-keys.ts";
import { SeenScreen } from "./seen-screen.ts";

export class ConsoleHome extends SeenScreen {
  static override readonly properties = {
    ...SeenScreen.properties,
    opened: { state: true },
  };

  /** Undefined until it is known that this device is a coordinator's. */
  declare private opened: ProgrammeContacts | undefined;

  constructor() {
    super();
    this.opened = undefined;
  }

  protected override render(): TemplateResult {
    const { summary: found } = this;
    if (found === undefined) return this.backButton();
    return html`
      ${stripeOf(this.engine, found.id)}
      <h1>
        ${
          found.name === ""
            ? marked(() => gettext("A new programme"))
            : html`<bdi>${found.name}</bdi>`
        }
      </h1>
      ${this.faultTemplate()} ${this.news(found)} ${this.fingerprint(found)}
      ${this.seen === undefined ? nothing : keysUnderWay(this.engine, found.id, this.seen)}
      ${this.state()} ${this.seen?.owesSheet === true ? this.owes() : this.parts()}
      <div class="buttons">
        <button
          class="button button--quiet"
          type="button"
          @click=${() => this.go({ name: "programme", enrolment: this.enrolment })}
        >
          ${marked(() => gettext("About this programme"))}
        </button>
      </div>
      ${this.backButton()}
    `;
  }

  private news(found: EnrolmentSummary): TemplateResult {
    // While keys are on their way the hub is reached, whatever the connection before said.
    const { problem, sealing } = this.engine.statusOf(found.id);
    const isWaiting = this.seen?.isReady === false;
    return html`<div role="status">
      ${
        standingSentence(found) === undefined
          ? nothing
          : html`<p class="notice">${marked(() => standingSentence(found) ?? "")}</p>`
      }
      ${problem === undefined || sealing !== undefined ? nothing : html`<p>${marked(() => syncSentence(problem))}</p>`}
      ${
        isWaiting
          ? html`<p class="notice">
              ${marked(() =>
                gettext(
                  "The programme's keys are not here yet. They come when another coordinator next opens the programme.",
                ),
              )}
            </p>`
          : nothing
      }
    </div>`;
  }

  protected override async load(): Promise<void> {
    await super.load();
    if (this.seen !== undefined) this.opened ??= await this.contacts();
  }

  private state(): TemplateResult | typeof nothing {
    if (this.opened === undefined) return nothing;
    const notes = new Map(this.seen?.devices.map(({ device, note }) => [device, note]));
    return html`<contacts-state .contacts=${this.opened} .notes=${notes}></contacts-state>`;
  }

  private fingerprint({ fingerprint }: EnrolmentSummary): TemplateResult | typeof nothing {
    if (fingerprint === "") return nothing;
    return html`<dl class="facts">
      <dt>${marked(() => gettext("Fingerprint"))}</dt>
      <dd><bdi class="fingerprint" dir="ltr">${fingerprint}</bdi></dd>
    </dl>`;
  }

  /** Nobody is invited before there is a way back in. */
  private owes(): TemplateResult {
    return html`<p class="caution">
        ${marked(() =>
          gettext(
            "First print the programme's sheet. If this device is lost and there is no sheet, nobody can ever read what the programme wrote.",
          ),
        )}
      </p>
      <div class="buttons">
        <button
          class="button button--primary button--wide"
          type="button"
          @click=${() => this.open("sheet")}
        >
          ${marked(() => gettext("The programme's sheet"))}
        </button>
      </div>`;
  }

  private parts(): TemplateResult | typeof nothing {
    if (this.seen === undefined) return nothing;
    return html`<ul class="cards cards--tools">
      ${PARTS.filter(({ isInside }) => isInside !== true).map((each) => this.card(each))}
    </ul>`;
  }

  private card({ part, title, hint }: Part): TemplateResult {
    return html`<li>
      <button class="card" type="button" @click=${() => this.open(part)}>
        <span class="title">${marked(title)}</span>
        <span class="hint">${marked(hint)}</span>
      </button>
    </li>`;
  }

  private open(part: ConsolePart): void {
    this.go({ name: "console", enrolment: this.enrolment, part });
  }
}

customElements.define("console-home", ConsoleHome);
