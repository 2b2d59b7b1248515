/**
 * `<vault-open>`: asks for the passphrase.
 * Properties: `environment`. Events: `vault` with the open vault.
 */
import { html, type TemplateResult } from "lit";

import { gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import {
  type Environment,
  openVault,
  secondsToWait,
  TooSoonError,
  WrongPassphraseError,
} from "../../vault/index.ts";
import { passphraseField, showToggle } from "../passphrase.ts";
import { ScreenElement } from "../screen-element.ts";
import { VaultOpened } from "../screens.ts";

export class VaultOpen extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    environment: { attribute: false },
    passphrase: { state: true },
    shown: { state: true },
    wait: { state: true },
  };

  declare environment: Environment;
  declare private passphrase: string;
  declare private shown: boolean;
  /** Seconds until the next try. */
  declare private wait: number;
  private clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.passphrase = "";
    this.shown = false;
    this.wait = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.slowDown();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
    this.passphrase = "";
  }

  protected override render(): TemplateResult {
    return html`
      <h1>${marked(() => gettext("Open my notes"))}</h1>
      <form autocomplete="off" @submit=${this.submit}>
        ${passphraseField({
          id: "passphrase",
          label: marked(() => gettext("Passphrase")),
          value: this.passphrase,
          shown: this.shown,
          input: (value) => (this.passphrase = value),
        })}
        ${showToggle(
          this.shown,
          marked(() => gettext("Show what I type")),
          () => (this.shown = !this.shown),
        )}
        ${this.faultTemplate()}
        <p role="status">${this.progress()}</p>
        <button
          class="button button--primary"
          type="submit"
          ?disabled=${this.busy || this.wait > 0}
        >
          ${marked(() => gettext("Open"))}
        </button>
      </form>
      <details>
        <summary>${marked(() => gettext("I have forgotten it"))}</summary>
        <p>
          ${marked(() =>
            gettext(
              "Nobody can open this place without the passphrase. Everything else on this site works without it.",
            ),
          )}
        </p>
      </details>
    `;
  }

  private progress(): string | TemplateResult {
    if (this.busy) return marked(() => gettext("Opening. This takes a few seconds."));
    if (this.wait === 0) return "";
    return marked(() =>
      ngettext(
        "Wait {count} second, then try again.",
        "Wait {count} seconds, then try again.",
        this.wait,
      ),
    );
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.wait > 0 || this.passphrase === "") return;
    void this.attempt(async () => {
      try {
        const vault = await openVault(this.environment, this.passphrase);
        this.passphrase = "";
        await this.updateComplete;
        this.dispatchEvent(new VaultOpened(vault));
      } catch (error) {
        if (error instanceof WrongPassphraseError || error instanceof TooSoonError) {
          await this.slowDown();
        }
        throw error;
      }
    });
  };

  /** The count outlives the page: somebody may have tried before. */
  private async slowDown(): Promise<void> {
    this.wait = await secondsToWait(this.environment).catch(() => 0);
    clearInterval(this.clock);
    if (this.wait === 0 || !this.isConnected) return;
    this.clock = setInterval(() => {
      this.wait -= 1;
      if (this.wait <= 0) clearInterval(this.clock);
    }, 1000);
  }
}

customElements.define("vault-open", VaultOpen);
