"""A spreadsheet that somebody sent, as our form, or all that is wrong with it: nothing kept, everything bounded."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from server.converted import LARGEST_SHEET, Converted, Fault, Job
from server.forms.errors import FormError, Why
from server.forms.pointing import pointed_out
from server.forms.publication import Publication
from server.forms.sheets import Workbook
from server.forms.xlsform import parse_languages

_LARGEST_INSIDE = 20_000_000
_MOST_PARTS = 500
_ZIP = b"PK\x03\x04"


def convert(job: Job) -> Converted:
    try:
        return converted(read_sheet(job.name, job.data, job.language))
    except FormError as fault:
        return Converted(faults=faults_of(fault))


def read_sheet(name: str, data: bytes, language: str) -> Publication:
    """name: of the file. language: of labels that do not say theirs. Raises `FormError`."""
    path = Path(name)
    if len(data) > LARGEST_SHEET:
        raise FormError(
            path, "", "it is too large: a form has at most 700 kB. Take pictures and other sheets out"
        )
    _check_inside(path, data)
    kind = ".xlsx" if data.startswith(_ZIP) else ".csv"
    form, own, texts = parse_languages(Workbook(path, languages=True, data=data, kind=kind), language)
    return Publication(form=form, language=own, texts=texts)


def converted(read: Publication) -> Converted:
    return Converted(
        content=read.content,
        hash=read.form.hash,
        language=read.language,
        texts=read.texts,
        pointed=pointed_out(read),
    )


def faults_of(fault: FormError) -> tuple[Fault, ...]:
    found = []
    for each in (fault, *fault.also):
        sheet, _, cell = each.where.partition("!")
        code, about = (each.why.code, each.why.about) if isinstance(each.why, Why) else ("", {})
        found.append(Fault(sheet=sheet, cell=cell, why=str(each.why), code=code, about=about))
    return tuple(found)


def _check_inside(path: Path, data: bytes) -> None:
    """A small file can unpack to gigabytes; what it says of its sizes is what is unpacked at most."""
    if not data.startswith(_ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as fault:
        raise FormError(path, "", Why("cannot be read: save it anew as .xlsx", "unreadable")) from fault
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_INSIDE:
        raise FormError(path, "", "there is too much inside: copy the three sheets into a new file")
