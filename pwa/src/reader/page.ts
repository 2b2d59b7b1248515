/** Where a tool is, and in which language it speaks. */
export interface Page {
  readonly locale: string;
  /** Resolves when the page's language can be spoken. */
  readonly spoken: () => Promise<void>;
}
