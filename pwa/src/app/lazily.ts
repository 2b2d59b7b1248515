/** A screen whose code is loaded when somebody goes there. */
import { html, nothing, type TemplateResult } from "lit";
import { until } from "lit/directives/until.js";

import { marked } from "../i18n/marked.ts";
import { unloaded } from "./faults.ts";

export class Lazy<Part> {
  readonly #load: () => Promise<Part>;
  #part: Part | undefined;

  constructor(load: () => Promise<Part>) {
    this.#load = load;
  }

  /**
   * What `show` makes of the loaded part; a sentence where it is neither on the phone nor to be had. Drawn again,
   * what is there stays there: a screen that was made anew would lose what is typed in it.
   */
  show(show: (part: Part) => TemplateResult): TemplateResult {
    const part = this.#part;
    return html`${until(part === undefined ? this.#loading(show) : show(part), nothing)}`;
  }

  async #loading(show: (part: Part) => TemplateResult): Promise<TemplateResult> {
    try {
      this.#part = await this.#load();
    } catch {
      return html`<p class="caution" role="alert">${marked(() => unloaded())}</p>`;
    }
    return show(this.#part);
  }
}
