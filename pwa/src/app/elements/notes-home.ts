/**
 * `<notes-home>`: what is in the vault: contacts with their states, what is not finished, notes.
 * Properties: `vault`, `engine`. Events: `go`, `lock`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Engine, EnrolmentSummary } from "../../sync/index.ts";
import type { Draft, NoteSummary, Vault } from "../../vault/index.ts";
import { contactList, practiceStripe, statusLine } from "../contacts.ts";
import { ScreenElement } from "../screen-element.ts";
import { dayOf, standingSentence, stateClass, stateName } from "../states.ts";
import { Watching } from "../watching.ts";

export class NotesHome extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
    engine: { attribute: false },
    notes: { state: true },
    drafts: { state: true },
  };

  declare vault: Vault;
  declare engine: Engine;
  /** Undefined until they are read. */
  declare private notes: readonly NoteSummary[] | undefined;
  declare private drafts: readonly Draft[];

  constructor() {
    super();
    this.drafts = [];
    new Watching(
      this,
      () => [this.vault.generation],
      () => void this.load(),
    );
    new Watching(this, () => [this.engine.status, this.engine.enrolments]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.notes = undefined;
    this.drafts = [];
  }

  protected override render(): TemplateResult {
    const enrolments = this.engine.enrolments.value;
    return html`
      <h1>${marked(() => gettext("My notes"))}</h1>
      ${this.faultTemplate()} ${enrolments.map((each) => this.programme(each))} ${this.unfinished()}
      ${this.noteList()}
      <div class="buttons">
        <button class="button" type="button" @click=${() => void this.vault.lock()}>
          ${marked(() => gettext("Lock"))}
        </button>
        <button
          class="button button--quiet"
          type="button"
          @click=${() => this.go({ name: "paste" })}
        >
          ${marked(() => gettext("I have an invitation"))}
        </button>
      </div>
    `;
  }

  private programme(enrolment: EnrolmentSummary): TemplateResult {
    const { id, name, practice, standing } = enrolment;
    const said = standingSentence(enrolment);
    const heading = `programme-${id}`;
    return html`<section class="programme" aria-labelledby=${heading}>
      ${practice ? practiceStripe() : nothing}
      <h2 id=${heading}>
        ${name === "" ? marked(() => gettext("A new programme")) : html`<bdi>${name}</bdi>`}
      </h2>
      ${
        said === undefined
          ? nothing
          : html`<p class="notice">${marked(() => standingSentence(enrolment) ?? "")}</p>`
      }
      ${statusLine(this.engine.statusOf(id))}
      ${
        standing === "refused" || standing === "revoked"
          ? nothing
          : html`<button
              class="button button--primary button--wide"
              type="button"
              @click=${() => this.go({ name: "log", enrolment: id })}
            >
              ${marked(() => gettext("New contact"))}
            </button>`
      }
      ${contactList(this.engine.contacts(id), (contact) => this.go({ name: "contact", contact }))}
      <p>
        <button
          class="button button--quiet"
          type="button"
          @click=${() => this.go({ name: "programme", enrolment: id })}
        >
          ${marked(() => gettext("About this programme"))}
        </button>
      </p>
    </section>`;
  }

  private unfinished(): TemplateResult | typeof nothing {
    if (this.drafts.length === 0) return nothing;
    return html`<section class="unfinished" aria-labelledby="unfinished">
      <h2 id="unfinished">${marked(() => gettext("Not finished"))}</h2>
      <p class="hint">
        ${marked(() => gettext("Kept on this phone only. Nothing of it is sent."))}
      </p>
      <ul class="cards">
        ${this.drafts.map((draft) => this.draftRow(draft))}
      </ul>
    </section>`;
  }

  private draftRow(draft: Draft): TemplateResult {
    const day = dayOf(draft.changed);
    return html`<li>
      <button class="card" type="button" @click=${() => this.openDraft(draft)}>
        <span class="title">
          ${
            draft.kind === "note"
              ? marked(() => gettext("Note, {day}", { day }))
              : marked(() => gettext("Contact, {day}", { day }))
          }
        </span>
        <span class=${stateClass("draft")}>${marked(() => stateName("draft"))}</span>
      </button>
    </li>`;
  }

  private noteList(): TemplateResult {
    const { notes } = this;
    return html`<section class="notes" aria-labelledby="notes">
      <h2 id="notes">${marked(() => gettext("Notes"))}</h2>
      <button class="button" type="button" @click=${() => this.go({ name: "note" })}>
        ${marked(() => gettext("New note"))}
      </button>
      ${
        notes?.length === 0
          ? html`<p class="hint">${marked(() => gettext("No notes yet."))}</p>`
          : nothing
      }
      <ul class="cards">
        ${notes?.map((note) => this.noteRow(note)) ?? nothing}
      </ul>
    </section>`;
  }

  private noteRow({ id, title, changed, damaged }: NoteSummary): TemplateResult {
    return html`<li>
      <button
        class="card"
        type="button"
        ?disabled=${damaged}
        @click=${() => this.go({ name: "note", note: id })}
      >
        <span class="title" dir="auto">
          ${damaged ? marked(() => gettext("This note cannot be read any more.")) : title}
        </span>
        <span class="hint">${dayOf(changed)}</span>
      </button>
    </li>`;
  }

  private openDraft({ id, kind, enrolment, edits }: Draft): void {
    if (kind === "note") {
      this.go({ name: "note", draft: id, ...(edits === undefined ? {} : { note: edits }) });
    } else if (enrolment !== undefined) {
      this.go({ name: "log", enrolment, draft: id, ...(edits === undefined ? {} : { edits }) });
    }
  }

  private async load(): Promise<void> {
    try {
      const [notes, drafts] = await Promise.all([
        this.vault.notes.list(),
        this.vault.drafts.list(),
      ]);
      if (!this.isConnected) return;
      this.notes = notes;
      this.drafts = drafts;
    } catch (error) {
      this.tell(error);
    }
  }
}

customElements.define("notes-home", NotesHome);
