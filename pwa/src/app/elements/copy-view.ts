/**
 * `<copy-view>`: one picture of a paper, whole; its name, and deleting it.
 * Properties: `vault`, `copy`. Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Id, Vault } from "../../vault/index.ts";
import { confirmation } from "../confirmation.ts";
import { Drafting } from "../drafting.ts";
import { textOf } from "../keeping/fields.ts";
import { pictureUrl } from "../keeping/pictures.ts";
import { ScreenElement } from "../screen-element.ts";
import { dayOf } from "../states.ts";

/** Names that many will want. */
const SUGGESTIONS: readonly (() => string)[] = [
  // Translators: a paper that somebody keeps a picture of; so are Visa, Contract and Payslip.
  () => gettext("Passport"),
  () => gettext("Visa"),
  () => gettext("Contract"),
  () => gettext("Payslip"),
];

export class CopyView extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
    copy: { attribute: false },
    name: { state: true },
    url: { state: true },
    asking: { state: true },
  };

  declare vault: Vault;
  declare copy: Id;
  /** As it is typed; undefined until it is read. */
  declare private name: string | undefined;
  declare private url: string | undefined;
  declare private asking: boolean;
  private kept = "";
  private day = "";
  private readonly drafting = new Drafting(this, () => this.vault.drafts);

  constructor() {
    super();
    this.asking = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // By the phone's own Back. What is locked or deleted by then takes no name any more.
    if (this.vault.isOpen.value) this.rename().catch(() => undefined);
    this.name = undefined;
    this.url = undefined;
    this.kept = "";
    this.asking = false;
  }

  protected override render(): TemplateResult {
    const { name, url, day } = this;
    return html`
      <h1>
        ${
          this.kept === ""
            ? marked(() => gettext("Copies of papers"))
            : html`<span dir="auto">${this.kept}</span>`
        }
      </h1>
      ${this.faultTemplate()}
      ${
        url === undefined
          ? nothing
          : html`<img
              class="picture"
              src=${url}
              alt=${this.kept === "" ? gettext("Saved on {day}", { day }) : this.kept}
            />`
      }
      ${name === undefined ? nothing : this.form(name)}
      <div class="buttons">
        <button class="button" type="button" ?disabled=${this.busy} @click=${this.leave}>
          ${marked(() => gettext("Back"))}
        </button>
        <button class="button button--quiet" type="button" @click=${() => (this.asking = true)}>
          ${marked(() => gettext("Delete"))}
        </button>
      </div>
      ${this.asking ? this.question() : nothing}
    `;
  }

  private form(name: string): TemplateResult {
    return html`<form autocomplete="off" novalidate @submit=${this.submit}>
      <div class="field">
        <label for="copy-name">${marked(() => gettext("What is it?"))}</label>
        <input
          class="input"
          id="copy-name"
          type="text"
          dir="auto"
          autocomplete="off"
          spellcheck="false"
          .value=${live(name)}
          @input=${this.type}
        />
      </div>
      <div class="buttons">
        ${SUGGESTIONS.map(
          (each) =>
            html`<button
              class="button button--quiet"
              type="button"
              @click=${() => this.call(each())}
            >
              ${marked(each)}
            </button>`,
        )}
      </div>
      ${this.drafting.line()}
      <div class="buttons">
        <button class="button button--primary" type="submit" ?disabled=${this.busy}>
          ${marked(() => gettext("Save"))}
        </button>
      </div>
    </form>`;
  }

  private question(): TemplateResult {
    return confirmation({
      question: marked(() => gettext("Delete this? It cannot be brought back.")),
      yes: marked(() => gettext("Delete it")),
      no: marked(() => gettext("Keep it")),
      confirm: () =>
        void this.attempt(async () => {
          await this.vault.copies.delete(this.copy, this.drafting.id);
          this.back(() => gettext("Deleted."));
        }),
      end: () => (this.asking = false),
    });
  }

  private readonly type = ({ target }: Event): void => {
    if (target instanceof HTMLInputElement) this.call(target.value);
  };

  private call(name: string): void {
    this.name = name;
    this.drafting.keep(() => ({ kind: "copy", edits: this.copy }), { name });
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.attempt(async () => {
      await this.rename();
      this.back(() => gettext("Saved."));
    });
  };

  /** What was typed is kept: nobody types a name to lose it. */
  private readonly leave = (): void => {
    void this.attempt(async () => {
      await this.rename();
      this.back();
    });
  };

  private async rename(): Promise<void> {
    const name = this.name?.trim();
    if (name === undefined) return;
    if (name === this.kept) await this.drafting.throwAway();
    else await this.vault.copies.rename(this.copy, name, this.drafting.id);
    this.kept = name;
  }

  private async load(): Promise<void> {
    const { name, created } = await this.vault.copies.read(this.copy);
    const draft = await this.drafting.takeUp(undefined, this.copy);
    if (!this.isHere()) return;
    this.kept = name;
    this.day = dayOf(created);
    this.name = draft === undefined ? name : textOf(draft.values, "name");
    const content = await this.vault.copies.content(this.copy);
    if (this.isHere()) this.url = pictureUrl(content);
  }

  /** What comes after the screen has gone, or the vault has locked, is not kept. */
  private isHere(): boolean {
    return this.isConnected && this.vault.isOpen.value;
  }
}

customElements.define("copy-view", CopyView);
