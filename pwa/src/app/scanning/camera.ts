/** The camera inside the page: what it sees goes through no other app, no file and no gallery. */

/** The one at the back, where there are two; undefined when there is none, or it was not allowed. */
export async function openCamera(width: number, height: number): Promise<MediaStream | undefined> {
  if (!("mediaDevices" in navigator)) return undefined;
  const wanted = {
    facingMode: "environment",
    width: { ideal: width },
    height: { ideal: height },
  };
  return navigator.mediaDevices
    .getUserMedia({ video: wanted, audio: false })
    .catch(() => undefined);
}

export function closeCamera(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
