/**
 * Pictures as they are kept: small, upright, and nothing but the picture: drawn anew, so that the place, the
 * time and all else that a camera writes into a file are gone.
 *
 * Never as a Blob, and shown by `data:` addresses: Chromium writes blobs to its own disk, in clear, when
 * memory runs short ("Chrome's Blob Storage System Design", paging). Strings stay in the page's memory.
 */
import type { Bytes } from "../../sync/bytes.ts";

/** The longest side in pixels: a page of small print can still be read. */
const SIDE = 1600;
const THUMBNAIL_SIDE = 160;
const QUALITY = 0.8;
const PREFIX = "data:image/jpeg;base64,";
/** As many bytes as `String.fromCharCode` takes at once. */
const STEP = 0x2000;

export interface Picture {
  readonly media: string;
  readonly content: Bytes;
  readonly thumbnail: Bytes;
}

/** `undefined` when the browser cannot read it as a picture. */
export async function pictureOfFile(file: Blob): Promise<Picture | undefined> {
  // The file lies on the phone already: its address here points to it.
  const url = URL.createObjectURL(file);
  const image = new Image();
  try {
    image.src = url;
    await image.decode();
    return drawn(image, image.naturalWidth, image.naturalHeight);
  } catch {
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
    image.src = "";
  }
}

/** What the camera sees now; `undefined` before it sees anything. */
export function pictureOfVideo(video: HTMLVideoElement): Picture | undefined {
  return drawn(video, video.videoWidth, video.videoHeight);
}

export function pictureUrl(jpeg: Bytes): string {
  let binary = "";
  for (let at = 0; at < jpeg.length; at += STEP) {
    binary += String.fromCharCode(...jpeg.subarray(at, at + STEP));
  }
  return PREFIX + btoa(binary);
}

function drawn(source: CanvasImageSource, width: number, height: number): Picture | undefined {
  const content = jpegOf(source, width, height, SIDE);
  const thumbnail = jpegOf(source, width, height, THUMBNAIL_SIDE);
  if (content === undefined || thumbnail === undefined) return undefined;
  return { media: "image/jpeg", content, thumbnail };
}

function jpegOf(
  source: CanvasImageSource,
  width: number,
  height: number,
  side: number,
): Bytes | undefined {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d");
  if (pen === null) return undefined;
  // What is transparent would become black.
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  const url = canvas.toDataURL("image/jpeg", QUALITY);
  canvas.width = 0;
  if (!url.startsWith(PREFIX)) return undefined;
  return Uint8Array.from(atob(url.slice(PREFIX.length)), (each) => each.charCodeAt(0));
}
