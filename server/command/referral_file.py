"""A programme's own referral contacts, from a table or TOML: whom workers may send people to."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from server.errors import ServerError

COLUMNS = ("service", "kind", "area", "phone", "hours", "note")
LONGEST = 300
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{1,38}")


class ReferralFileError(ServerError):
    """`where` is a row and a column, counted as a spreadsheet does."""

    code = "bad-referrals"

    def __init__(self, path: Path, where: str, why: str) -> None:
        super().__init__(f"{path}: {where}: {why}" if where else f"{path}: {why}")
        self.where = where


class Referral(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """kind: best a choice of the form's question `referral_type`, so that the form leads to those that fit."""

    service: str
    kind: str
    area: str = ""
    phone: str = ""
    hours: str = ""
    note: str = ""


def read_referrals(path: Path) -> list[Referral]:
    """CSV with a header, or TOML with a [[contact]] for each. Raises ReferralFileError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ReferralFileError(path, "", "is not UTF-8: save it anew as CSV in UTF-8") from None
    rows = _toml(path, text) if path.suffix.lower() == ".toml" else _csv(path, text)
    try:
        found = [_referral(path, place, row) for place, row in rows]
    except csv.Error as fault:
        raise ReferralFileError(path, "", f"cannot be read: {fault}") from fault
    if not found:
        raise ReferralFileError(path, "", "there is no contact in it")
    return found


def encode_referrals(referrals: list[Referral]) -> str:
    return msgspec.json.encode(referrals).decode()


def decode_referrals(contacts: str) -> list[dict[str, str]]:
    """What a coordinator published; nothing where this version cannot read it."""
    try:
        return msgspec.json.decode(contacts, type=list[dict[str, str]])
    except msgspec.DecodeError:
        return []


def _csv(path: Path, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    lines = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip().lower() for name in next(lines, [])]
    for name in header:
        if name not in COLUMNS:
            raise ReferralFileError(path, "row 1", f"the column {name!r} is not one of {', '.join(COLUMNS)}")
    for name in ("service", "kind"):
        if name not in header:
            raise ReferralFileError(path, "row 1", f"there is no column {name!r}")
    for cells in lines:
        if len(cells) > len(header):
            raise ReferralFileError(path, f"row {lines.line_num}", "there are more cells than columns")
        if any(cell.strip() for cell in cells):
            yield f"row {lines.line_num}", dict(zip(header, cells, strict=False))


def _toml(path: Path, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise ReferralFileError(path, "", f"is no TOML: {fault}") from fault
    contacts = read.get("contact", [])
    if set(read) - {"contact"} or not isinstance(contacts, list):
        raise ReferralFileError(path, "", "write each contact under [[contact]], and nothing else")
    for number, row in enumerate(contacts, 1):
        if not isinstance(row, dict):
            raise ReferralFileError(path, f"contact {number}", "write each contact under [[contact]]")
        for name in row:
            if name not in COLUMNS:
                why = f"{name!r} is not one of {', '.join(COLUMNS)}"
                raise ReferralFileError(path, f"contact {number}", why)
        yield f"contact {number}", row


def _referral(path: Path, place: str, row: Mapping[str, Any]) -> Referral:
    cells: dict[str, str] = {}
    for name in COLUMNS:
        value = row.get(name, "")
        where = f"{place}, {name}"
        if not isinstance(value, str):
            raise ReferralFileError(path, where, "write it as text, in quotation marks")
        cells[name] = " ".join(value.split())
        if len(cells[name]) > LONGEST:
            raise ReferralFileError(path, where, f"at most {LONGEST} characters")
        if name in {"service", "kind"} and not cells[name]:
            raise ReferralFileError(path, where, "this cell is empty")
    if cells["phone"] and not _PHONE.fullmatch(cells["phone"]):
        where = f"{place}, phone"
        raise ReferralFileError(path, where, f"{cells['phone']!r} cannot be called: one number, in figures")
    return Referral(**cells)
