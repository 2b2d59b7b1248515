/** What the screens share on which something is published to all phones of a programme, until it is taken back. */
import { html, nothing, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { type Engine, type Published, SyncError } from "../../sync/index.ts";
import type { Draft, DraftKind, Id, Vault } from "../../vault/index.ts";
import { ScreenElement } from "../screen-element.ts";

export abstract class PublishingScreen extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
    engine: { attribute: false },
    enrolment: { attribute: false },
    draft: { attribute: false },
    published: { state: true },
    isDone: { state: true },
  };

  declare vault: Vault;
  declare engine: Engine;
  declare enrolment: Id;
  /** What was begun and is gone on with; undefined for the one typed in last. */
  declare draft: Id | undefined;
  /** What this screen is about, the newest first. */
  declare protected published: readonly Published[];
  /** Something was just published. */
  declare protected isDone: boolean;

  constructor() {
    super();
    this.published = [];
    this.isDone = false;
    this.reading(
      () => [this.vault.generation],
      () => this.load(),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.published = [];
    // An element that is gone draws itself no more.
    this.replaceChildren();
  }

  /** Whether this screen is about it. */
  protected abstract isShown(published: Published): boolean;

  protected async load(): Promise<void> {
    const coordinator = await this.engine.coordinator(this.enrolment);
    const published = await coordinator.published();
    if (this.isConnected) this.published = published.filter((each) => this.isShown(each));
  }

  /** Whether somebody was at this here, and left, or was locked out. */
  protected isBegun(draft: Draft, kind: DraftKind): boolean {
    const { id, enrolment } = draft;
    if (draft.kind !== kind || enrolment !== this.enrolment) return false;
    return this.draft === undefined || this.draft === id;
  }

  /** To be drawn at all times, so that screen readers hear what comes into it. */
  protected doneLine(): TemplateResult | typeof nothing {
    if (!this.isDone) return nothing;
    return html`<p class="notice">
      ${marked(() => gettext("Published. Phones have it after their next connection."))}
    </p>`;
  }

  protected override tell(error: unknown): void {
    if (error instanceof SyncError && error.code === "malformed") {
      this.fault = () => gettext("This is too large to publish. Nothing was published.");
    } else super.tell(error);
  }
}
