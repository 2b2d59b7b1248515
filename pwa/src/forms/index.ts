/** Contact forms: decode, evaluate, validate. Mirrors the Python package `server/forms`. */
export { FormError } from "./errors.ts";
export { Relevance } from "./evaluate.ts";
export {
  answerable,
  type Choice,
  choicesOf,
  decodeForm,
  type Field,
  type FieldType,
  type Form,
  type Value,
  type Values,
  walk,
} from "./form.ts";
export {
  isEmpty,
  LONGEST_TEXT,
  type Problem,
  type ProblemCode,
  relevantValues,
  validate,
} from "./validate.ts";
export { isWeek, weekOf } from "./weeks.ts";
