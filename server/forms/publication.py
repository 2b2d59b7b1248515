"""A programme's own form, read to be published: from an XLSForm, or from our JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from server.forms.checks import check_expressions
from server.forms.errors import Faults, FormError
from server.forms.form import Field, Form, fields, hashed, walk
from server.forms.names import is_field_name
from server.forms.sheets import Row, Workbook
from server.forms.xlsform import Texts, parse_languages


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """language: tag of the language that the form's own texts are in. texts: what it says in others."""

    form: Form
    language: str
    texts: Texts = {}

    @property
    def content(self) -> str:
        """Canonical JSON, of which the form's hash is the SHA-256."""
        bare = msgspec.structs.replace(self.form, hash="", fallback=())
        return msgspec.json.encode(bare, order="sorted").decode()

    def placed(self, standard: Form) -> str:
        """Where each text of the form stands in the standard form, numbers by spaces, `-` where nowhere.

        So a phone shows what both forms say in the reader's language, from the standard form that it has in it.
        """
        if self.language != "en":
            return ""
        places: dict[str, int] = {}
        for place, text in enumerate(every_text(standard)):
            places.setdefault(text, place)
        return " ".join(str(places.get(text, "-")) if text else "-" for text in every_text(self.form))


def parse_publication(path: Path, language: str) -> Publication:
    """language: of texts that do not say in which they are. Raises `FormError`."""
    if path.suffix.lower() == ".json":
        return Publication(form=_parse_json(path), language=language)
    form, own, texts = parse_languages(Workbook(path, languages=True), language)
    return Publication(form=form, language=own, texts=texts)


def every_text(form: Form) -> Iterator[str]:
    """Title, then label, hint and message of each field, then the choices' labels by list: every one, also empty."""
    yield form.title
    for field, _ in walk(form):
        yield from (field.label, field.hint, field.constraint_message)
    for name in sorted(form.choices):
        for choice in form.choices[name]:
            yield choice.label


def parse_content(content: str) -> Form | None:
    """What somebody published, with its hash; None where this version cannot read it."""
    try:
        return hashed(msgspec.json.decode(content, type=Form))
    except msgspec.DecodeError:
        return None


def _parse_json(path: Path) -> Form:
    try:
        form = msgspec.json.decode(path.read_bytes(), type=Form)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise FormError(path, "", f"is no form: {fault}") from fault
    names = [field.name for field, _ in walk(form)]
    for number, (field, groups) in enumerate(walk(form)):
        if field.name in names[:number]:
            raise FormError(path, field.name, "this name is there twice")
        if why := _misfit(form, field, groups):
            raise FormError(path, field.name, why)
    if not fields(form):
        raise FormError(path, "fields", "there is nothing to answer")
    # An expression's place is its field's name: JSON has no cells.
    faults = Faults()
    check_expressions(form, {name: Row(path, name, 1, (), {}) for name in names}, faults)
    faults.tell()
    return hashed(form)


def _misfit(form: Form, field: Field, groups: tuple[Field, ...]) -> str | None:
    if not is_field_name(field.name):
        return "this is not a name: a letter, then up to 63 letters, digits and _"
    if field.name in {"form", "form_hash"}:
        return "this name is used by every record: choose another"
    if (field.choices not in form.choices) if field.choices else field.type.startswith("select"):
        return f"there is no list {field.choices!r} among the choices"
    if field.type == "repeat" and any(each.type == "repeat" for each in groups):
        return "a repeat cannot stand in a repeat: our forms have one level"
    if (field.type == "calculate") != (field.calculation is not None):
        return "a calculation and the type calculate belong together"
    return None
