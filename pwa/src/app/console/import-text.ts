/** What is said of a table that is brought in: why a file cannot be read, where a fault is, and what is wrong there. */
import { formatNumber, gettext, isolated, ngettext } from "../../i18n/index.ts";
import type { Column, Fault, UnreadableError } from "../../imports/index.ts";

export function unreadableSentence({ code, number }: UnreadableError): string {
  switch (code) {
    case "workbook":
    case "encoding":
      return gettext("This cannot be read. Save the sheet as CSV (UTF-8), then choose that file.");
    case "empty":
      return gettext("There is nothing in this file.");
    case "quotes":
      return gettext("Row {row}: a quotation mark is not closed.", { row: formatNumber(number) });
    case "too-large":
      return gettext("This is too large. Make several files of it.");
  }
}

/** As a spreadsheet names the place; 0: no column answers the question. */
export function placeName(row: number, column: number): string {
  if (column === 0) return gettext("Row {row}", { row: formatNumber(row) });
  return gettext("Row {row}, column {column}", {
    row: formatNumber(row),
    column: lettersOf(column),
  });
}

export function faultSentence({ code, args }: Fault, column: Column | undefined): string {
  switch (code) {
    case "required":
      return gettext("An answer is missing.");
    case "unknown-choice":
      return gettext("“{text}” is none of the choices.", {
        text: isolated(String(args["choice"])),
      });
    case "repeated-choice":
      return gettext("“{text}” is there twice.", { text: isolated(String(args["choice"])) });
    case "bad-week":
      return gettext("Write it like this: {example}", { example: isolated("2026-W05") });
    case "bad-date":
      return gettext("Write it like this: {example}", { example: isolated("2026-01-31") });
    case "bad-time":
      return gettext("Write it like this: {example}", { example: isolated("14:05") });
    case "bad-decimal":
      return gettext("Write a number, 0 or more.");
    case "wrong-type":
    case "bad-number":
      return gettext("Write a whole number, 0 or more.");
    case "bad-flag":
      return gettext("Write it like this: {example}", { example: isolated("1, 0") });
    case "too-long": {
      const most = Number(args["most"]);
      return ngettext(
        "Write at most {count} character.",
        "Write at most {count} characters.",
        most,
      );
    }
    case "no-column":
      return gettext("There is a cell too many in this row.");
    case "same-row":
      return gettext("Another row has the same id.");
    case "constraint":
      return typeof args["message"] === "string" ? args["message"] : unfitSentence();
    case "irrelevant":
    case "calculated":
    case "unknown-field":
      return column === undefined ? "" : unfitSentence();
  }
}

function unfitSentence(): string {
  return gettext("This does not fit the other answers.");
}

/** A … Z, AA … */
function lettersOf(column: number): string {
  const before = Math.floor((column - 1) / 26);
  const last = String.fromCharCode(65 + ((column - 1) % 26));
  return before === 0 ? last : lettersOf(before) + last;
}
