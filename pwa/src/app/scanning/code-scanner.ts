/**
 * `<code-scanner>`: a QR code by the camera, or from a picture of it. What it holds goes into no address, no
 * history and no file. The camera is off as soon as the code is found, the page hidden, or this element gone.
 * Events: `code` with the text.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { ScreenElement } from "../screen-element.ts";
import { closeCamera, openCamera } from "./camera.ts";
import type { CodeReader } from "./code-reader.ts";

/** Between two looks: a hand holds a phone still for longer, and a slow one has time for its screen. */
const LOOK_EVERY_MS = 150;

/** A code was read. */
export class CodeFound extends Event {
  readonly text: string;

  constructor(text: string) {
    super("code", { bubbles: true });
    this.text = text;
  }
}

export class CodeScanner extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    stream: { state: true },
    refused: { state: true },
  };

  /** What the camera gives while it is on. */
  declare private stream: MediaStream | undefined;
  /** There is no camera, or it was not allowed. */
  declare private refused: boolean;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.refused = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.stop);
    document.addEventListener("sojourn:leave", this.stop);
    addEventListener("pagehide", this.stop);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.stop);
    document.removeEventListener("sojourn:leave", this.stop);
    removeEventListener("pagehide", this.stop);
    this.stop();
  }

  protected override render(): TemplateResult {
    const isOn = this.stream !== undefined;
    return html`<div class="scanner">
      ${this.faultTemplate()}
      ${isOn ? html`<video class="camera" .muted=${true} playsinline aria-hidden="true"></video>` : nothing}
      <p role="status">
        ${isOn ? marked(() => gettext("Hold the code in front of the camera.")) : ""}
      </p>
      ${
        isOn
          ? html`<button class="button" type="button" @click=${this.stop}>
              ${marked(() => gettext("Stop"))}
            </button>`
          : html`<button class="button" type="button" ?disabled=${this.busy} @click=${this.start}>
              ${marked(() => gettext("Scan the code"))}
            </button>`
      }
      <details ?open=${this.refused}>
        <summary id="code-picture">${marked(() => gettext("Use a picture of the code"))}</summary>
        <form autocomplete="off">
          <input
            class="input"
            type="file"
            accept="image/*"
            autocomplete="off"
            aria-labelledby="code-picture"
            @change=${this.take}
          />
        </form>
      </details>
    </div>`;
  }

  private readonly start = (): void => {
    void this.attempt(async () => {
      const reader = await loadReader();
      const stream = await openCamera(1280, 720);
      // Gone, or out of sight, while it was asked for.
      if (!this.isConnected || document.visibilityState === "hidden") {
        closeCamera(stream);
        return;
      }
      if (stream === undefined) {
        this.refused = true;
        this.fault = cameraRefused;
        return;
      }
      this.stream = stream;
      await this.updateComplete;
      const video = this.querySelector("video");
      if (video === null) return;
      video.srcObject = stream;
      await video.play().catch(() => undefined); // Broken off: it was stopped meanwhile.
      this.look(reader, video);
    });
  };

  private look(reader: CodeReader, video: HTMLVideoElement): void {
    if (this.stream === undefined) return;
    const text = reader.readFrame(video);
    if (text === undefined) {
      this.timer = setTimeout(() => this.look(reader, video), LOOK_EVERY_MS);
      return;
    }
    this.stop();
    this.dispatchEvent(new CodeFound(text));
  }

  private readonly stop = (): void => {
    clearTimeout(this.timer);
    closeCamera(this.stream);
    this.stream = undefined;
  };

  private readonly take = (event: Event): void => {
    const { target } = event;
    if (!(target instanceof HTMLInputElement)) return;
    const [file] = target.files ?? [];
    if (file === undefined) return;
    this.stop();
    void this.attempt(async () => {
      const text = await (await loadReader()).readPicture(file);
      target.value = "";
      if (text === undefined) this.fault = noCode;
      else if (this.isConnected) this.dispatchEvent(new CodeFound(text));
    });
  };
}

async function loadReader(): Promise<CodeReader> {
  const { CodeReader } = await import("./code-reader.ts");
  return new CodeReader();
}

function cameraRefused(): string {
  return gettext(
    "The camera cannot be used here. Choose a picture of the code, or go on without it.",
  );
}

function noCode(): string {
  return gettext("No code can be read in this picture. Try a sharper one.");
}

customElements.define("code-scanner", CodeScanner);
