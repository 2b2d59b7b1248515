/**
 * `<console-home>`: a programme as its coordinator finds it: where it stands, and the parts of the console.
 * Properties: `engine`, `enrolment`. Events: `go`, `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Engine, EnrolmentSummary } from "../../sync/index.ts";
import type { Id } from "../../vault/index.ts";
import { stripeOf } from "../contacts.ts";
import { ScreenElement } from "../screen-element.ts";
import { standingSentence } from "../states.ts";
import { Watching } from "../watching.ts";
import { type Part, PARTS } from "./parts.ts";

export class ConsoleHome extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    engine: { attribute: false },
    enrolment: { attribute: false },
  };

  declare engine: Engine;
  declare enrolment: Id;

  constructor() {
    super();
    new Watching(this, () => [this.engine.enrolments, this.engine.status]);
  }

  protected override render(): TemplateResult {
    const found = this.engine.enrolments.value.find(({ id }) => id === this.enrolment);
    if (found === undefined) return this.backButton();
    const said = standingSentence(found);
    return html`
      ${stripeOf(this.engine, found.id)}
      <h1>
        ${
          found.name === ""
            ? marked(() => gettext("A new programme"))
            : html`<bdi>${found.name}</bdi>`
        }
      </h1>
      ${this.faultTemplate()}
      ${
        said === undefined
          ? nothing
          : html`<p class="notice">${marked(() => standingSentence(found) ?? "")}</p>`
      }
      ${this.fingerprint(found)}
      ${
        PARTS.length === 0
          ? nothing
          : html`<ul class="cards cards--tools">
              ${PARTS.map((each) => this.card(each))}
            </ul>`
      }
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

  private fingerprint({ fingerprint }: EnrolmentSummary): TemplateResult | typeof nothing {
    if (fingerprint === "") return nothing;
    return html`<dl class="facts">
      <dt>${marked(() => gettext("Fingerprint"))}</dt>
      <dd><bdi class="fingerprint" dir="ltr">${fingerprint}</bdi></dd>
    </dl>`;
  }

  private card({ part, title, hint }: Part): TemplateResult {
    const screen = { name: "console", enrolment: this.enrolment, part } as const;
    return html`<li>
      <button class="card" type="button" @click=${() => this.go(screen)}>
        <span class="title">${marked(title)}</span>
        <span class="hint">${marked(hint)}</span>
      </button>
    </li>`;
  }

  private backButton(): TemplateResult {
    return html`<p>
      <button class="button button--quiet" type="button" @click=${() => this.back()}>
        ${marked(() => gettext("Back"))}
      </button>
    </p>`;
  }
}

customElements.define("console-home", ConsoleHome);
