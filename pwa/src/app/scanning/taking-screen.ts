/** What the screens share that take a long text: scanned as a code, or typed or pasted. */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { ScreenElement } from "../screen-element.ts";
import type { CodeFound } from "./code-scanner.ts";
import "./code-scanner.ts";

export abstract class TakingScreen extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    typed: { state: true },
  };

  declare protected typed: string;

  constructor() {
    super();
    this.typed = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.typed = "";
    // What stood there lets somebody in.
    this.replaceChildren();
  }

  /** A code that was found, or what was typed. */
  protected abstract take(text: string): void;

  /** `field` shows `typed`, and tells `type` of its events; `besides` stands above the buttons. */
  protected takingForm(field: TemplateResult, besides?: TemplateResult): TemplateResult {
    return html`
      <code-scanner @code=${({ text }: CodeFound) => this.take(text)}></code-scanner>
      <form autocomplete="off" @submit=${this.submit}>
        <div class="field">${field}</div>
        ${besides}
        <div class="buttons">
          <button
            class="button button--primary"
            type="submit"
            ?disabled=${this.busy || this.typed.trim() === ""}
          >
            ${marked(() => gettext("Go on"))}
          </button>
          <button class="button button--quiet" type="button" @click=${() => this.back()}>
            ${marked(() => gettext("Back"))}
          </button>
        </div>
      </form>
    `;
  }

  protected readonly type = ({ target }: Event): void => {
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) {
      this.typed = target.value;
    }
  };

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.take(this.typed);
  };
}
