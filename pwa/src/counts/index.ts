/** Counting contacts: by any question, with filters, and as it may be published. Pure; no DOM. */
export { countGap, filterOf, type Gap, type GapName, gapsOf } from "./gaps.ts";
export { decodePublication, encodePublication } from "./keeping.ts";
export {
  hide,
  type Publication,
  publish,
  type PublishedRow,
  type PublishedTable,
  REPORTED,
  THRESHOLD,
} from "./publication.ts";
export { isOver, quarterOf, weeksOf } from "./quarters.ts";
export { NO_ANSWER, type Question, questionsOf, rowsOf } from "./questions.ts";
export { type Apart, ContactTable, type Filter, WEEK } from "./table.ts";
