/** The one thing that can go wrong in this room: a form that is not one; `path` says where. */
export class FormError extends Error {
  override readonly name = "FormError";
  readonly code = "bad-form";

  constructor(path: string, expected: string) {
    super(`${path}: ${expected}`);
  }
}
