/**
 * `<contact-form>`: writes a contact, new or changed; a draft from the first answer.
 * Properties: `vault`, `engine`, `loadForm`, `enrolment`; `draft` or `edits` (a record) to go on with one;
 * `later`: of one that is changed, only what is asked after the meeting. Events: `back`, `go`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { answerable, type Field, type Form } from "../../forms/index.ts";
import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Engine } from "../../sync/index.ts";
import type { Draft, DraftSubject, FormName, Id, Values, Vault } from "../../vault/index.ts";
import {
  type Answers,
  answersOf,
  carriedOver,
  changesOf,
  check,
  firstAnswers,
  isLikelyRight,
  laterQuestions,
  rebased,
  revealedIn,
} from "../answering.ts";
import { answerTexts } from "../answer-text.ts";
import { stripeOf } from "../contacts.ts";
import { baseOf, withBase } from "../draft-base.ts";
import { Drafting } from "../drafting.ts";
import { FormAnswers } from "../form-answers.ts";
import {
  contactTools,
  formNotices,
  type Noticed,
  revealedQuestion,
  throwAwayQuestion,
} from "../form-notices.ts";
import { formQuestions } from "../groups.ts";
import type { Finding } from "../revealing.ts";
import type { LoadedForm } from "../pack.ts";
import { problemsSentence } from "../problems.ts";
import { type LoadForm, REFERRAL } from "../programme-forms.ts";
import { ReferralShowing } from "../referral-showing.ts";
import { referralsIn } from "../referrals.ts";
import { type Gone, readLast, readSaved } from "../saved-contact.ts";
import { ScreenElement } from "../screen-element.ts";
import { keepFromNowOn } from "../storage.ts";

export class ContactForm extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
    engine: { attribute: false },
    loadForm: { attribute: false },
    enrolment: { attribute: false },
    draft: { attribute: false },
    edits: { attribute: false },
    later: { attribute: false },
    loaded: { state: true },
    asking: { state: true },
    older: { state: true },
    repeated: { state: true },
    gone: { state: true },
    changed: { state: true },
    revealed: { state: true },
    guided: { state: true },
  };

  declare vault: Vault;
  declare engine: Engine;
  declare loadForm: LoadForm;
  declare enrolment: Id;
  declare draft: Id | undefined;
  declare edits: Id | undefined;
  declare later: boolean;
  declare private loaded: LoadedForm | undefined;
  declare private asking: boolean;
  /** The draft was of another version of the form: what fits of it was carried over. */
  declare private older: boolean;
  /** Something was filled in from the last contact. */
  declare private repeated: boolean;
  /** It was deleted while it was being changed here: what is written can become a new contact. */
  declare private gone: Gone | undefined;
  /** Another phone saved something of it meanwhile. */
  declare private changed: boolean;
  /** What of the free text seems to tell who somebody is; asked about before it is saved. */
  declare private revealed: readonly Finding[];
  declare private guided: boolean;
  /** What is saved already, of a contact that is being changed. */
  private saved: Values = {};
  /** Its form. */
  private written: FormName | undefined;
  private readonly drafting = new Drafting(this, () => this.vault.drafts);
  private readonly answered = new FormAnswers(this, (loaded) => this.keep(loaded));
  private readonly referrals = new ReferralShowing(this);

  constructor() {
    super();
    this.asking = false;
    this.older = false;
    this.repeated = false;
    this.later = false;
    this.gone = undefined;
    this.changed = false;
    this.revealed = [];
    this.guided = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.answered.clear();
    this.saved = {};
    this.loaded = undefined;
    this.referrals.clear();
  }

  protected override render(): TemplateResult {
    const { loaded, revealed } = this;
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>${this.heading()}</h1>
      ${loaded === undefined ? this.waiting() : this.form(loaded)}
      ${
        this.asking
          ? throwAwayQuestion(this.edits !== undefined, {
              confirm: () => void this.attempt(() => this.throwAway()),
              end: () => (this.asking = false),
            })
          : nothing
      }
      ${
        loaded === undefined || revealed.length === 0
          ? nothing
          : revealedQuestion(revealed, {
              confirm: () => this.checkAndSave(loaded, true),
              end: () => (this.revealed = []),
            })
      }
      ${loaded === undefined ? nothing : this.referrals.sheet(loaded)}
      ${this.guided ? html`<guide-sheet @close=${() => (this.guided = false)}></guide-sheet>` : nothing}
    `;
  }

  private heading(): string | TemplateResult {
    if (this.edits === undefined) return marked(() => gettext("New contact"));
    return this.later
      ? marked(() => gettext("Outcome of the referral"))
      : marked(() => gettext("Change a contact"));
  }

  private waiting(): TemplateResult {
    return html`${this.faultTemplate()}
      <p role="status">${this.busy ? marked(() => gettext("Getting the form…")) : ""}</p>
      <button class="button button--quiet" type="button" @click=${() => this.back()}>
        ${marked(() => gettext("Back"))}
      </button>`;
  }

  private form(loaded: LoadedForm): TemplateResult {
    const { problems } = this.answered;
    return html`<form class="contact" autocomplete="off" novalidate @submit=${this.submit}>
      ${formNotices(this.noticed())}
      ${this.later ? nothing : contactTools(loaded.form, { cards: this.showCards, guide: this.showGuide })}
      ${this.questions(loaded)}
      <div class="saving">
        <div role="alert">
          ${
            problems.size === 0
              ? nothing
              : html`<p class="caution">${marked(() => problemsSentence(problems.size))}</p>`
          }
        </div>
        ${this.faultTemplate()} ${this.fault === undefined ? this.drafting.line() : nothing}
        <div class="buttons">
          <button class="button button--primary button--wide" type="submit" ?disabled=${this.busy}>
            ${marked(() => gettext("Save contact"))}
          </button>
          <button class="button" type="button" @click=${this.leave}>
            ${marked(() => gettext("Back"))}
          </button>
          <button class="button button--quiet" type="button" @click=${() => (this.asking = true)}>
            ${marked(() => gettext("Throw away"))}
          </button>
        </div>
      </div>
    </form>`;
  }

  /** The questions shown; undefined for all. */
  private asked({ form }: LoadedForm): readonly Field[] | undefined {
    return this.later ? laterQuestions(form, this.answered.now) : undefined;
  }

  private questions(loaded: LoadedForm): readonly unknown[] {
    const asking = this.answered.asking(loaded, (name) =>
      name === REFERRAL ? this.referrals.button(this.showReferrals) : nothing,
    );
    return formQuestions(asking, this.answered.now, this.asked(loaded));
  }

  private keep(loaded: LoadedForm): Id {
    const base = this.edits === undefined ? undefined : this.saved;
    return this.drafting.keep(() => this.subject(loaded), withBase(this.answered.now, base));
  }

  private subject({ form: { id, hash } }: LoadedForm): DraftSubject {
    const about = this.edits === undefined ? {} : { edits: this.edits };
    return { kind: "contact", form: { id, hash }, enrolment: this.enrolment, ...about };
  }

  private async load(): Promise<void> {
    if (this.edits !== undefined) await this.loadSaved(this.edits);
    const draft = await this.drafting.takeUp(this.draft, this.edits);
    // What was begun in one version of the form goes on in it.
    const loaded = await this.loadForm(this.enrolment, draft?.form ?? this.written);
    this.referrals.set(referralsIn(await this.engine.published(this.enrolment).catch(() => [])));
    if (draft !== undefined) this.takeUp(draft, loaded);
    else if (this.edits !== undefined) {
      this.answered.set({ answers: answersOf(loaded.form, this.saved) });
    } else {
      const last = await readLast(this.engine, this.enrolment);
      const answers = firstAnswers(loaded.form, last, new Date());
      const folded = new Set(Object.keys(answers));
      this.answered.set({ answers, folded });
      this.repeated = folded.size > 1;
    }
    this.loaded = loaded;
  }

  private takeUp({ form, values }: Draft, loaded: LoadedForm): void {
    this.older = form?.hash !== loaded.form.hash;
    const read = this.older ? carriedOver : answersOf;
    this.answered.set({ answers: read(loaded.form, values) });
    // What else was being changed must be seen before it is saved.
    this.later = false;
    if (this.edits !== undefined) {
      this.saved = baseOf(values) ?? this.saved;
      return;
    }
    const likely = answerable(loaded.form.fields).filter(isLikelyRight);
    this.answered.set({ folded: new Set(likely.map(({ name }) => name)) });
  }

  private async loadSaved(edits: Id): Promise<void> {
    const saved = await readSaved(this.engine, edits);
    if (typeof saved === "string") {
      this.bury(saved);
      return;
    }
    this.saved = saved;
    this.written ??= (await this.engine.readContact(edits)).form;
  }

  /** From here on it is a new contact. */
  private bury(gone: Gone): void {
    this.gone = gone;
    this.edits = undefined;
    this.later = false;
    this.saved = {};
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { loaded } = this;
    if (loaded === undefined) return;
    this.checkAndSave(loaded, false);
  };

  /** `isConfirmed`: somebody has seen what of the text may tell too much. */
  private checkAndSave(loaded: LoadedForm, isConfirmed: boolean): void {
    const checked = check(loaded.form, this.answered.now);
    if (checked.problems !== undefined) {
      const shown = this.asked(loaded)?.map(({ name }) => name);
      if (!checked.problems.every(({ field }) => shown?.includes(field))) this.later = false;
      const problems = new Map(checked.problems.map((problem) => [problem.field, problem]));
      this.answered.set({ problems });
      void this.answered.showFirst([...problems.keys()]);
      return;
    }
    this.answered.set({ problems: new Map() });
    this.revealed = isConfirmed ? [] : revealedIn(loaded.form, this.saved, checked.values);
    if (this.revealed.length === 0) void this.attempt(() => this.save(loaded, checked.values));
  }

  private async save({ form }: LoadedForm, values: Answers): Promise<void> {
    const name: FormName = { id: form.id, hash: form.hash };
    const { id } = this.drafting;
    const draft = id === undefined ? {} : { draft: id };
    if (this.edits === undefined) {
      await this.engine.logContact({ enrolment: this.enrolment, form: name, values, ...draft });
      keepFromNowOn();
      this.back(() => gettext("Contact saved on this phone."));
    } else if (await this.isCurrent(form, this.edits)) {
      const changes = changesOf(this.saved, values);
      await this.engine.editContact({ record: this.edits, form: name, values: changes, ...draft });
      this.back(() => gettext("Change saved on this phone."));
    }
  }

  /**
   * Whether what was begun here is about what is saved now. If not, what another phone saved is taken in,
   * what both answered is shown, and the next press of the button saves.
   */
  private async isCurrent(form: Form, edits: Id): Promise<boolean> {
    const before = this.saved;
    await this.loadSaved(edits);
    const theirs = changesOf(before, answersOf(form, this.saved));
    const isGone = this.gone !== undefined;
    this.changed = !isGone && Object.keys(theirs).length > 0;
    if (isGone || !this.changed) return !isGone;
    const { answers, clashes } = rebased(form, before, this.saved, this.answered.now);
    this.answered.set({ answers, clashes: answerTexts(this.saved, clashes, form) });
    if (this.loaded !== undefined) this.keep(this.loaded);
    this.later = false;
    void this.answered.showFirst(clashes);
    return false;
  }

  private noticed(): Noticed {
    const { older, repeated, gone, changed } = this;
    return { older, repeated, gone, changed, behind: this.loaded?.behind === true };
  }

  private readonly showCards = (): void => {
    const { loaded, enrolment, edits } = this;
    if (loaded === undefined) return;
    void this.attempt(async () => {
      await import("./client-cards.ts");
      const draft = this.keep(loaded);
      await this.drafting.flush();
      const about = edits === undefined ? {} : { edits };
      this.go({ name: "cards", enrolment, draft, ...about });
    });
  };

  private readonly showReferrals = (): void => {
    void this.attempt(() => this.referrals.open(() => this.answered.now[REFERRAL]));
  };

  private readonly showGuide = (): void => {
    void this.attempt(async () => {
      await import("./guide-sheet.ts");
      this.guided = true;
    });
  };

  private async throwAway(): Promise<void> {
    await this.drafting.throwAway();
    this.back();
  }

  private readonly leave = (): void => {
    void this.attempt(async () => {
      await this.drafting.flush();
      this.back();
    });
  };
}

customElements.define("contact-form", ContactForm);
