/**
 * `<vault-open>`: asks for the passphrase, or for what stands in for it.
 * Properties: `environment`. Events: `vault` with the open vault, `go` after setting aside what cannot be read.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import {
  DamagedError,
  type Environment,
  openVault,
  type Secret,
  secondsToWait,
  setAside,
  TooSoonError,
  wrongGroup,
  WrongPassphraseError,
} from "../../vault/index.ts";
import { passkeyFault } from "../passkey-fault.ts";
import { hasPasskeys, readPasskey } from "../passkey.ts";
import { passphraseField, showToggle } from "../passphrase.ts";
import { readRecovery, recoveryField, slipIn } from "../recovery-words.ts";
import { ScreenElement } from "../screen-element.ts";
import { VaultOpened } from "../screens.ts";
import "../scanning/code-scanner.ts";
import type { CodeFound } from "../scanning/code-scanner.ts";

export class VaultOpen extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    environment: { attribute: false },
    passphrase: { state: true },
    recovery: { state: true },
    shown: { state: true },
    wait: { state: true },
    unreadable: { state: true },
  };

  declare environment: Environment;
  declare private passphrase: string;
  declare private recovery: string;
  declare private shown: boolean;
  /** Seconds until the next try. */
  declare private wait: number;
  /** What lies here does not open, whatever is typed. */
  declare private unreadable: boolean;
  private clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.passphrase = "";
    this.recovery = "";
    this.shown = false;
    this.wait = 0;
    this.unreadable = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.slowDown();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
    this.passphrase = "";
    this.recovery = "";
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
        <button class="button button--primary" type="submit" ?disabled=${this.isHeld}>
          ${marked(() => gettext("Open"))}
        </button>
      </form>
      ${this.finger()} ${this.unreadable ? this.aside() : nothing}
      <details>
        <summary>${marked(() => gettext("I have forgotten it"))}</summary>
        <p>
          ${marked(() =>
            gettext(
              "Did you make a recovery key? It opens this place too. Without either nobody can open it. Everything else on this site works.",
            ),
          )}
        </p>
        <code-scanner
          @code=${({ text }: CodeFound) => {
            this.recovery = text;
            this.recover();
          }}
        ></code-scanner>
        <form
          autocomplete="off"
          @submit=${(event: SubmitEvent) => {
            event.preventDefault();
            this.recover();
          }}
        >
          ${recoveryField(this.recovery, (typed) => (this.recovery = typed))}
          <button class="button" type="submit" ?disabled=${this.isHeld}>
            ${marked(() => gettext("Open with the recovery key"))}
          </button>
        </form>
      </details>
    `;
  }

  /** Always offered where the browser can: whether there is one, nobody shall see before it opens. */
  private finger(): TemplateResult | typeof nothing {
    if (!hasPasskeys()) return nothing;
    return html`<p>
      <button
        class="button button--quiet"
        type="button"
        ?disabled=${this.isHeld}
        @click=${this.askFinger}
      >
        ${marked(() => gettext("Open with fingerprint or face"))}
      </button>
    </p>`;
  }

  private aside(): TemplateResult {
    return html`<div class="notice">
      <p>
        ${marked(() =>
          gettext(
            "You can set it aside and make a new place. Nothing of it is deleted: a later version of the app may be able to read it.",
          ),
        )}
      </p>
      <button class="button" type="button" ?disabled=${this.busy} @click=${this.putAside}>
        ${marked(() => gettext("Set it aside"))}
      </button>
    </div>`;
  }

  private get isHeld(): boolean {
    return this.busy || this.wait > 0;
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
    const group = wrongGroup(this.passphrase);
    const slip = group === undefined ? undefined : slipIn(group);
    void this.open(() => Promise.resolve(this.passphrase), slip);
  };

  private recover(): void {
    if (this.wait > 0) return;
    const read = readRecovery(this.recovery);
    if ("key" in read) {
      void this.open(() => Promise.resolve({ recovery: read.key }), notThisKey);
    } else {
      this.fault = read.problem;
    }
  }

  private readonly askFinger = (): void => {
    void this.open(async () => ({ passkey: await readPasskey(this.environment.randomBytes) }));
  };

  private readonly putAside = (): void => {
    void this.attempt(async () => {
      await setAside(this.environment);
      this.go({ name: "make" });
    });
  };

  /** `wrong`: said instead, when it opens nothing. */
  private async open(secret: () => Promise<Secret>, wrong?: () => string): Promise<void> {
    await this.attempt(async () => {
      try {
        const vault = await openVault(this.environment, await secret());
        this.passphrase = "";
        this.recovery = "";
        await this.updateComplete;
        this.dispatchEvent(new VaultOpened(vault));
      } catch (error) {
        const isWrong = error instanceof WrongPassphraseError;
        if (isWrong || error instanceof TooSoonError) await this.slowDown();
        if (error instanceof DamagedError) this.unreadable = true;
        const said = (isWrong ? wrong : undefined) ?? passkeyFault(error);
        if (said === undefined) throw error;
        this.fault = said;
      }
    });
  }

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

function notThisKey(): string {
  return gettext("This recovery key opens nothing here. A newer one may have taken its place.");
}

customElements.define("vault-open", VaultOpen);
