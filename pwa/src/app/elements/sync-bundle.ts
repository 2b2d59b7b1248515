/**
 * `<sync-bundle>`: what waits as a file, to be carried by hand, and the receipt file that comes back.
 * Properties: `engine`, `enrolment`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { type Engine, MalformedError, NotPossibleError } from "../../sync/index.ts";
import type { Id } from "../../vault/index.ts";
import { download, FILE_NAME } from "../downloading.ts";
import { ScreenElement } from "../screen-element.ts";
import { Watching } from "../watching.ts";

/** A receipt is a few hundred bytes for each push; a larger file is something else. */
const RECEIPT_LIMIT = 8 * 1024 * 1024;

export class SyncBundle extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    engine: { attribute: false },
    enrolment: { attribute: false },
    said: { state: true },
  };

  declare engine: Engine;
  declare enrolment: Id;
  declare private said: (() => string) | undefined;

  constructor() {
    super();
    new Watching(this, () => [this.engine.status]);
  }

  protected override render(): TemplateResult {
    const { said } = this;
    const { waiting } = this.engine.statusOf(this.enrolment);
    return html`<details>
      <summary>${marked(() => gettext("No connection? Carry it by hand"))}</summary>
      <p>
        ${marked(() =>
          gettext(
            "What waits goes into a file. Only your programme can open what is in it. Your coordinator takes it to the hub, and gives you a receipt file back.",
          ),
        )}
      </p>
      ${this.faultTemplate()}
      <div role="status">
        ${said === undefined ? nothing : html`<p class="notice">${marked(said)}</p>`}
      </div>
      ${
        waiting === 0
          ? html`<p class="hint">${marked(() => gettext("Nothing waits."))}</p>`
          : html`<div class="buttons">
              <button class="button" type="button" aria-disabled=${this.busy} @click=${this.save}>
                ${marked(() => gettext("Save as a file"))}
              </button>
              ${
                canShare()
                  ? html`<button
                      class="button"
                      type="button"
                      aria-disabled=${this.busy}
                      @click=${this.share}
                    >
                      ${marked(() => gettext("Share the file"))}
                    </button>`
                  : nothing
              }
            </div>`
      }
      <form class="field" autocomplete="off">
        <label for="receipt">${marked(() => gettext("Receipt file"))}</label>
        <input id="receipt" class="input" type="file" autocomplete="off" @change=${this.take} />
      </form>
    </details>`;
  }

  private readonly save = (): void => {
    void this.attempt(async () => {
      const file = await this.file();
      if (file === undefined) return;
      download(file);
      this.said = () =>
        gettext("The file is in your downloads. The contacts stay on this phone too.");
    });
  };

  private readonly share = (): void => {
    void this.attempt(async () => {
      const file = await this.file();
      if (file === undefined) return;
      try {
        await navigator.share({ files: [file] });
      } catch (error) {
        // Closed without choosing anything: nothing happened.
        if (error instanceof DOMException && error.name === "AbortError") return;
        throw error;
      }
    });
  };

  private readonly take = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement)) return;
    const [file] = target.files ?? [];
    if (file === undefined) return;
    void this.attempt(async () => {
      this.said = undefined;
      const raw = new Uint8Array(await file.slice(0, RECEIPT_LIMIT).arrayBuffer());
      const count = await this.engine.importReceipt(this.enrolment, raw);
      this.said = () =>
        ngettext(
          "{count} contact was handed on. This phone keeps it until the hub itself confirms it.",
          "{count} contacts were handed on. This phone keeps them until the hub itself confirms them.",
          count,
        );
    });
    target.value = "";
  };

  protected override tell(error: unknown): void {
    const isOther = error instanceof MalformedError || error instanceof NotPossibleError;
    if (!isOther) super.tell(error);
    else {
      this.fault = () =>
        gettext("This is not a receipt file for this phone. Nothing was changed here.");
    }
  }

  private async file(): Promise<File | undefined> {
    const bundle = await this.engine.exportBundle(this.enrolment);
    return bundle && fileOf([bundle]);
  }
}

function fileOf(parts: BlobPart[]): File {
  return new File(parts, FILE_NAME, { type: "application/octet-stream" });
}

function canShare(): boolean {
  return "canShare" in navigator && navigator.canShare({ files: [fileOf([])] });
}

customElements.define("sync-bundle", SyncBundle);
