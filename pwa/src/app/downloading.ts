/** A file for the person: into the phone's downloads. */

/** Neutral: it stands in the phone's list of downloads. */
export const FILE_NAME = "notes.bin";

/** `name`: says nothing of anybody either. */
export function download(file: Blob, name = FILE_NAME): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The download has begun with it; a moment later the address may go.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
