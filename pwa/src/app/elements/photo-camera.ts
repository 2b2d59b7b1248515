/**
 * `<photo-camera>`: a picture by the camera inside the page, or one that is chosen. What the camera sees is
 * in memory only; it is off as soon as the photo is taken, the page hidden, or this element gone.
 * Events: `picture`.
 */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { type Picture, pictureOfFile, pictureOfVideo } from "../keeping/pictures.ts";
import { closeCamera, openCamera } from "../scanning/camera.ts";
import { ScreenElement } from "../screen-element.ts";

/** A picture was taken or chosen. */
export class PictureTaken extends Event {
  readonly picture: Picture;

  constructor(picture: Picture) {
    super("picture", { bubbles: true });
    this.picture = picture;
  }
}

export class PhotoCamera extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    stream: { state: true },
    refused: { state: true },
  };

  /** What the camera gives while it is on. */
  declare private stream: MediaStream | undefined;
  /** There is no camera, or it was not allowed. */
  declare private refused: boolean;

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
    return html`<div class="scanner">
      ${this.faultTemplate()}
      ${
        this.stream === undefined
          ? html`<button
              class="button button--primary"
              type="button"
              ?disabled=${this.busy}
              @click=${this.start}
            >
              ${marked(() => gettext("Take a photo"))}
            </button>`
          : html`<video class="camera" muted playsinline aria-hidden="true"></video>
              <div class="buttons">
                <button class="button button--primary" type="button" @click=${this.shoot}>
                  ${marked(() => gettext("Take it now"))}
                </button>
                <button class="button" type="button" @click=${this.stop}>
                  ${marked(() => gettext("Stop"))}
                </button>
              </div>`
      }
      <details ?open=${this.refused}>
        <summary id="choose-picture">${marked(() => gettext("Choose a picture"))}</summary>
        <p class="hint" id="choose-hint">
          ${marked(() => gettext("A picture that you choose stays in the phone's gallery too. Delete it there, also from its bin, if nobody may find it."))}
        </p>
        <form autocomplete="off">
          <input
            class="input"
            type="file"
            accept="image/*"
            autocomplete="off"
            aria-labelledby="choose-picture"
            aria-describedby="choose-hint"
            ?disabled=${this.busy}
            @change=${this.take}
          />
        </form>
      </details>
    </div>`;
  }

  private readonly start = (): void => {
    void this.attempt(async () => {
      const stream = await openCamera(1920, 1440);
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
    });
  };

  private readonly shoot = (): void => {
    const video = this.querySelector("video");
    const picture = video === null ? undefined : pictureOfVideo(video);
    // The camera has not seen anything yet.
    if (picture === undefined) return;
    this.stop();
    this.dispatchEvent(new PictureTaken(picture));
  };

  private readonly stop = (): void => {
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
      const picture = await pictureOfFile(file);
      target.value = "";
      if (picture === undefined) this.fault = noPicture;
      else if (this.isConnected) this.dispatchEvent(new PictureTaken(picture));
    });
  };
}

function cameraRefused(): string {
  return gettext("The camera cannot be used here. Choose a picture instead.");
}

function noPicture(): string {
  return gettext(
    "This cannot be read as a picture, and only pictures are kept here. Take a photo of each page instead.",
  );
}

customElements.define("photo-camera", PhotoCamera);
