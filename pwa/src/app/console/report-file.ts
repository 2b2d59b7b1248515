/** A report's tables as a file: exactly what was published, and not asked why, since nobody can be found in it. */
import type { Publication } from "../../counts/index.ts";
import {
  csvFile,
  reportSheets,
  reportTable,
  type TableLabels,
  taggedTable,
} from "../../exports/index.ts";
import { gettext } from "../../i18n/index.ts";
import { caveatOf, hidingText } from "./counts-text.ts";
import { blobOf, spreadsheet } from "./exporting.ts";
import type { Labels } from "./labels.ts";

export const REPORT_FORMATS = ["xlsx", "csv", "hxl"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** The name says nothing of whose it is. */
export function reportFileName(format: ReportFormat): string {
  return format === "hxl" ? "tables-hxl.csv" : `tables.${format}`;
}

export async function reportFile(
  format: ReportFormat,
  made: Publication,
  labels: Labels,
): Promise<Blob> {
  const said: TableLabels = {
    question: (name) => labels.plainQuestion(name),
    answer: (question, row) => labels.plainAnswer(question, row),
    allContacts: gettext("All contacts"),
  };
  switch (format) {
    case "csv":
      return blobOf([csvFile(reportTable(made, said))]);
    case "hxl":
      return blobOf([csvFile(taggedTable(made, said), true)]);
    case "xlsx":
      return spreadsheet(reportSheets(made, said, notices(made)));
  }
}

function notices(made: Publication): string[] {
  const caveats = [caveatOf("official_status", false), caveatOf("", true)];
  return [
    gettext("Contacts are counted, not people: somebody met twice is counted twice."),
    hidingText(made),
    ...caveats.flatMap((say) => (say === undefined ? [] : [say()])),
  ];
}
