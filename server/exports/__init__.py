"""What leaves a programme: records, the tables of a report, and the codebook. docs/exports.md."""

from server.exports.cells import NOTICE, Cell, Column, Sheet, csv_lines, neutral, spreadsheet, typed
from server.exports.codebook import codebook_of
from server.exports.columns import newest_first, ordered
from server.exports.ctdc import Missing, MissingFieldsError, ctdc_sheet
from server.exports.records import flags, json_lines, json_names, record_sheet
from server.exports.submissions import form_ids, submission_sheets
from server.exports.tables import Labels, labels_of, report_sheets, report_table, tagged_table
from server.exports.xlsx import TooManyRowsError, to_xlsx

__all__ = [
    "NOTICE",
    "Cell",
    "Column",
    "Labels",
    "Missing",
    "MissingFieldsError",
    "Sheet",
    "TooManyRowsError",
    "codebook_of",
    "csv_lines",
    "ctdc_sheet",
    "flags",
    "form_ids",
    "json_lines",
    "json_names",
    "labels_of",
    "neutral",
    "newest_first",
    "ordered",
    "record_sheet",
    "report_sheets",
    "report_table",
    "spreadsheet",
    "submission_sheets",
    "tagged_table",
    "to_xlsx",
    "typed",
]
