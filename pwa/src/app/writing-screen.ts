/** What screens on which one thing is written have in common: a draft, its buttons, and leaving or deleting it. */
import { html, nothing, type TemplateResult } from "lit";

import { gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import {
  DamagedError,
  type Draft,
  type Id,
  type IndexLine,
  type Keepsake,
  UnknownRowError,
  type Vault,
} from "../vault/index.ts";
import { confirmation } from "./confirmation.ts";
import { baseOf } from "./draft-base.ts";
import { Drafting } from "./drafting.ts";
import { ScreenElement } from "./screen-element.ts";

export abstract class WritingScreen extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
    draft: { attribute: false },
    asking: { state: true },
  };

  declare vault: Vault;
  declare draft: Id | undefined;
  /** Whether it is asked if this is to be deleted. */
  declare private asking: boolean;
  protected readonly drafting = new Drafting(this, () => this.vault.drafts);

  constructor() {
    super();
    this.asking = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.load());
  }

  protected abstract load(): Promise<void>;

  /**
   * What a draft changes. Where that was deleted meanwhile, or does not open any more, it is said, and what was
   * typed goes on as something new: `undefined`. Without a draft there is nothing to go on with.
   */
  protected async changedBy<T>(
    draft: Draft | undefined,
    reading: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await reading();
    } catch (error) {
      const isGone = error instanceof UnknownRowError || error instanceof DamagedError;
      if (draft === undefined || !isGone) throw error;
      this.tell(error);
      return undefined;
    }
  }

  /** The keepsake that is being changed, as it was when its draft was begun. */
  protected async begunOver(
    draft: Draft | undefined,
    id: Id | undefined,
  ): Promise<Keepsake | undefined> {
    if (id === undefined) return undefined;
    const held = await this.changedBy(draft, async () => this.vault.keepsakes.read(id));
    return held && { ...held, values: baseOf(draft?.values ?? {}) ?? held.values };
  }

  /** Once it is saved: `saved`, or that somebody else's version stands beside it. */
  protected leaveSaved(
    id: Id,
    replaced: Id | undefined,
    lines: readonly IndexLine[],
    saved: () => string,
  ): void {
    const isBeside = id !== replaced && lines.some((line) => line.id === replaced);
    this.back(isBeside ? bothKept : saved);
  }

  /** Whether there is nothing in the draft that is not kept already. */
  protected abstract get isUnchanged(): boolean;

  /** Deletes what is kept and its draft, and goes back. */
  protected abstract erase(): Promise<void>;

  protected buttons(save: TemplateResult | string, canSave = true): TemplateResult {
    return html`<div class="buttons">
      <button class="button button--primary" type="submit" ?disabled=${this.busy || !canSave}>
        ${save}
      </button>
      <button class="button" type="button" @click=${this.leave}>
        ${marked(() => gettext("Back"))}
      </button>
      <button class="button button--quiet" type="button" @click=${() => (this.asking = true)}>
        ${marked(() => gettext("Delete"))}
      </button>
    </div>`;
  }

  /** Before it is deleted. */
  protected deletion(question: TemplateResult | string): TemplateResult | typeof nothing {
    if (!this.asking) return nothing;
    return confirmation({
      question,
      yes: marked(() => gettext("Delete it")),
      no: marked(() => gettext("Keep it")),
      confirm: () => void this.attempt(() => this.erase()),
      end: () => (this.asking = false),
    });
  }

  private readonly leave = (): void => {
    void this.attempt(async () => {
      if (this.isUnchanged) await this.drafting.throwAway();
      else await this.drafting.flush();
      this.back();
    });
  };
}

function bothKept(): string {
  return gettext("It was changed elsewhere meanwhile: both versions are kept.");
}
