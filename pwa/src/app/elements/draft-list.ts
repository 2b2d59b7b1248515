/**
 * `<draft-list>`: what is not finished: each told from the others by what it is about and when it was
 * last typed in; gone on with, or thrown away after a question. Nothing at all where there is none.
 * Properties: `vault`, `loadForm`. Events: `go`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { formatTime, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Draft, DraftKind, Id } from "../../vault/index.ts";
import { contactTitle } from "../answer-text.ts";
import { confirmation } from "../confirmation.ts";
import { textOf } from "../keeping/fields.ts";
import { isFormKind, KINDS } from "../keeping/kinds.ts";
import { ListScreen } from "../list-screen.ts";
import type { LoadedForm } from "../pack.ts";
import type { LoadForm } from "../programme-forms.ts";
import { dayOf, stateClass, stateName } from "../states.ts";

/** Of a note's draft: enough to know it again. */
const LONGEST_TITLE = 80;

export class DraftList extends ListScreen {
  static override readonly properties = {
    ...ListScreen.properties,
    loadForm: { attribute: false },
    drafts: { state: true },
    titles: { state: true },
    asking: { state: true },
  };

  declare loadForm: LoadForm;
  declare private drafts: readonly Draft[];
  declare private titles: ReadonlyMap<Id, string>;
  /** Which is asked about before it is thrown away. */
  declare private asking: Draft | undefined;

  constructor() {
    super();
    this.drafts = [];
    this.titles = new Map();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.drafts = [];
    this.titles = new Map();
    this.asking = undefined;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.drafts.length === 0) return this.fault === undefined ? nothing : this.faultTemplate();
    return html`<section class="unfinished" aria-labelledby="unfinished">
      <h2 id="unfinished">${marked(() => gettext("Not finished"))}</h2>
      ${this.faultTemplate()}
      <p class="hint">
        ${marked(() => gettext("Kept on this phone only. Nothing of it is sent."))}
      </p>
      <ul class="cards">
        ${this.drafts.map((draft) => this.row(draft))}
      </ul>
      ${this.asking === undefined ? nothing : this.question(this.asking)}
    </section>`;
  }

  private row(draft: Draft): TemplateResult {
    const { id, changed } = draft;
    return html`<li class="draft">
      <button class="card" type="button" @click=${() => this.open(draft)}>
        <span class="title" id=${`draft-${id}`} dir="auto">${this.nameOf(draft)}</span>
        <span class="hint"><bdi>${dayOf(changed)}</bdi> · <bdi>${formatTime(changed)}</bdi></span>
        <span class=${stateClass("draft")}>${marked(() => stateName("draft"))}</span>
      </button>
      <button
        class="button button--quiet"
        type="button"
        aria-describedby=${`draft-${id}`}
        @click=${() => (this.asking = draft)}
      >
        ${marked(() => gettext("Throw away"))}
      </button>
    </li>`;
  }

  private nameOf({ id, kind, edits }: Draft): string | TemplateResult {
    const title = this.titles.get(id);
    if (title !== undefined) return title;
    if (kind === "note") {
      return edits === undefined
        ? marked(() => gettext("New note"))
        : marked(() => gettext("Your note"));
    }
    if (kind !== "contact") return marked(() => headingOf(kind));
    return edits === undefined
      ? marked(() => gettext("New contact"))
      : marked(() => gettext("Change a contact"));
  }

  private question({ id, kind, edits }: Draft): TemplateResult {
    return confirmation({
      question: marked(() => {
        if (kind !== "contact")
          return gettext("Throw away what you typed? It cannot be brought back.");
        return edits === undefined
          ? gettext("Throw this contact away? Nothing of it is kept.")
          : gettext("Throw your changes away? The contact stays as it was.");
      }),
      yes: marked(() => gettext("Throw away")),
      no: marked(() => gettext("Keep it")),
      confirm: () => void this.attempt(() => this.vault.drafts.delete(id)),
      end: () => (this.asking = undefined),
    });
  }

  private open({ id, kind, enrolment, edits }: Draft): void {
    const about = edits === undefined ? {} : { edits };
    if (kind === "note") {
      this.go({ name: "note", draft: id, ...(edits === undefined ? {} : { note: edits }) });
    } else if (kind === "offer") {
      this.go({ name: "offer", draft: id });
    } else if (kind === "copy" && edits !== undefined) {
      this.go({ name: "copy", copy: edits });
    } else if ((kind === "notice" || kind === "referral") && enrolment !== undefined) {
      const part = kind === "notice" ? "notices" : "referrals";
      this.go({ name: "console", enrolment, part, draft: id });
    } else if (isFormKind(kind)) {
      this.go({ name: "keepsake", kind, draft: id });
    } else if (enrolment !== undefined) {
      this.go({ name: "log", enrolment, draft: id, ...about });
    }
  }

  protected override async read(): Promise<() => void> {
    const drafts = await this.vault.drafts.list();
    const titles = await Promise.all(
      drafts.map(async (draft): Promise<[Id, string][]> => {
        // Where the form cannot be had, a draft of a contact is known by its day alone.
        const loaded =
          draft.kind === "contact"
            ? await this.loadForm(draft.enrolment, draft.form).catch(() => undefined)
            : undefined;
        const title = titleOf(draft, loaded);
        return title === undefined ? [] : [[draft.id, title]];
      }),
    );
    return () => {
      this.titles = new Map(titles.flat());
      this.drafts = drafts;
    };
  }
}

function headingOf(kind: DraftKind): string {
  if (isFormKind(kind)) return KINDS[kind].heading();
  if (kind === "notice") return gettext("Notices");
  if (kind === "referral") return gettext("Referral contacts");
  return kind === "copy" ? gettext("Copies of papers") : gettext("The offer I was made");
}

function titleOf({ kind, values }: Draft, loaded: LoadedForm | undefined): string | undefined {
  if (kind === "note" || kind === "notice" || kind === "referral") {
    const text = textOf(values, kind === "referral" ? "service" : "text");
    const line = text.split("\n").find((each) => each.trim());
    return line?.trim().slice(0, LONGEST_TITLE);
  }
  if (kind !== "contact" || loaded === undefined) return undefined;
  const fields = Object.entries(values).map(([name, value]) => [name, [value]] as const);
  return contactTitle(new Map(fields), loaded.form);
}

customElements.define("draft-list", DraftList);
