"""Which questions are asked, and what their answers stand for, given all answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from server.forms.evaluation import Scope, as_value, holds, number_of, result
from server.forms.form import MOST_REPEATS, Choice, Field, Form, Value, Values, key_of, named, walk
from server.forms.moments import today as day_now

# Of a calculation that makes text; as much as a text may have.
LONGEST_TEXT = 280


@dataclass(frozen=True)
class _Place:
    """path: the groups that a field stands in, and itself. repeat: the one among them; None outside."""

    path: tuple[Field, ...]
    repeat: Field | None


class Relevance:
    """Loops were refused when the form was read. today: `2026-11-22`; else by the clock."""

    def __init__(self, form: Form, values: Values, today: str | None = None) -> None:
        self._form = form
        self._values = values
        self._today = today or day_now()
        self._places = {field.name: _place(field, groups) for field, groups in walk(form)}
        self._asked: dict[str, bool] = {}
        self._known: dict[str, Value | None] = {}

    def __call__(self, key: str) -> bool:
        """Whether a question is asked; `key` as in a record: `age`, in a repeat `age/2`."""
        if key not in self._asked:
            name, at = named(key)
            self._asked[key] = self._is_asked(self._places[name], at)
        return self._asked[key]

    def value(self, key: str) -> Value | None:
        """What `${name}` stands for."""
        if key not in self._known:
            self._known[key] = self._value(key) if self(key) else None
        return self._known[key]

    def times(self, repeat: Field) -> int:
        """How often a repeat is there: as often as the form says, else as somebody answered it."""
        if not self(repeat.name):
            return 0
        if repeat.repeat_count is None:
            return answered_times(repeat, self._values)
        wanted = number_of(result(repeat.repeat_count, self.scope(repeat.name)))
        return 0 if math.isnan(wanted) else int(min(max(wanted, 0), MOST_REPEATS))

    def choices(self, key: str) -> Sequence[Choice]:
        """Of a question, those that its filter lets through."""
        field = self._places[named(key)[0]].path[-1]
        listed, wanted = self._form.choices[field.choices], field.choice_filter
        if wanted is None:
            return listed
        scope = self.scope(key)
        return [each for each in listed if holds(wanted, replace(scope, columns=_columns(each)))]

    def scope(self, key: str, own: Value | None = None) -> Scope:
        """What names stand for where a question is: in a repeat those of the same time."""
        name, at = named(key)
        repeat = self._places[name].repeat

        def value(asked: str) -> Value | None:
            inside = at and self._places[asked].repeat is repeat
            return self.value(key_of(asked, at) if inside else asked)

        return Scope(value=value, every=self._every, today=self._today, own=own)

    def _is_asked(self, place: _Place, at: int) -> bool:
        if place.repeat is not None and at > self.times(place.repeat):
            return False
        inside = False
        for each in place.path:
            scope = self.scope(key_of(each.name, at if inside else 0))
            if each.relevant is not None and not holds(each.relevant, scope):
                return False
            inside = inside or each is place.repeat
        return True

    def _value(self, key: str) -> Value | None:
        field = self._places[named(key)[0]].path[-1]
        if field.calculation is not None:
            found = as_value(result(field.calculation, self.scope(key)))
            return found[:LONGEST_TEXT] if isinstance(found, str) else found
        value = self._values.get(key)
        if value is None or field.choice_filter is None:
            return value
        return self._admitted(key, field, value)

    def _admitted(self, key: str, field: Field, value: Value) -> Value | None:
        """Without the choices that the filter keeps out, as when what they hang on was changed."""
        let = {choice.name for choice in self.choices(key)}
        out = {choice.name for choice in self._form.choices[field.choices]} - let
        if isinstance(value, list):
            return [each for each in value if each not in out] or None
        return None if value in out else value

    def _every(self, name: str) -> Sequence[Value]:
        place = self._places[name]
        if place.path[-1].type == "repeat":
            return list(range(1, self.times(place.path[-1]) + 1))
        where = range(1, self.times(place.repeat) + 1) if place.repeat is not None else (0,)
        found = [self.value(key_of(name, at)) for at in where]
        return [each for each in found if each is not None]


def answered_times(repeat: Field, values: Values) -> int:
    """The last time that has an answer; what is calculated does not count."""
    inside = {field.name for field in _answered(repeat)}
    places = [named(key) for key, value in values.items() if not is_empty(value)]
    return max((at for name, at in places if name in inside), default=0)


def is_empty(value: Value | None) -> bool:
    return value is None or value in ("", [])


def _answered(group: Field) -> list[Field]:
    inner = [each for field in group.fields for each in _answered(field)]
    return [*inner, *(field for field in group.fields if field.type != "calculate")]


def _place(field: Field, groups: tuple[Field, ...]) -> _Place:
    return _Place((*groups, field), next((each for each in groups if each.type == "repeat"), None))


def _columns(choice: Choice) -> Mapping[str, str]:
    return {"name": choice.name, **choice.values}
