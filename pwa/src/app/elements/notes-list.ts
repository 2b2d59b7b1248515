/**
 * `<notes-list>`: all notes, newest first, a page at a time; and those in which some words stand.
 * Properties: `vault`. Events: `go`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { NoteSummary } from "../../vault/index.ts";
import { NoteSearch } from "../keeping/note-search.ts";
import { ListScreen } from "../list-screen.ts";
import { noteCards } from "../note-cards.ts";

/** So many are shown, and opened, before somebody asks for more. */
const PAGE = 50;

export class NotesList extends ListScreen {
  static override readonly properties = {
    ...ListScreen.properties,
    notes: { state: true },
    limit: { state: true },
    words: { state: true },
    found: { state: true },
    searching: { state: true },
  };

  /** Undefined until they are read. */
  declare private notes: readonly NoteSummary[] | undefined;
  declare private limit: number;
  declare private words: string;
  declare private found: readonly NoteSummary[];
  declare private searching: boolean;
  private search: NoteSearch | undefined;

  constructor() {
    super();
    this.limit = PAGE;
    this.words = "";
    this.found = [];
    this.searching = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.search = new NoteSearch(this.vault.notes);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.search?.end();
    this.notes = undefined;
    this.found = [];
    this.words = "";
  }

  protected override render(): TemplateResult {
    return html`
      <h1>${marked(() => gettext("Notes"))}</h1>
      ${this.faultTemplate()}
      <div class="buttons">
        <button
          class="button button--primary"
          type="button"
          @click=${() => this.go({ name: "note" })}
        >
          ${marked(() => gettext("New note"))}
        </button>
        <button class="button" type="button" @click=${() => this.back()}>
          ${marked(() => gettext("Back"))}
        </button>
      </div>
      ${this.notes?.length === 0 ? this.empty() : this.filled()}
    `;
  }

  private empty(): TemplateResult {
    return html`<p class="hint">${marked(() => gettext("No notes yet."))}</p>`;
  }

  private filled(): TemplateResult {
    const { words, notes = [], found, limit } = this;
    const isSearch = words.trim() !== "";
    const all = isSearch ? found.length : this.count();
    const shown = isSearch ? found.slice(0, limit) : notes;
    const more = all - shown.length;
    return html`<form autocomplete="off" role="search" @submit=${this.stay}>
        <div class="field">
          <label for="words">${marked(() => gettext("Find in my notes"))}</label>
          <input
            class="input"
            id="words"
            type="search"
            dir="auto"
            autocomplete="off"
            spellcheck="false"
            .value=${live(words)}
            @input=${this.type}
          />
        </div>
      </form>
      <p role="status">${isSearch ? this.told(all) : nothing}</p>
      ${noteCards(shown, (note) => this.go({ name: "note", note }))}
      ${
        more <= 0
          ? nothing
          : html`<button class="button" type="button" @click=${() => void this.showMore()}>
              ${marked(() => gettext("Show more"))}
            </button>`
      }`;
  }

  private told(count: number): string | TemplateResult {
    if (this.searching) return marked(() => gettext("Looking through your notes…"));
    if (count === 0)
      return marked(() => gettext("Nothing found. Try another word, or a shorter one."));
    return marked(() => ngettext("{count} note found", "{count} notes found", count));
  }

  private count(): number {
    return this.vault.isOpen.value ? this.vault.notes.lines().length : 0;
  }

  private readonly stay = (event: SubmitEvent): void => event.preventDefault();

  private readonly type = (event: InputEvent): void => {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.words = event.target.value;
    this.limit = PAGE;
    void this.look();
  };

  private async showMore(): Promise<void> {
    this.limit += PAGE;
    await this.load();
  }

  protected override async read(): Promise<() => void> {
    const notes = await this.vault.notes.list(0, this.limit);
    return () => {
      this.notes = notes;
      void this.look();
    };
  }

  private async look(): Promise<void> {
    if (this.words.trim() === "") return;
    this.searching = true;
    try {
      await this.search?.run(this.words, (found, more) => {
        this.found = found;
        this.searching = more;
      });
    } catch (error) {
      if (this.isConnected) this.tell(error);
    }
  }
}

customElements.define("notes-list", NotesList);
