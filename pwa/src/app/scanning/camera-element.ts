/**
 * What the elements with a camera have in common. It is on from `start` until something was found, the page is
 * hidden, somebody leaves, or the element is gone; a picture can be chosen instead.
 */
import { html, nothing, type TemplateResult } from "lit";

import { ScreenElement } from "../screen-element.ts";
import { closeCamera, openCamera } from "./camera.ts";

type Said = string | TemplateResult;

export abstract class CameraElement extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    stream: { state: true },
    refused: { state: true },
  };

  /** What the camera gives while it is on. */
  declare protected stream: MediaStream | undefined;
  /** There is no camera, or it was not allowed. */
  declare protected refused: boolean;

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

  /** The picture that is wanted, in pixels: as near to it as the camera can. */
  protected abstract readonly size: readonly [width: number, height: number];

  /** What is said where there is no camera, or it was not allowed. */
  protected abstract cameraRefused(): string;

  /** The event that tells what is in a chosen picture; undefined where nothing is. */
  protected abstract read(picture: File): Promise<Event | undefined>;

  /** What is said then. */
  protected abstract noPicture(): string;

  /** What must be there before the camera is asked for. */
  protected prepare?(): Promise<void>;

  /** Called once the camera shows what it sees there. */
  protected watch?(video: HTMLVideoElement): void;

  /** Something was seen: the camera is off before anybody hears of it. */
  protected found(event: Event): void {
    this.stop();
    if (this.isConnected) this.dispatchEvent(event);
  }

  protected video(): TemplateResult {
    return html`<video class="camera" .muted=${true} playsinline aria-hidden="true"></video>`;
  }

  protected chooser(label: Said, hint: Said | typeof nothing = nothing): TemplateResult {
    return html`<details ?open=${this.refused}>
      <summary id="choose-picture">${label}</summary>
      ${hint === nothing ? nothing : html`<p class="hint" id="choose-hint">${hint}</p>`}
      <form autocomplete="off">
        <input
          class="input"
          type="file"
          accept="image/*"
          autocomplete="off"
          aria-labelledby="choose-picture"
          aria-describedby=${hint === nothing ? nothing : "choose-hint"}
          ?disabled=${this.busy}
          @change=${this.take}
        />
      </form>
    </details>`;
  }

  protected readonly start = (): void => {
    void this.attempt(async () => {
      await this.prepare?.();
      const stream = await openCamera(...this.size);
      // Gone, or out of sight, while it was asked for.
      if (!this.isConnected || document.visibilityState === "hidden") {
        closeCamera(stream);
        return;
      }
      if (stream === undefined) {
        this.refused = true;
        this.fault = () => this.cameraRefused();
        return;
      }
      this.stream = stream;
      await this.updateComplete;
      const video = this.querySelector("video");
      if (video === null) return;
      video.srcObject = stream;
      await video.play().catch(() => undefined); // Broken off: it was stopped meanwhile.
      this.watch?.(video);
    });
  };

  protected readonly stop = (): void => {
    closeCamera(this.stream);
    this.stream = undefined;
  };

  private readonly take = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement)) return;
    const [picture] = target.files ?? [];
    if (picture === undefined) return;
    this.stop();
    void this.attempt(async () => {
      const event = await this.read(picture);
      target.value = "";
      if (event === undefined) this.fault = () => this.noPicture();
      else this.found(event);
    });
  };
}
