/**
 * `<tool-cards>`: what My notes holds for anyone: dates that are near, the newest notes, the private tools.
 * Properties: `vault`. Events: `go`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Id, Keepsake, NoteSummary } from "../../vault/index.ts";
import { localDay } from "../keeping/days.ts";
import { dateCard } from "../keepsake-cards.ts";
import { ListScreen } from "../list-screen.ts";
import { noteCards } from "../note-cards.ts";
import { dueDates } from "../reminders.ts";
import type { Screen } from "../screens.ts";

/** So many notes are shown here, and no other is opened. */
const NEWEST = 3;

export class ToolCards extends ListScreen {
  static override readonly properties = {
    ...ListScreen.properties,
    notes: { state: true },
    due: { state: true },
  };

  /** Undefined until they are read. */
  declare private notes: readonly NoteSummary[] | undefined;
  declare private due: readonly Keepsake[];

  constructor() {
    super();
    this.due = [];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.notes = undefined;
    this.due = [];
  }

  protected override render(): TemplateResult {
    return html`${this.faultTemplate()} ${this.dueList()} ${this.noteSection()} ${this.tools()}`;
  }

  private dueList(): TemplateResult | typeof nothing {
    if (this.due.length === 0) return nothing;
    const today = localDay(Date.now());
    const open = (keepsake: Id): void => this.go({ name: "keepsake", kind: "date", keepsake });
    return html`<section aria-labelledby="due">
      <h2 id="due">${marked(() => gettext("Soon"))}</h2>
      <ul class="cards">
        ${this.due.map((each) => dateCard(each, today, open, "card card--due"))}
      </ul>
    </section>`;
  }

  private noteSection(): TemplateResult {
    const { notes } = this;
    const count = this.vault.isOpen.value ? this.vault.notes.lines().length : 0;
    return html`<section class="notes" aria-labelledby="notes">
      <h2 id="notes">${marked(() => gettext("Notes"))}</h2>
      <div class="buttons">
        <button class="button" type="button" @click=${() => this.go({ name: "note" })}>
          ${marked(() => gettext("New note"))}
        </button>
        ${
          count <= NEWEST
            ? nothing
            : html`<button class="button" type="button" @click=${() => this.go({ name: "notes" })}>
                ${marked(() => ngettext("All notes: {count}", "All notes: {count}", count))}
              </button>`
        }
      </div>
      ${
        notes?.length === 0
          ? html`<p class="hint">${marked(() => gettext("No notes yet."))}</p>`
          : nothing
      }
      ${noteCards(notes ?? [], (note) => this.go({ name: "note", note }))}
    </section>`;
  }

  private tools(): TemplateResult {
    return html`<section aria-labelledby="tools">
      <h2 id="tools">${marked(() => gettext("Only for you"))}</h2>
      <ul class="cards cards--tools">
        ${this.tool(
          () => gettext("Hours and pay"),
          () => gettext("What you work, what is owed, what is paid."),
          () => ({ name: "hours" }),
        )}
        ${this.tool(
          () => gettext("The offer I was made"),
          () => gettext("What they promised, and what to ask."),
          () => ({ name: "offers" }),
        )}
        ${this.tool(
          () => gettext("Safety plan"),
          () => gettext("Someone you trust, a word, where to go."),
          () => this.plan(),
        )}
        ${this.tool(
          () => gettext("Dates to remember"),
          () => gettext("When papers end, when pay is due."),
          () => ({ name: "dates" }),
        )}
        ${this.tool(
          () => gettext("Copies of papers"),
          () => gettext("Pictures that only you can open."),
          () => ({ name: "copies" }),
        )}
      </ul>
    </section>`;
  }

  private tool(label: () => string, hint: () => string, screen: () => Screen): TemplateResult {
    return html`<li>
      <button class="card" type="button" @click=${() => this.go(screen())}>
        <span class="title">${marked(label)}</span>
        <span class="hint">${marked(hint)}</span>
      </button>
    </li>`;
  }

  /** There is one plan; the form begins it, or goes on with it. */
  private plan(): Screen {
    const [plan] = this.vault.keepsakes.lines("plan");
    return {
      name: "keepsake",
      kind: "plan",
      ...(plan === undefined ? {} : { keepsake: plan.id }),
    };
  }

  protected override async read(): Promise<() => void> {
    const [notes, due] = await Promise.all([
      this.vault.notes.list(0, NEWEST),
      dueDates(this.vault, localDay(Date.now())),
    ]);
    return () => {
      this.notes = notes;
      this.due = due;
    };
  }
}

customElements.define("tool-cards", ToolCards);
