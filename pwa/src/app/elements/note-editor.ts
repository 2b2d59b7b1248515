/**
 * `<note-editor>`: writes a note, new or kept; a draft from the first key press.
 * Properties: `vault`, `note` (absent for a new one), `draft`. Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Id, Vault } from "../../vault/index.ts";
import { confirmation } from "../confirmation.ts";
import { draftLine } from "../drafting.ts";
import { ScreenElement } from "../screen-element.ts";
import { Watching } from "../watching.ts";

export class NoteEditor extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
    note: { attribute: false },
    draft: { attribute: false },
    text: { state: true },
    typed: { state: true },
    asking: { state: true },
  };

  declare vault: Vault;
  declare note: Id | undefined;
  declare draft: Id | undefined;
  /** Undefined until it is read. */
  declare private text: string | undefined;
  declare private typed: boolean;
  declare private asking: boolean;
  private kept = "";

  constructor() {
    super();
    this.typed = false;
    this.asking = false;
    new Watching(this, () => [this.vault.drafts.trouble]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.text = undefined;
    this.kept = "";
  }

  protected override render(): TemplateResult {
    const { note, text } = this;
    return html`
      <h1>
        ${
          note === undefined
            ? marked(() => gettext("New note"))
            : marked(() => gettext("Your note"))
        }
      </h1>
      ${this.faultTemplate()} ${text === undefined ? nothing : this.form(text)}
      ${this.asking ? this.question() : nothing}
    `;
  }

  private form(text: string): TemplateResult {
    return html`<form autocomplete="off" @submit=${this.submit}>
      <div class="field">
        <label for="note-text">${marked(() => gettext("Only you can read this"))}</label>
        <textarea
          id="note-text"
          class="input"
          rows="10"
          dir="auto"
          autocomplete="off"
          spellcheck="false"
          .value=${live(text)}
          @input=${this.input}
        ></textarea>
      </div>
      ${draftLine(this.vault.drafts, this.typed)}
      <div class="buttons">
        <button
          class="button button--primary"
          type="submit"
          ?disabled=${this.busy || text.trim() === ""}
        >
          ${marked(() => gettext("Save note"))}
        </button>
        <button class="button" type="button" @click=${this.leave}>
          ${marked(() => gettext("Back"))}
        </button>
        <button class="button button--quiet" type="button" @click=${() => (this.asking = true)}>
          ${marked(() => gettext("Delete"))}
        </button>
      </div>
    </form>`;
  }

  private question(): TemplateResult {
    return confirmation({
      question: marked(() => gettext("Delete this note? It cannot be brought back.")),
      yes: marked(() => gettext("Delete it")),
      no: marked(() => gettext("Keep it")),
      confirm: () => void this.attempt(() => this.erase()),
      end: () => (this.asking = false),
    });
  }

  private async load(): Promise<void> {
    const { drafts, notes } = this.vault;
    if (this.note !== undefined) {
      this.kept = (await notes.read(this.note)).text;
      const drafted = (await drafts.list()).find(({ edits }) => edits === this.note);
      this.draft ??= drafted?.id;
    }
    const draft = this.draft === undefined ? undefined : await drafts.read(this.draft);
    const text = draft?.values["text"];
    this.note ??= draft?.edits;
    this.text = typeof text === "string" ? text : this.kept;
  }

  private readonly input = (event: InputEvent): void => {
    if (!(event.target instanceof HTMLTextAreaElement)) return;
    this.text = event.target.value;
    this.typed = true;
    const about = this.note === undefined ? {} : { edits: this.note };
    this.draft ??= this.vault.drafts.begin({ kind: "note", ...about });
    this.vault.drafts.save(this.draft, { text: this.text });
  };

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { note, draft, vault } = this;
    const text = this.text ?? "";
    void this.attempt(async () => {
      if (note === undefined) await vault.notes.create(text, draft);
      else await vault.notes.edit(note, text, draft);
      this.back(() => gettext("Note saved."));
    });
  };

  private readonly leave = (): void => {
    void this.attempt(async () => {
      const { draft, text } = this;
      const isUnchanged = text === this.kept || text?.trim() === "";
      if (draft !== undefined && isUnchanged) await this.vault.drafts.delete(draft);
      else await this.vault.drafts.flush();
      this.back();
    });
  };

  private async erase(): Promise<void> {
    if (this.draft !== undefined) await this.vault.drafts.delete(this.draft);
    if (this.note !== undefined) await this.vault.notes.delete(this.note);
    this.back(() => gettext("Note deleted."));
  }
}

customElements.define("note-editor", NoteEditor);
