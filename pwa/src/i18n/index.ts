export { Catalog, CatalogError } from "./catalog.ts";
export { asciiDigits, parseDecimal } from "./digits.ts";
export {
  gettext,
  heard,
  type Heard,
  locale,
  ngettext,
  pgettext,
  setMessages,
  type Values,
  within,
} from "./messages.ts";
export {
  collator,
  formatDay,
  formatDigits,
  formatList,
  formatMonth,
  formatNumber,
  formatPercent,
  formatTime,
  isolated,
} from "./numbers.ts";
