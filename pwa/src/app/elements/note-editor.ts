/**
 * `<note-editor>`: writes a note, new or kept; a draft from the first key press.
 * Properties: `vault`, `note` (absent for a new one), `draft`. Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Id } from "../../vault/index.ts";
import { baseOf, withBase } from "../draft-base.ts";
import { keepFromNowOn } from "../storage.ts";
import { WritingScreen } from "../writing-screen.ts";

export class NoteEditor extends WritingScreen {
  static override readonly properties = {
    ...WritingScreen.properties,
    note: { attribute: false },
    text: { state: true },
  };

  declare note: Id | undefined;
  /** Undefined until it is read. */
  declare private text: string | undefined;
  private kept = "";

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
      ${this.deletion(marked(() => gettext("Delete this note? It cannot be brought back.")))}
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
      ${this.drafting.line()}
      ${this.buttons(
        marked(() => gettext("Save note")),
        text.trim() !== "",
      )}
    </form>`;
  }

  protected override async load(): Promise<void> {
    const draft = await this.drafting.takeUp(this.draft, this.note);
    const text = draft?.values["text"];
    this.note ??= draft?.edits;
    const { note } = this;
    if (note !== undefined) {
      const held = await this.changedBy(draft, async () => this.vault.notes.read(note));
      const before = baseOf(draft?.values ?? {})?.["text"];
      if (held === undefined) this.note = undefined;
      else this.kept = typeof before === "string" ? before : held.text;
    }
    this.text = typeof text === "string" ? text : this.kept;
  }

  private readonly input = (event: InputEvent): void => {
    if (!(event.target instanceof HTMLTextAreaElement)) return;
    this.text = event.target.value;
    const { note, kept } = this;
    const about = note === undefined ? {} : { edits: note };
    const base = note === undefined ? undefined : { text: kept };
    this.drafting.keep(() => ({ kind: "note", ...about }), withBase({ text: this.text }, base));
  };

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { note, vault } = this;
    const { id: draft } = this.drafting;
    const text = this.text ?? "";
    void this.attempt(async () => {
      const saved =
        note === undefined
          ? await vault.notes.create(text, draft)
          : await vault.notes.edit(note, text, draft, this.kept);
      keepFromNowOn();
      this.leaveSaved(saved, note, vault.notes.lines(), () => gettext("Note saved."));
    });
  };

  protected override get isUnchanged(): boolean {
    const { text } = this;
    return text === this.kept || text?.trim() === "";
  }

  protected override async erase(): Promise<void> {
    await this.drafting.throwAway();
    if (this.note !== undefined) await this.vault.notes.delete(this.note);
    this.back(() => gettext("Note deleted."));
  }
}

customElements.define("note-editor", NoteEditor);
