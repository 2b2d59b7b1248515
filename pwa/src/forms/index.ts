/** Contact forms: decode, evaluate, validate. Mirrors the Python package `server/forms`. */
export { FormError } from "./errors.ts";
export { isDecimal, numberText } from "./decimals.ts";
export {
  answerable,
  answeredTimes,
  type Choice,
  choicesOf,
  decodeForm,
  type Field,
  type FieldType,
  type Form,
  isEmpty,
  keyed,
  type Keyed,
  keyOf,
  LONGEST_TEXT,
  MOST_REPEATS,
  named,
  type Value,
  type Values,
  walk,
} from "./form.ts";
export { type Problem, type ProblemCode, relevantValues, validate } from "./validate.ts";
export { isDate, isTime, today } from "./moments.ts";
export { Relevance } from "./relevance.ts";
export { isWeek, weekOf } from "./weeks.ts";
