/** What all screens have in common: light DOM, focus on the heading, faults told as sentences. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import { gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import type { Watched } from "../vault/index.ts";
import { sentenceOf } from "./faults.ts";
import { Back, Go, type Screen } from "./screens.ts";
import { Watching } from "./watching.ts";

export abstract class ScreenElement extends LitElement {
  static override readonly properties = {
    busy: { state: true },
    fault: { state: true },
  };

  /** Something is under way: what must not be pressed twice is disabled. */
  declare protected busy: boolean;
  /** Says what went wrong last. */
  declare protected fault: (() => string) | undefined;

  constructor() {
    super();
    this.busy = false;
    this.fault = undefined;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** A screen that is gone is not drawn again: what it would show may be locked by now. */
  protected override shouldUpdate(): boolean {
    return this.isConnected;
  }

  protected override firstUpdated(changed: PropertyValues): void {
    super.firstUpdated(changed);
    focusHeading(this);
  }

  protected go(screen: Screen, said?: () => string, behind?: Screen): void {
    this.dispatchEvent(new Go(screen, said, behind));
  }

  protected back(said?: () => string): void {
    this.dispatchEvent(new Back(said));
  }

  /** Reads as soon as the screen is there, and anew whenever a `watched` value changes. Call it once, at the making. */
  protected reading(watched: () => readonly Watched<unknown>[], read: () => Promise<void>): void {
    this.addController({ hostConnected: () => void this.attempt(read) });
    new Watching(this, watched, () => void read().catch((error: unknown) => this.tell(error)));
  }

  /** Does it, once at a time; what it throws is told on this screen. */
  protected async attempt(work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.fault = undefined;
    try {
      await work();
    } catch (error) {
      this.tell(error);
    } finally {
      this.busy = false;
    }
  }

  protected tell(error: unknown): void {
    this.fault = () => sentenceOf(error);
  }

  protected backButton(leave = (): void => this.back()): TemplateResult {
    return html`<p>
      <button class="button button--quiet" type="button" @click=${leave}>
        ${marked(() => gettext("Back"))}
      </button>
    </p>`;
  }

  /** Always on the page, so that screen readers hear what comes into it. */
  protected faultTemplate(): TemplateResult {
    const { fault } = this;
    return html`<div role="alert">
      ${fault === undefined ? nothing : html`<p class="caution">${fault()}</p>`}
    </div>`;
  }
}

/** A screen reader then tells where one is. */
export function focusHeading(element: Element): void {
  const heading = element.querySelector("h1");
  if (heading === null) return;
  heading.tabIndex = -1;
  // It is told to whoever listens; there is nothing to press on it.
  heading.style.outline = "none";
  heading.focus();
}
