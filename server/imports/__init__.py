"""Contacts made elsewhere: a table read and matched to a form. The browser mirrors this in `pwa/src/imports`."""

from server.imports.cells import MOST_BYTES, Cells, Row, UnreadableError, read_cells
from server.imports.columns import Column
from server.imports.revealing import Finding, revealing
from server.imports.table import Contact, Fault, Table, read_table

__all__ = [
    "MOST_BYTES",
    "Cells",
    "Column",
    "Contact",
    "Fault",
    "Finding",
    "Row",
    "Table",
    "UnreadableError",
    "read_cells",
    "read_table",
    "revealing",
]
