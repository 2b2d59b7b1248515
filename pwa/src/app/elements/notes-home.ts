/**
 * `<notes-home>`: what is in the vault: contacts with their states, what is not finished, the private tools.
 * Properties: `vault`, `engine`. Events: `go`, `lock`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { ContactSummary, Engine, EnrolmentSummary } from "../../sync/index.ts";
import type { Id, Vault } from "../../vault/index.ts";
import { contactTitle } from "../answer-text.ts";
import { contactList, stripeOf } from "../contacts.ts";
import type { LoadForm } from "../programme-forms.ts";
import { ScreenElement } from "../screen-element.ts";
import { standingSentence } from "../states.ts";
import { Watching } from "../watching.ts";
import "./programme-news.ts";
import "./sync-state.ts";

/** So many contacts are shown, and opened for their titles, before somebody asks for more. */
const NEWEST = 20;
const MORE = 100;

export class NotesHome extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
    engine: { attribute: false },
    loadForm: { attribute: false },
    titles: { state: true },
    limit: { state: true },
  };

  declare vault: Vault;
  declare engine: Engine;
  declare loadForm: LoadForm;
  /** What tells the contacts shown from each other, by id. */
  declare private titles: ReadonlyMap<Id, string>;
  /** How many contacts of each programme are shown. */
  declare private limit: number;
  /** The titles of contacts that were opened: while the index says the same of one, it is not opened again. */
  private known = new WeakMap<ContactSummary, string>();

  constructor() {
    super();
    this.titles = new Map();
    this.limit = NEWEST;
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
    this.titles = new Map();
    this.known = new WeakMap();
  }

  protected override render(): TemplateResult {
    const enrolments = this.engine.enrolments.value;
    return html`
      <h1>${marked(() => gettext("My notes"))}</h1>
      ${this.faultTemplate()} ${enrolments.map((each) => this.programme(each))}
      <draft-list .vault=${this.vault} .loadForm=${this.loadForm}></draft-list>
      <tool-cards .vault=${this.vault}></tool-cards>
      <div class="buttons">
        <button class="button" type="button" @click=${() => void this.vault.lock()}>
          ${marked(() => gettext("Lock"))}
        </button>
        <button class="button" type="button" @click=${() => this.go({ name: "place" })}>
          ${marked(() => gettext("This place"))}
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
    const { id, name, standing, role } = enrolment;
    const isCoordinator = role === "coordinator";
    const said = standingSentence(enrolment);
    const heading = `programme-${id}`;
    return html`<section class="programme" aria-labelledby=${heading}>
      ${stripeOf(this.engine, id)}
      <h2 id=${heading}>
        ${name === "" ? marked(() => gettext("A new programme")) : html`<bdi>${name}</bdi>`}
      </h2>
      ${
        said === undefined
          ? nothing
          : html`<p class="notice">${marked(() => standingSentence(enrolment) ?? "")}</p>`
      }
      ${
        standing === "refused" || isCoordinator
          ? nothing
          : html`<sync-state .engine=${this.engine} .enrolment=${id}></sync-state>`
      }
      ${
        // Not for "revoked": a hub's word alone must not keep anybody from writing.
        standing === "refused"
          ? nothing
          : html`<div class="buttons">
              <button
                class="button button--primary button--wide"
                type="button"
                @click=${() => this.go({ name: isCoordinator ? "console" : "log", enrolment: id })}
              >
                ${
                  isCoordinator
                    ? marked(() => gettext("Open the programme"))
                    : marked(() => gettext("New contact"))
                }
              </button>
            </div>`
      }
      ${
        isCoordinator
          ? nothing
          : html`<programme-news
                .vault=${this.vault}
                .engine=${this.engine}
                .loadForm=${this.loadForm}
                .enrolment=${id}
              ></programme-news>
              ${this.contacts(id)}`
      }
      <p>
        ${
          standing === "refused"
            ? html`<button class="button" type="button" @click=${() => this.forget(id)}>
                ${marked(() => gettext("Remove this invitation"))}
              </button>`
            : isCoordinator
              ? nothing
              : html`<button
                  class="button button--quiet"
                  type="button"
                  @click=${() => this.go({ name: "programme", enrolment: id })}
                >
                  ${marked(() => gettext("About this programme"))}
                </button>`
        }
      </p>
    </section>`;
  }

  private contacts(enrolment: Id): TemplateResult {
    const all = this.engine.contacts(enrolment);
    const shown = all.slice(0, this.limit);
    const older = all.length - shown.length;
    return html`${contactList(shown, this.titles, (contact) =>
      this.go({ name: "contact", contact }),
    )}
    ${
      older === 0
        ? nothing
        : html`<button class="button" type="button" @click=${() => void this.showMore()}>
            ${marked(() =>
              older > MORE
                ? gettext("Show more")
                : ngettext("Show {count} older contact", "Show {count} older contacts", older),
            )}
          </button>`
    }`;
  }

  private forget(enrolment: Id): void {
    void this.attempt(() => this.engine.forgetEnrolment(enrolment));
  }

  private async showMore(): Promise<void> {
    this.limit += MORE;
    await this.load();
  }

  private async readTitles(): Promise<ReadonlyMap<Id, string>> {
    const { known } = this;
    const shown = this.engine.enrolments.value.flatMap(({ id }) =>
      this.engine.contacts(id).slice(0, this.limit),
    );
    const titles = shown.map(async (contact): Promise<readonly [Id, string][]> => {
      const title = known.get(contact) ?? (await this.readTitle(contact.id));
      if (title === undefined) return [];
      known.set(contact, title);
      return [[contact.id, title]];
    });
    return new Map((await Promise.all(titles)).flat());
  }

  /** A contact that does not open, or a form that is not there, leaves the day alone as a title. */
  private async readTitle(id: Id): Promise<string | undefined> {
    const contact = await this.engine.readContact(id).catch(() => undefined);
    if (contact === undefined) return undefined;
    const loaded = await this.loadForm(contact.enrolment, contact.form).catch(() => undefined);
    return loaded && contactTitle(contact.fields, loaded.form);
  }

  /** What comes after the screen has gone, or the vault has locked, is not kept. */
  private keep(take: () => void): void {
    if (this.isConnected && this.vault.isOpen.value) take();
  }

  private async load(): Promise<void> {
    try {
      const titles = await this.readTitles();
      this.keep(() => (this.titles = titles));
    } catch (error) {
      this.tell(error);
    }
  }
}

customElements.define("notes-home", NotesHome);
