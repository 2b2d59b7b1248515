/**
 * `<photo-camera>`: a picture by the camera inside the page, or one that is chosen. What the camera sees is
 * in memory only. Events: `picture`.
 */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { type Picture, pictureOfFile, pictureOfVideo } from "../keeping/pictures.ts";
import { CameraElement } from "../scanning/camera-element.ts";

/** A picture was taken or chosen. */
export class PictureTaken extends Event {
  readonly picture: Picture;

  constructor(picture: Picture) {
    super("picture", { bubbles: true });
    this.picture = picture;
  }
}

export class PhotoCamera extends CameraElement {
  protected override readonly size = [1920, 1440] as const;

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
          : html`${this.video()}
              <div class="buttons">
                <button class="button button--primary" type="button" @click=${this.shoot}>
                  ${marked(() => gettext("Take it now"))}
                </button>
                <button class="button" type="button" @click=${this.stop}>
                  ${marked(() => gettext("Stop"))}
                </button>
              </div>`
      }
      ${this.chooser(
        marked(() => gettext("Choose a picture")),
        marked(() =>
          gettext(
            "A picture that you choose stays in the phone's gallery too. Delete it there, also from its bin, if nobody may find it.",
          ),
        ),
      )}
    </div>`;
  }

  private readonly shoot = (): void => {
    const video = this.querySelector("video");
    const picture = video === null ? undefined : pictureOfVideo(video);
    // Undefined while the camera has not seen anything yet.
    if (picture !== undefined) this.found(new PictureTaken(picture));
  };

  protected override async read(file: File): Promise<Event | undefined> {
    const picture = await pictureOfFile(file);
    return picture === undefined ? undefined : new PictureTaken(picture);
  }

  protected override cameraRefused(): string {
    return gettext("The camera cannot be used here. Choose a picture instead.");
  }

  protected override noPicture(): string {
    return gettext(
      "This cannot be read as a picture, and only pictures are kept here. Take a photo of each page instead.",
    );
  }
}

customElements.define("photo-camera", PhotoCamera);
