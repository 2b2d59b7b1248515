/** What is typed on a screen, kept as a draft from the first change on: for notes and contacts alike. */
import { html, type ReactiveControllerHost, type TemplateResult } from "lit";

import { gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import type { Draft, Drafts, DraftSubject, Id, Values } from "../vault/index.ts";
import { vaultSentence } from "./faults.ts";
import { Watching } from "./watching.ts";

/** One screen's draft: none until something is typed, or until one is taken up. */
export class Drafting {
  readonly #host: ReactiveControllerHost;
  readonly #drafts: () => Drafts;
  #id: Id | undefined;
  #typed = false;

  constructor(host: ReactiveControllerHost, drafts: () => Drafts) {
    this.#host = host;
    this.#drafts = drafts;
    new Watching(host, () => [drafts().trouble]);
  }

  get id(): Id | undefined {
    return this.#id;
  }

  /** Goes on with that draft, or else with the one in which `edits` is being changed. */
  async takeUp(id: Id | undefined, edits: Id | undefined): Promise<Draft | undefined> {
    if (id === undefined) {
      return this.takeUpLast((draft) => edits !== undefined && draft.edits === edits);
    }
    const draft = await this.#drafts().read(id);
    this.#id = draft.id;
    return draft;
  }

  /** Goes on with the one of those typed in last; where there is none, what is typed next begins a new one. */
  async takeUpLast(isOne: (draft: Draft) => boolean): Promise<Draft | undefined> {
    const draft = (await this.#drafts().list()).find(isOne);
    this.#id = draft?.id;
    this.#typed = false;
    return draft;
  }

  /** To be called at every change, with everything. */
  keep(subject: () => DraftSubject, values: Values): Id {
    this.#id ??= this.#drafts().begin(subject());
    this.#drafts().save(this.#id, values);
    this.#typed = true;
    this.#host.requestUpdate();
    return this.#id;
  }

  async flush(): Promise<void> {
    await this.#drafts().flush();
  }

  async throwAway(): Promise<void> {
    if (this.#id !== undefined) await this.#drafts().delete(this.#id);
    this.saved();
  }

  /** It was deleted with what became of it: what is typed next is another one. */
  saved(): void {
    this.#id = undefined;
    this.#typed = false;
  }

  /** Under what is being typed: kept or not, and why. */
  line(): TemplateResult {
    const code = this.#drafts().trouble.value;
    if (code !== undefined) {
      return html`<p class="caution" role="status">${marked(() => vaultSentence(code))}</p>`;
    }
    return html`<p class="hint" role="status">
      ${this.#typed ? marked(() => gettext("Kept as a draft as you type.")) : ""}
    </p>`;
  }
}
