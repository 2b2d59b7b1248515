"""The survey sheet: its rows as fields. What is not understood here is refused by cell.

Appearances: `week` (an ISO week that the app fills in), `multiline`, `minimal` (a long list, to be searched), `later`
(a choice that is asked again, alone, after the meeting), `field-list`, and `compact` (a group that is closed until
somebody opens it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from server.forms.errors import Faults, FormError, Why
from server.forms.expressions import Condition, Operand, Ref, Selected
from server.forms.form import Choice, Field, FieldType
from server.forms.names import is_field_name
from server.forms.parser import ExpressionError, parse_condition, parse_operand
from server.forms.sheets import Row, Workbook

COLUMNS = (
    "type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "appearance",
    "calculation", "choice_filter", "repeat_count",
)  # fmt: skip
_APPEARANCES: dict[str, set[str]] = {
    "select_one": {"later", "minimal"},
    "select_multiple": {"later", "minimal"},
    "text": {"week", "multiline"},
    "group": {"field-list", "compact"},
    "repeat": {"field-list"},
}
_ENDS = {"end_group": "group", "end group": "group", "end_repeat": "repeat", "end repeat": "repeat"}
# What a phone would add by itself: it tells more than anybody was asked.
_ADDED = {
    "start", "end", "today", "deviceid", "device_id", "phonenumber", "simserial", "subscriberid", "username",
    "email", "audit", "start-geopoint", "background-audio", "background-geopoint",
}  # fmt: skip
_OTHER = Choice(name="other", label="Other")
_OTHER_TEXT = "Specify other."
# Every record says which form it answers in fields of these names (docs/protocol.md).
_RESERVED = {"form", "form_hash"}
_REQUIRED = {
    "": False,
    "no": False,
    "false": False,
    "false()": False,
    "yes": True,
    "true": True,
    "true()": True,
}
_SELECTS: dict[str, FieldType] = {"select_one": "select_one", "select_multiple": "select_multiple"}
_PLAIN: dict[str, FieldType] = {
    "integer": "integer",
    "int": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "text": "text",
    "string": "text",
    "calculate": "calculate",
    "note": "note",
    "begin_group": "group",
    "begin group": "group",
    "begin_repeat": "repeat",
    "begin repeat": "repeat",
}
_UNASKED: set[FieldType] = {"note", "group", "repeat"}
_ONLY: dict[str, set[FieldType]] = {
    "calculation": {"calculate"},
    "choice_filter": {"select_one", "select_multiple"},
    "repeat_count": {"repeat"},
}
_Read = TypeVar("_Read", Condition, Operand)


class Survey:
    """`fields` in their groups; `rows` remembers where each was written; `lists` are those of `choices` in use."""

    def __init__(self, book: Workbook, choices: dict[str, list[Choice]], faults: Faults) -> None:
        self.rows: dict[str, Row] = {}
        self.lists: set[str] = set()
        self.choices = dict(choices)
        self.fields: tuple[Field, ...] = ()
        self._faults = faults
        with faults.kept():
            lines = list(book.rows("survey", COLUMNS))[::-1]
            if not lines:
                raise FormError(book.path, "survey", "there are no fields")
            self.fields = tuple(self._inside(lines, None))

    def _inside(self, lines: list[Row], group: Row | None) -> Iterator[Field]:
        """The fields up to the end of a group, or of the sheet; takes their rows from the end of `lines`."""
        while lines:
            row = lines.pop()
            if row["type"] not in _ENDS:
                yield from self._fields(row, lines, group)
            elif self._is_end(row, group):
                return
        if group is not None:
            kind = _PLAIN[group["type"]]
            with self._faults.kept():
                group.refuse("type", f"the {kind} has no end_{kind}: write one after its last field")

    def _is_end(self, row: Row, group: Row | None) -> bool:
        kind = _ENDS[row["type"]]
        with self._faults.kept():
            if group is None:
                row.refuse("type", f"there is no open {kind} to end: take the row out, or begin one above it")
            if _PLAIN[group["type"]] != kind:
                row.refuse(
                    "type", f"row {group.number} is open, a {_PLAIN[group['type']]}: end that one first"
                )
        return group is not None

    def _fields(self, row: Row, lines: list[Row], group: Row | None) -> Iterator[Field]:
        """One field, or with `or_other` two. What is in a group is read even if its own row is at fault."""
        inside: tuple[Field, ...] = ()
        kind = _PLAIN.get(row["type"])
        if kind in {"group", "repeat"}:
            # The row goes in with its repeat: a repeat in a repeat is refused there.
            inside = tuple(self._inside(lines, row))
        with self._faults.kept():
            field = self._field(row, inside)
            if field.type == "repeat" and _has_repeat(field):
                row.refuse("type", "a repeat cannot stand in a repeat: our forms have one level")
            yield field
            if row["type"].endswith(" or_other"):
                yield self._other(row, field)

    def _field(self, row: Row, inside: tuple[Field, ...]) -> Field:
        kind, choices = self._type(row)
        self._check_columns(row, kind)
        return Field(
            type=kind,
            name=self._name(row, row["name"]),
            label=shown(row, "label")
            or (kind != "calculate" and row.refuse("label", Why("a field needs a label", "no-label")))
            or "",
            hint=shown(row, "hint"),
            required=self._required(row, kind),
            relevant=_read(row, "relevant", parse_condition),
            constraint=_read(row, "constraint", parse_condition),
            constraint_message=shown(row, "constraint_message"),
            appearance=row["appearance"],
            choices=choices,
            choice_filter=_read(row, "choice_filter", _parse_filter),
            calculation=_read(row, "calculation", parse_operand),
            repeat_count=_read(row, "repeat_count", parse_operand),
            fields=inside,
        )

    def _type(self, row: Row) -> tuple[FieldType, str]:
        """The type, and the name of its list of choices."""
        words = row["type"].split(" ")
        if words[0] in _SELECTS and (len(words) == 2 or words[2:] == ["or_other"]):
            return _SELECTS[words[0]], self._list(row, words[1], or_other=len(words) > 2)
        if row["type"] in _ADDED:
            why = f"{row['type']!r} records what nobody was asked: take the row out"
            row.refuse("type", Why(why, "not-asked", name=row["type"]))
        if row["type"] not in _PLAIN:
            known = ", ".join([*_PLAIN, *(f"{select} LIST" for select in _SELECTS)])
            why = f"our forms have no type {row['type']!r}: there are {known}"
            row.refuse("type", Why(why, "unknown-type", name=row["type"]))
        return _PLAIN[row["type"]], ""

    def _list(self, row: Row, name: str, *, or_other: bool) -> str:
        if name not in self.choices:
            known = f"there are {', '.join(self.choices)}" if self.choices else "it is empty"
            why = f"there is no list {name!r} on the sheet choices: {known}"
            row.refuse("type", Why(why, "unknown-list", name=name))
        if or_other and row["choice_filter"]:
            row.refuse(
                "choice_filter", "or_other has no filter: write the choice and its text field yourself"
            )
        if or_other and all(choice.name != _OTHER.name for choice in self.choices[name]):
            # A list of its own: the questions that share the list do not offer it.
            self.choices[f"{name}.{_OTHER.name}"] = [*self.choices[name], _OTHER]
            name = f"{name}.{_OTHER.name}"
        self.lists.add(name)
        return name

    def _other(self, row: Row, field: Field) -> Field:
        return Field(
            type="text",
            name=self._name(row, f"{field.name}_other"),
            label=_OTHER_TEXT,
            relevant=Selected(Ref(field.name), _OTHER.name),
        )

    def _name(self, row: Row, name: str) -> str:
        if not is_field_name(name):
            row.refuse("name", not_a_name(name))
        if name in _RESERVED:
            row.refuse("name", f"{name!r} is used by every record: choose another name")
        if name in self.rows:
            why = f"{name!r} is also the name of row {self.rows[name].number}"
            row.refuse("name", Why(why, "same-name", name=name))
        self.rows[name] = row
        return name

    def _check_columns(self, row: Row, kind: FieldType) -> None:
        """What a field of that type cannot have."""
        appearance, known = row["appearance"], sorted(_APPEARANCES.get(kind, set()))
        if appearance and appearance not in known:
            what = f"there are {', '.join(known)}" if known else "leave the cell empty"
            row.refuse("appearance", f"a {kind} has no appearance {appearance!r}: {what}")
        for column in ("constraint", "constraint_message"):
            if row[column] and kind in {*_UNASKED, "calculate"}:
                row.refuse(column, f"a {kind} has no value to constrain")
        if row["constraint_message"] and not row["constraint"]:
            row.refuse("constraint_message", "there is no constraint to explain")
        for column, kinds in _ONLY.items():
            if row[column] and kind not in kinds:
                row.refuse(column, f"a {kind} has no {column}: leave the cell empty")
        if kind == "calculate" and not row["calculation"]:
            row.refuse("calculation", "write here what is calculated")

    def _required(self, row: Row, kind: FieldType) -> bool:
        required = _REQUIRED.get(row["required"].lower())
        if required is None:
            row.refuse(
                "required", f"{row['required']!r} is neither yes nor no: write one of them, or nothing"
            )
        if required and kind in {*_UNASKED, "calculate"}:
            row.refuse("required", f"a {kind} cannot be required: nobody answers it")
        return required


def not_a_name(name: str) -> Why:
    why = f"{name!r} is not a name: a letter, then up to 63 letters, digits and _"
    return Why(why, "bad-name" if name else "no-name", name=name)


def shown(row: Row, column: str) -> str:
    """What people read there."""
    for each in (column, *(name for name in row.columns if name.startswith(f"{column}::"))):
        if "${" in row[each]:
            row.refuse(each, "a text cannot show an answer: write it without ${…}")
    return row[column]


def _has_repeat(field: Field) -> bool:
    return any(each.type == "repeat" or _has_repeat(each) for each in field.fields)


def _parse_filter(text: str) -> Condition:
    return parse_condition(text, columns=True)


def _read(row: Row, column: str, parse: Callable[[str], _Read]) -> _Read | None:
    try:
        return parse(row[column]) if row[column] else None
    except ExpressionError as fault:
        row.refuse(column, Why(str(fault), "bad-expression"))
