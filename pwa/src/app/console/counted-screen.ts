/** What the screens that count share: a programme's contacts, followed as they come. */
import { html, nothing, type TemplateResult } from "lit";

import { decodePublication, type Publication, THRESHOLD } from "../../counts/index.ts";
import { formatNumber, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { scriptUrl } from "../../reader/policy.ts";
import type { ProgrammeContacts } from "../../sync/coordinator/index.ts";
import { threadReader } from "../../sync/coordinator/thread-reader.ts";
import { UnreachableError } from "../../sync/errors.ts";
import type { Engine, EnrolmentSummary } from "../../sync/index.ts";
import type { Id, Unsubscribe, Vault } from "../../vault/index.ts";
import { stripeOf } from "../contacts.ts";
import type { LoadForm } from "../programme-forms.ts";
import { ScreenElement } from "../screen-element.ts";
import { type Counted, countedOf } from "./counted.ts";

/** Of which quarter a kept report tells. */
export function periodOf(content: string): string | undefined {
  return decodePublication(content)?.period;
}

export abstract class CountedScreen extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
    engine: { attribute: false },
    enrolment: { attribute: false },
    loadForm: { attribute: false },
    counted: { state: true },
  };

  declare vault: Vault;
  declare engine: Engine;
  declare enrolment: Id;
  declare loadForm: LoadForm;
  /** Undefined until they are counted. */
  declare protected counted: Counted | undefined;
  protected threshold = THRESHOLD;
  /** `threshold` and `kept` are what the programme says. */
  protected isPrepared = false;
  /** By period. */
  protected kept: ReadonlyMap<string, Publication> = new Map();
  private source: ProgrammeContacts | undefined;
  private ends: readonly Unsubscribe[] = [];
  private counting = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => this.follow());
    // Somebody looks: what is new is wanted now.
    void this.engine.syncNow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.ends) end();
    this.ends = [];
    this.source = undefined;
    this.counted = undefined;
    // What stood here was read from contacts: an element that is gone draws itself no more.
    this.replaceChildren();
  }

  /** What the screen shows once the contacts are counted; a programme for practice is told apart. */
  protected abstract body(counted: Counted): TemplateResult;
  protected abstract heading(): string;

  /** What stands below, whether there are contacts or not. */
  protected foot(): TemplateResult | typeof nothing {
    return nothing;
  }

  protected override render(): TemplateResult {
    const { counted } = this;
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>${marked(() => this.heading())}</h1>
      ${this.faultTemplate()} ${this.progress()}
      ${
        counted === undefined
          ? nothing
          : counted.contacts.length > 0
            ? this.body(counted)
            : html`<p class="hint">${marked(() => gettext("No contacts yet."))}</p>`
      }
      ${this.foot()}
      <p class="unprinted">
        <button class="button button--quiet" type="button" @click=${() => this.back()}>
          ${marked(() => gettext("Back"))}
        </button>
      </p>
    `;
  }

  protected get summary(): EnrolmentSummary | undefined {
    return this.engine.enrolments.value.find(({ id }) => id === this.enrolment);
  }

  /** The reports that were made, and below what they tell nothing. */
  protected async prepare(): Promise<void> {
    const coordinator = await this.engine.coordinator(this.enrolment);
    const { kept, threshold } = await coordinator.reports(periodOf);
    if (!this.isConnected) return;
    this.threshold = threshold ?? THRESHOLD;
    this.isPrepared = true;
    const read = [...kept.values()].map((content) => decodePublication(content));
    const made = read.filter((each) => each !== undefined);
    this.kept = new Map(made.map((each) => [each.period, each]));
    this.requestUpdate();
  }

  /**
   * All that phones have sent by now: fetched from the hub, opened and counted, and how many do not open.
   * Rejects where the hub cannot be reached, or not all that is here could be read.
   */
  protected async whole(): Promise<{ counted: Counted | undefined; unreadable: number }> {
    const begun = Date.now();
    await this.engine.syncNow();
    const { lastSync } = this.engine.statusOf(this.enrolment);
    if (lastSync === undefined || lastSync < begun) throw new UnreachableError();
    const { source } = this;
    if (source === undefined) throw new UnreachableError();
    if (source.opening.value.hasFailed) source.again();
    await source.settled();
    return { counted: await this.count(source), unreadable: source.seen.value.unreadable };
  }

  private progress(): TemplateResult | typeof nothing {
    const { source } = this;
    if (source === undefined) return nothing;
    const { opened, of, isOpening, hasFailed } = source.opening.value;
    const { unreadable } = source.seen.value;
    const numbers = { opened: formatNumber(opened), of: formatNumber(of) };
    return html`<div role="status" class="unprinted">
      ${
        isOpening
          ? html`<p>${marked(() => gettext("Opening contacts: {opened} of {of}", numbers))}</p>
              <progress max=${Math.max(1, of)} value=${opened} aria-hidden="true"></progress>`
          : nothing
      }
      ${
        unreadable === 0
          ? nothing
          : html`<p class="hint">
              ${marked(() =>
                gettext("Not counted, their key has not arrived yet: {count}", {
                  count: formatNumber(unreadable),
                }),
              )}
            </p>`
      }
      ${
        hasFailed
          ? html`<p class="caution">
              ${marked(() => gettext("Not all contacts could be opened."))}
              <button class="button" type="button" @click=${() => source.again()}>
                ${marked(() => gettext("Try again"))}
              </button>
            </p>`
          : nothing
      }
    </div>`;
  }

  private async follow(): Promise<void> {
    const coordinator = await this.engine.coordinator(this.enrolment);
    const source = coordinator.contacts(() => threadReader(scriptUrl));
    if (!this.isConnected || this.source !== undefined) return;
    this.source = source;
    this.ends = [
      this.vault.generation.subscribe(() => {
        void this.prepare().catch((error: unknown) => {
          this.tell(error);
        });
      }),
      source.opening.subscribe(() => {
        this.requestUpdate();
      }),
      source.seen.subscribe(() => {
        void this.count(source).catch((error: unknown) => {
          this.tell(error);
        });
      }),
    ];
    await this.count(source);
  }

  private async count(source: ProgrammeContacts): Promise<Counted | undefined> {
    this.counting += 1;
    const { counting } = this;
    // Before anything was opened there is nothing to be said of how many there are.
    const { of, opened } = source.opening.value;
    const contacts = source.seen.value.sheet.contacts();
    if (contacts.length === 0 && opened < of) return undefined;
    const counted = await countedOf(contacts, this.enrolment, this.loadForm);
    await this.prepare();
    // More came meanwhile, or the screen has gone, or the vault has locked.
    const isGone = !this.isConnected || !this.vault.isOpen.value;
    if (counting === this.counting && !isGone) this.counted = counted;
    return isGone ? undefined : counted;
  }
}
