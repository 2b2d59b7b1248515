/**
 * `<sojourn-app>`: My notes, whole: which screen is shown, and when everything is locked.
 * Call `begin` once, with an invite's fragment where there is one.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";

import { gettext, locale, pgettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { speak } from "../../reader/load.ts";
import { scriptUrl } from "../../reader/policy.ts";
import { root } from "../../reader/site.ts";
import {
  browserEngineEnvironment,
  createEngine,
  type Engine,
  PASSING_CODES,
  ProblemError,
  SyncError,
} from "../../sync/index.ts";
import {
  browserEnvironment,
  type Environment,
  hasVault,
  missingFeatures,
  type Vault,
} from "../../vault/index.ts";
import type { Backup } from "../../vault/backup/index.ts";
import { Activity } from "../activity.ts";
import { isPracticeOnly, practiceStripe } from "../contacts.ts";
import { refusalSentence, sentenceOf } from "../faults.ts";
import { isJoinPage, readInvitation } from "../invitation.ts";
import { chooseLanguage, offeredLanguages } from "../language.ts";
import { Lazy } from "../lazily.ts";
import { FormShelf, type LoadForm } from "../programme-forms.ts";
import {
  type Back,
  type Go,
  type InvitationFound,
  isInner,
  type LanguageChosen,
  type Screen,
  type VaultOpened,
} from "../screens.ts";
import { isTool, loadTools, toolScreen } from "../tool-screens.ts";
import { Trail } from "../trail.ts";
import { unsupported } from "../unsupported.ts";
import { workerScreen } from "../worker-screens.ts";

const CONSOLE = new Lazy(async () => {
  const [part] = await Promise.all([
    import("../console/index.ts"),
    speak(locale(), "console/messages"),
  ]);
  return part;
});
const PLACE = new Lazy(async () => import("../place/index.ts"));

export class SojournApp extends LitElement {
  static override readonly properties = {
    screen: { state: true },
    said: { state: true },
    failed: { state: true },
  };

  declare private screen: Screen;
  /** What has just happened, for the line above the screen. */
  declare private said: (() => string) | undefined;
  /** Why the invitation could not be used. */
  declare private failed: (() => string) | undefined;
  private environment: Environment | undefined;
  private vault: Vault | undefined;
  private engine: Engine | undefined;
  private backup: Backup | undefined;
  /** An invite's secret: in memory only, and no longer than needed. */
  private fragment: string | undefined;
  /** Whether the invitation came in the page's address. */
  private linked = false;
  private readonly shelf = new FormShelf();
  /** Two screens of one kind are two elements. */
  private serial = 0;
  private readonly trail = new Trail();
  private readonly activity = new Activity(() => this.vault);

  constructor() {
    super();
    this.screen = { name: "wait" };
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.activity.listen();
    document.addEventListener("sojourn:leave", this.leave);
    addEventListener("popstate", this.popState);
    // Each screen begins at its top, where it says what was done; the browser would go to where one pressed.
    history.scrollRestoration = "manual";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.activity.end();
    document.removeEventListener("sojourn:leave", this.leave);
    removeEventListener("popstate", this.popState);
  }

  async begin(fragment: string | undefined): Promise<void> {
    this.fragment = fragment;
    this.linked = fragment !== undefined;
    if (missingFeatures().length > 0) {
      this.show({ name: "unsupported" });
      return;
    }
    this.environment = browserEnvironment(scriptUrl);
    if (isJoinPage() && offeredLanguages().length > 1) this.show({ name: "language" });
    else await this.enter();
  }

  protected override render(): TemplateResult {
    const { said, engine } = this;
    return html`
      ${engine !== undefined && isPracticeOnly(engine) ? practiceStripe() : nothing}
      <div role="status">
        ${said === undefined ? nothing : html`<p class="notice said">${marked(said)}</p>`}
      </div>
      <div
        @go=${(event: Go) => void this.go(event)}
        @back=${({ said: news }: Back) => this.goBack(news)}
        @vault=${({ vault, said: news }: VaultOpened) => void this.opened(vault, news)}
        @accept=${() => void this.accept()}
        @invitation=${({ fragment }: InvitationFound) => this.invited(fragment)}
        @language=${({ language }: LanguageChosen) =>
          void chooseLanguage(language).then(() => this.enter())}
      >
        ${keyed(this.serial, this.current())}
      </div>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has("screen")) scrollTo(0, 0);
  }

  private current(): TemplateResult | typeof nothing {
    const { screen, vault, engine, environment } = this;
    if (isTool(screen)) return toolScreen(screen, vault);
    switch (screen.name) {
      case "wait":
        return nothing;
      case "unsupported":
        return unsupported(missingFeatures());
      case "language":
        return html`<join-language .languages=${offeredLanguages()}></join-language>`;
      case "invited":
        return html`<join-invited
          .invitation=${readInvitation(this.fragment ?? "")}
          .failed=${this.failed}
          .linked=${this.linked}
          .now=${Date.now()}
        ></join-invited>`;
      case "paste":
        return html`<join-paste .isOpen=${vault !== undefined}></join-paste>`;
      case "make":
        return html`<vault-make .environment=${environment}></vault-make>`;
      case "open":
        return html`<vault-open .environment=${environment}></vault-open>`;
      case "home":
        return html`<notes-home
          .vault=${vault}
          .engine=${engine}
          .loadForm=${this.loadForm}
        ></notes-home>`;
      case "note":
        return html`<note-editor
          .vault=${vault}
          .note=${screen.note}
          .draft=${screen.draft}
        ></note-editor>`;
      case "log":
      case "contact":
      case "decide":
      case "cards":
        return workerScreen(screen, { vault, engine, loadForm: this.loadForm });
      case "programme":
        return html`<programme-about
          .engine=${engine}
          .vault=${vault}
          .enrolment=${screen.enrolment}
        ></programme-about>`;
      case "console":
        return CONSOLE.show(({ consoleScreen }) =>
          consoleScreen(screen, vault && engine && { vault, engine, loadForm: this.loadForm }),
        );
      case "place":
        return PLACE.show(({ placeScreen }) =>
          placeScreen(screen.part, { vault, environment, engine, backup: this.backup }),
        );
      case "restore":
        return PLACE.show(() => html`<vault-restore .environment=${environment}></vault-restore>`);
    }
  }

  /** The first screen that is neither a language nor an error. */
  private async enter(): Promise<void> {
    if (this.fragment !== undefined) this.show({ name: "invited" });
    else if (isJoinPage()) this.show({ name: "paste" });
    else await this.ask();
  }

  /** For the passphrase: of the vault that is here, or of one to be made. */
  private async ask(): Promise<void> {
    if (this.environment === undefined) return;
    try {
      const made = await hasVault(this.environment);
      this.show({ name: made ? "open" : "make" }, this.said);
    } catch (error) {
      this.show({ name: "wait" }, () => sentenceOf(error));
    }
  }

  private async opened(vault: Vault, said?: () => string): Promise<void> {
    const engine = createEngine(vault, browserEngineEnvironment());
    this.vault = vault;
    this.engine = engine;
    const ends = vault.isOpen.subscribe((isOpen) => {
      if (isOpen) return;
      ends();
      this.locked(vault);
    });
    engine.enrolments.subscribe(() => this.requestUpdate());
    this.activity.tell();
    engine.start();
    void this.backUp(vault);
    if (this.fragment === undefined) this.arrive(said);
    else await this.enrol(engine, this.fragment);
  }

  /** Beside the contacts' own exchange; where its script cannot be had, the next opening tries again. */
  private async backUp(vault: Vault): Promise<void> {
    const loaded = await import("../../vault/backup/index.ts").catch(() => undefined);
    if (loaded === undefined || this.vault !== vault) return;
    this.backup = loaded.createBackup(vault, browserEngineEnvironment());
    this.backup.start();
    this.requestUpdate();
  }

  private async accept(): Promise<void> {
    if (this.engine === undefined || this.fragment === undefined) await this.ask();
    else await this.enrol(this.engine, this.fragment);
  }

  private async enrol(engine: Engine, fragment: string): Promise<void> {
    this.show({ name: "wait" }, () => gettext("Joining…"));
    try {
      const { name } = await engine.enrol(fragment);
      this.fragment = undefined;
      this.arrive(() =>
        // Translators: {programme} is the name of the programme that this phone has joined.
        gettext("This phone now belongs to {programme}.", { programme: name }),
      );
    } catch (error) {
      if (isPassing(error)) this.arrive(() => sentenceOf(error));
      else if (this.engine === engine) this.refuse(error);
    }
  }

  private refuse(error: unknown): void {
    const isRefusal = error instanceof ProblemError;
    this.failed = () => (isRefusal ? refusalSentence(error.code) : sentenceOf(error));
    this.show({ name: "invited" });
  }

  /** On the list, at its own address: the page is the same, an invitation's is not to be opened again. */
  private arrive(said?: () => string): void {
    this.fragment = undefined;
    this.failed = undefined;
    if (isJoinPage()) {
      history.replaceState(null, "", new URL(`${locale()}/notes`, root));
      // Translators: the page's title, neutral: it stands in the browser's history. One word.
      document.title = pgettext("label", "Notes");
    }
    this.show({ name: "home" }, said);
  }

  private invited(fragment: string): void {
    this.fragment = fragment;
    this.linked = false;
    this.failed = undefined;
    this.show({ name: "invited" });
  }

  private async go({ screen, said, behind }: Go): Promise<void> {
    const from = this.screen;
    if (isTool(screen)) {
      try {
        await loadTools();
      } catch (error) {
        this.said = () => sentenceOf(error);
        return;
      }
    }
    // Locked, or gone elsewhere, while the scripts came.
    if (this.screen !== from) return;
    this.trail.go(screen, behind ?? from);
    this.show(screen, said);
  }

  /** By the phone's own Back, so that its list of pages does not grow. */
  private goBack(said?: () => string): void {
    this.fragment = undefined;
    this.failed = undefined;
    if (isInnerState(history.state) && isInner(this.screen)) {
      this.said = said;
      history.back();
    } else if (this.vault === undefined) void this.ask();
    else this.arrive(said);
  }

  private show(screen: Screen, said?: () => string): void {
    this.serial += 1;
    this.screen = screen;
    this.said = said;
  }

  private readonly popState = (): void => {
    if (!isInner(this.screen)) return;
    if (this.screen.name === "cards") {
      // Somebody else holds the phone: Back leads nowhere.
      history.pushState({ inner: 1 }, "");
      return;
    }
    if (this.vault === undefined) void this.ask();
    else this.show(this.trail.back() ?? { name: "home" }, this.said);
  };

  private readonly loadForm: LoadForm = async (...asked) => this.shelf.load(this.engine, ...asked);

  /** Whoever locked it: the button, the clock, another window. */
  private locked(vault: Vault): void {
    if (this.vault !== vault) return;
    this.forget();
    this.show({ name: "open" }, () => gettext("Locked. What you typed is kept."));
    // At once: nothing readable stays on the page for another moment.
    this.performUpdate();
  }

  private readonly leave = (): void => {
    const { vault } = this;
    this.forget();
    this.show({ name: "wait" });
    // At once: the page may be shown again from memory.
    this.performUpdate();
    void vault?.lock();
  };

  private forget(): void {
    this.engine?.stop();
    this.backup?.stop();
    this.vault = undefined;
    this.engine = undefined;
    this.backup = undefined;
    this.fragment = undefined;
    this.failed = undefined;
  }
}

/** The invitation is in the vault by then, and is tried again by itself. */
function isPassing(error: unknown): boolean {
  return error instanceof SyncError && PASSING_CODES.has(error.code);
}

function isInnerState(state: unknown): boolean {
  return typeof state === "object" && state !== null && "inner" in state;
}

customElements.define("sojourn-app", SojournApp);
