/** What roles and deeds are called. */
import { formatList, formatNumber, gettext } from "../../i18n/index.ts";
import type { DeviceCount } from "../../sync/coordinator/contacts.ts";
import type { Role } from "../../sync/identifiers.ts";
import { offeredLanguages } from "../language.ts";

/** Keeps a range on one line. */
const WORD_JOINER = "\u2060";

export function roleName(role: Role): string {
  switch (role) {
    case "coordinator":
      return gettext("Coordinator");
    case "worker":
      return gettext("Outreach worker");
    case "relay":
      // Translators: a small computer in a drop-in centre that takes contacts from phones and hands them on
      return gettext("Relay");
  }
}

/** Of an entry in the log; one of a later version has no name here. */
export function deedName(deed: string): string {
  switch (deed) {
    case "export":
      return gettext("Exported contacts");
    case "import":
      return gettext("Brought in contacts");
    case "invite":
      return gettext("Invited somebody");
    case "withdraw":
      return gettext("Took an invitation back");
    case "revoke":
      return gettext("Ended the access of a phone");
    case "rotate":
      return gettext("Changed the programme's keys");
    case "report":
      return gettext("Made the report of a quarter");
    case "threshold":
      return gettext("Changed which numbers reports hide");
    case "sheet":
      return gettext("Put the programme's sheet on paper");
    case "restore":
      return gettext("Opened the programme with its sheet");
    default:
      return gettext("Something that this version does not know");
  }
}

/** How contacts, or a report's tables, are written into a file; what a later version calls otherwise stays as it stands. */
export function formatName(format: string): string {
  switch (format) {
    case "csv":
      return gettext("Table as text (CSV)");
    case "hxl":
      return gettext("Table as text with HXL tags (CSV)");
    case "xlsx":
      return gettext("Spreadsheet (XLSX)");
    case "submissions":
    case "submissions-xlsx":
      return gettext("As Kobo and ODK give it (XLSX)");
    case "ctdc":
      return gettext("In the shape of CTDC's data (CSV)");
    case "jsonl":
      return gettext("For programmers (JSON lines)");
    default:
      return format;
  }
}

/** The numbers of a device that are missing, in ranges, and those that were used twice. */
export function numbersOf({ missing, twice }: Pick<DeviceCount, "missing" | "twice">): string {
  return formatList([...missing.map(range), ...twice.map((each) => formatNumber(each))]);
}

function range([first, last]: readonly [number, number]): string {
  if (first === last) return formatNumber(first);
  return `${formatNumber(first)}–${WORD_JOINER}${formatNumber(last)}`;
}

/** In its own words: as the list of languages has it, since not every browser knows Khmer's. */
export function languageName(tag: string): string {
  const offered = offeredLanguages().find((each) => each.tag === tag);
  if (offered !== undefined) return offered.name;
  try {
    return new Intl.DisplayNames(tag, { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
