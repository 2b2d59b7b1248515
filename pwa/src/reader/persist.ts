/** Asks the browser not to throw away what is kept, where it decides by itself. */

/** Firefox would ask the person, who came to read; so there it is left to My notes. */
export async function persistQuietly(): Promise<void> {
  const asksThePerson = "mozInnerScreenX" in window;
  if (asksThePerson || !("storage" in navigator) || !("persist" in navigator.storage)) return;
  if (!(await navigator.storage.persisted())) await navigator.storage.persist();
}
