/** What is wrong with an answer, as a sentence beside its question. */
import { gettext, ngettext } from "../i18n/index.ts";
import type { FieldType, Problem } from "../forms/index.ts";

const WRITTEN: ReadonlySet<FieldType> = new Set(["integer", "decimal", "text"]);

export function problemSentence({ code, args }: Problem, type: FieldType): string {
  switch (code) {
    case "required":
      return WRITTEN.has(type)
        ? gettext("Write an answer here.")
        : gettext("Choose an answer here.");
    case "bad-decimal":
      return gettext("Write a number, 0 or more.");
    case "bad-number":
      return gettext("Write a whole number, 0 or more.");
    case "wrong-type":
      return type === "integer"
        ? gettext("Write a whole number, 0 or more.")
        : gettext("This answer does not fit. Choose again.");
    case "bad-week":
      return gettext("Choose the week again.");
    case "too-long": {
      const most = Number(args["most"]);
      return ngettext(
        "Write at most {count} character.",
        "Write at most {count} characters.",
        most,
      );
    }
    case "constraint":
      return typeof args["message"] === "string"
        ? args["message"]
        : gettext("This does not fit the other answers.");
    case "bad-date":
    case "bad-time":
    case "calculated":
    case "unknown-choice":
    case "repeated-choice":
    case "irrelevant":
    case "unknown-field":
      return gettext("This answer does not fit. Choose again.");
  }
}

/** Under a text: how many more characters it may have. */
export function roomSentence(left: number): string {
  if (left < 0)
    return ngettext("{count} character too long.", "{count} characters too long.", -left);
  return ngettext("Room for {count} more character.", "Room for {count} more characters.", left);
}

/** Above the form, when it could not be saved. */
export function problemsSentence(count: number): string {
  return ngettext(
    "Not saved yet: {count} answer is missing or does not fit. It is kept as a draft.",
    "Not saved yet: {count} answers are missing or do not fit. They are kept as a draft.",
    count,
  );
}
