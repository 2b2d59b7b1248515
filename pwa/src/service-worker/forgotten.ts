/**
 * Somebody said that this is not their phone. The worker lives on until its last page is closed, and
 * may be in the middle of a download; from here on each thing that it would put away is refused.
 */
export class Forgotten extends Error {
  override readonly name = "Forgotten";
}

let forgotten = false;

export function forgetFromNowOn(): void {
  forgotten = true;
}

export function isForgotten(): boolean {
  return forgotten;
}

/** Before every write. */
export function refuseWhenForgotten(): void {
  if (forgotten) throw new Forgotten();
}
