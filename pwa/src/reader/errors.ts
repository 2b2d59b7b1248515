/**
 * PackError
 * └─ Refusal: what came is not taken, and what was there stays. `why` goes to the page.
 */
export type Why = "bad-hash" | "bad-signature" | "new-key" | "older";

export class PackError extends Error {
  override readonly name: string = "PackError";
}

export class Refusal extends PackError {
  override readonly name = "Refusal";
  readonly why: Why;

  constructor(why: Why, detail: string) {
    super(`${why}: ${detail}`);
    this.why = why;
  }
}
