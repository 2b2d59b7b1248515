/**
 * `<code-scanner>`: a QR code by the camera, or from a picture of it. What it holds goes into no address, no
 * history and no file. Events: `code` with the text.
 */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { CameraElement } from "./camera-element.ts";
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

export class CodeScanner extends CameraElement {
  protected override readonly size = [1280, 720] as const;
  private reader: CodeReader | undefined;

  protected override render(): TemplateResult {
    const isOn = this.stream !== undefined;
    return html`<div class="scanner">
      ${this.faultTemplate()} ${isOn ? this.video() : ""}
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
      ${this.chooser(marked(() => gettext("Use a picture of the code")))}
    </div>`;
  }

  protected override async prepare(): Promise<void> {
    await this.loadReader();
  }

  protected override watch(video: HTMLVideoElement): void {
    this.look(video, this.stream);
  }

  /** Again and again, as long as the camera is on that was then. */
  private look(video: HTMLVideoElement, stream: MediaStream | undefined): void {
    if (stream === undefined || this.stream !== stream) return;
    const text = this.reader?.readFrame(video);
    if (text === undefined) setTimeout(() => this.look(video, stream), LOOK_EVERY_MS);
    else this.found(new CodeFound(text));
  }

  protected override async read(picture: File): Promise<Event | undefined> {
    const reader = await this.loadReader();
    const text = await reader.readPicture(picture);
    return text === undefined ? undefined : new CodeFound(text);
  }

  private async loadReader(): Promise<CodeReader> {
    const { CodeReader } = await import("./code-reader.ts");
    this.reader ??= new CodeReader();
    return this.reader;
  }

  protected override cameraRefused(): string {
    return gettext(
      "The camera cannot be used here. Choose a picture of the code, or go on without it.",
    );
  }

  protected override noPicture(): string {
    return gettext("No code can be read in this picture. Try a sharper one.");
  }
}

customElements.define("code-scanner", CodeScanner);
