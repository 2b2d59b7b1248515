"""Edits to the English that change no meaning: what was translated, read back and reviewed holds on.

They stand in `translations/minor.toml`, in the order in which they were made, for as long as their English does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from babel.messages.catalog import Catalog as Po
from babel.messages.catalog import Message

from server.errors import TranslationError
from server.site.catalogs import forms_of, key_of
from server.site.lint_translations import changed_between
from server.site.locales import decode_file
from server.site.topics import Filled
from server.toml_lines import line_of

FILE = "minor.toml"


class Edit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`before` is `from` in the file: the message as it was, whole. `why` is for whoever reads the file next."""

    before: Filled = msgspec.field(name="from")
    to: Filled
    why: Filled
    context: str | None = None


class MinorFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    edit: list[Edit] = []


def load_minor(translations: Path) -> list[Edit]:
    path = translations / FILE
    return decode_file(path, MinorFile).edit if path.exists() else []


def refuse_unfit(translations: Path, edits: Sequence[Edit], templates: Mapping[str, Po]) -> None:
    """Raises `TranslationError` for the first edit that is not minor, or not of the English as it stands."""
    path = translations / FILE
    for at, edit in enumerate(edits):
        for key, why in _faults(edit, edits[at + 1 :], templates):
            line = line_of(path.read_text("utf-8"), ("edit", at, key))
            raise TranslationError(path, line, f"{key}: {why}")


def carry_over(po: Po, template: Po, edits: Sequence[Edit]) -> int:
    """Gives each edit's translation to the new English, unless that has one; says how many it gave.

    The old English becomes obsolete with the next update, as any that is gone from the template.
    """
    carried = 0
    for edit in edits:
        source = po.get(edit.before, edit.context) or _obsolete(po, edit)
        if source is None or not all(forms_of(source.string)):
            continue
        present = po.get(edit.to, edit.context)
        if present is None:
            target = template.get(edit.to, edit.context)
            present = po.add(target.id if target else edit.to, context=edit.context)
        if not any(forms_of(present.string)):
            present.string = source.string
            present.flags |= source.flags
            present.user_comments = list(source.user_comments)
            carried += 1
        po.delete(edit.before, edit.context)
        po.obsolete = {key: message for key, message in po.obsolete.items() if message is not source}
    return carried


def formerly(texts: Sequence[str], edits: Sequence[Edit]) -> Iterator[list[str]]:
    """The texts as they stand, then as they were before the last edit, before the last two, and so on."""
    now = list(texts)
    yield now
    for edit in reversed(edits):
        if edit.to in now:
            now = [edit.before if text == edit.to else text for text in now]
            yield now


def _obsolete(po: Po, edit: Edit) -> Message | None:
    key = (edit.context, edit.before)
    return next((message for message in po.obsolete.values() if key_of(message) == key), None)


def _faults(edit: Edit, later: Sequence[Edit], templates: Mapping[str, Po]) -> Iterator[tuple[str, str]]:
    if any(template.get(edit.before, edit.context) for template in templates.values()):
        yield "from", f"still stands in the English: “{edit.before}”"
    domains = [domain for domain, template in templates.items() if template.get(edit.to, edit.context)]
    if not domains and (edit.to, edit.context) not in {(one.before, one.context) for one in later}:
        yield "to", f"stands nowhere in the English: “{edit.to}”; take the edit out, or write it as it stands"
    for what in changed_between(edit.before, edit.to, "app" if domains == ["app"] else "content"):
        yield "to", f"{what}: this is no minor edit"
