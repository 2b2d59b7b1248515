/**
 * `<vault-restore>`: a backup found by its recovery key, on a phone where nothing was made yet.
 * Properties: `environment`. Events: `vault` with the open vault, `back`.
 */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { browserEngineEnvironment, ProblemError, UnreachableError } from "../../sync/index.ts";
import { findBackup, restoreVault } from "../../vault/backup/index.ts";
import type { Environment } from "../../vault/index.ts";
import { chosenIn, makingForm } from "../choosing.ts";
import { keepFromNowOn } from "../storage.ts";
import { readRecovery, recoveryField } from "../recovery-words.ts";
import { focusHeading, ScreenElement } from "../screen-element.ts";
import "../scanning/code-scanner.ts";
import type { CodeFound } from "../scanning/code-scanner.ts";
import { VaultOpened } from "../screens.ts";

export class VaultRestore extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    environment: { attribute: false },
    typed: { state: true },
    key: { state: true },
  };

  declare environment: Environment;
  declare private typed: string;
  /** Of a backup that was found; in this element alone, and gone with it. */
  declare private key: Uint8Array<ArrayBuffer> | undefined;

  constructor() {
    super();
    this.typed = "";
    this.key = undefined;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.typed = "";
    this.key?.fill(0);
    this.key = undefined;
  }

  protected override render(): TemplateResult {
    return html`
      <h1>${marked(() => gettext("Get your notes back"))}</h1>
      ${this.key === undefined ? this.asking() : this.choosing()} ${this.backButton()}
    `;
  }

  private asking(): TemplateResult {
    return html`<p>
        ${marked(() =>
          gettext(
            "If another phone made a backup, type the recovery key from your paper. Your notes then come from the hub of this site.",
          ),
        )}
      </p>
      <code-scanner
        @code=${({ text }: CodeFound) => {
          this.typed = text;
          this.find();
        }}
      ></code-scanner>
      <form
        autocomplete="off"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          this.find();
        }}
      >
        ${recoveryField(this.typed, (typed) => (this.typed = typed))} ${this.faultTemplate()}
        <button class="button button--primary" type="submit" ?disabled=${this.busy}>
          ${marked(() => gettext("Look for the backup"))}
        </button>
      </form>`;
  }

  private choosing(): TemplateResult {
    return html`<p class="notice">
        ${marked(() => gettext("The backup is there. Choose a passphrase for this phone."))}
      </p>
      ${makingForm(() => gettext("Get your notes back"), {
        submit: this.make,
        fault: this.faultTemplate(),
        isBusy: this.busy,
      })}`;
  }

  private find(): void {
    const read = readRecovery(this.typed);
    if ("problem" in read) {
      this.fault = read.problem;
      return;
    }
    void this.attempt(async () => {
      await findBackup(browserEngineEnvironment(), read.key);
      if (!this.isConnected) return;
      this.typed = "";
      this.key = read.key;
      await this.updateComplete;
      focusHeading(this);
    });
  }

  private readonly make = (event: SubmitEvent): void => {
    event.preventDefault();
    const { key } = this;
    const chosen = chosenIn(this, (problem) => (this.fault = problem));
    if (chosen === undefined || key === undefined) return;
    void this.attempt(async () => {
      const vault = await restoreVault(this.environment, chosen.passphrase, key);
      chosen.clear();
      keepFromNowOn();
      await this.updateComplete;
      this.dispatchEvent(new VaultOpened(vault, comes));
    });
  };

  protected override tell(error: unknown): void {
    if (error instanceof ProblemError && NOTHING.includes(error.code)) {
      this.fault = () =>
        gettext(
          "This hub keeps nothing under this recovery key. Look at the number again, and at the address of this site.",
        );
    } else if (error instanceof UnreachableError) {
      this.fault = () =>
        gettext(
          "The hub cannot be reached now. Nothing was made yet: try again where there is a connection.",
        );
    } else super.tell(error);
  }
}

const NOTHING: readonly string[] = ["unknown", "wrong-token"];

function comes(): string {
  return gettext(
    "Your notes come from the hub now. Where the connection is cut, it goes on by itself.",
  );
}

customElements.define("vault-restore", VaultRestore);
