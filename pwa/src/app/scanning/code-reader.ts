/** Reads QR codes from pictures, in the page alone: loaded when somebody scans. */
import decodeQr from "qr/decode.js";

/** A frame of the camera: enough for a code that fills a third of it, and quick on a cheap phone. */
const FRAME_SIDE = 640;
/** A photo is looked at once, in more than one size: its code may be small, or out of focus. */
const PHOTO_SIDES = [800, 1600];
const PHOTO_MS = 2000;

export class CodeReader {
  /** One for all frames: a new one several times a second fills a small phone's memory. */
  readonly #canvas = new OffscreenCanvas(1, 1);

  /** The text of the code in what the camera sees now, if there is one. */
  readFrame(video: HTMLVideoElement): string | undefined {
    return this.#read(video, video.videoWidth, video.videoHeight, FRAME_SIDE);
  }

  /** The text of the code in a picture; undefined where there is none, or it is no picture. */
  async readPicture(file: Blob): Promise<string | undefined> {
    const picture = await createImageBitmap(file).catch(() => undefined);
    if (picture === undefined) return undefined;
    try {
      for (const side of PHOTO_SIDES) {
        const text = this.#read(picture, picture.width, picture.height, side, PHOTO_MS);
        if (text !== undefined) return text;
      }
      return undefined;
    } finally {
      picture.close();
    }
  }

  #read(
    source: HTMLVideoElement | ImageBitmap,
    width: number,
    height: number,
    side: number,
    timeLimit?: number,
  ): string | undefined {
    const scale = Math.min(1, side / Math.max(width, height));
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    const pen = this.#canvas.getContext("2d", { willReadFrequently: true });
    // A camera gives nothing for a moment.
    if (pen === null || w === 0 || h === 0) return undefined;
    this.#canvas.width = w;
    this.#canvas.height = h;
    pen.drawImage(source, 0, 0, w, h);
    try {
      return decodeQr(pen.getImageData(0, 0, w, h), timeLimit === undefined ? {} : { timeLimit });
    } catch {
      return undefined; // No code in it, or none that can be read.
    }
  }
}
