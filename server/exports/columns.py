"""Columns made of a form's questions: labels, choices and versions, for headers and for the codebook. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from server.exports.cells import Column
from server.forms import Field, Form, fields, named

HXL: Mapping[str, str] = MappingProxyType(
    {
        "week": "#date+reported",
        "team": "#group+team",
        "place": "#loc+name",
        "setting": "#loc+type",
        "language": "#respondee+language+code",
        "age_band": "#respondee+age",
        "gender": "#respondee+gender",
        "information_given": "#service+information",
        "needs": "#need+type",
        "referral_type": "#service+type",
        "outcome": "#status+referral",
        "barrier": "#access+barrier",
        "people": "#respondee+ind+num",
        "official_status": "#status+official",
        "indicators_deception": "#indicator+deception",
        "indicators_coercion": "#indicator+coercion",
        "indicators_vulnerability": "#indicator+vulnerability",
        "indicators_conditions": "#indicator+conditions",
        "indicators_control": "#indicator+control",
        "indicators_dependence": "#indicator+dependence",
        "exploitation_form": "#impact+exploitation",
    }
)
"""HXL 1.1 hashtags of our own contact form's questions; the other ones, and a programme's own, have none."""


class Questions:
    """What the versions of the forms ask, newest first."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._asked: dict[str, list[tuple[Form, Field]]] = {}
        for form in newest_first(forms):
            for field in fields(form):
                self._asked.setdefault(field.name, []).append((form, field))

    def column(self, key: str, name: str = "") -> Column:
        """Of a field as records call it (`age`, `age/2` in a repeat). name: what the column is called, else the key."""
        field, at = named(key)
        asked = self._asked.get(field, [])
        if not asked:
            return Column(name=name or key)
        _, newest = asked[0]
        return Column(
            name=name or key,
            question=f"{newest.label} ({at})" if at else newest.label,
            type="week" if newest.appearance == "week" else newest.type,
            choices=self.choices(field),
            hxl=HXL.get(field, ""),
            form=tuple(form.id for form, _ in asked),
            version=tuple(form.version for form, _ in asked),
        )

    def choices(self, field: str) -> tuple[tuple[str, str], ...]:
        """Names and labels: in the order of the newest version, then what only older ones have."""
        labels: dict[str, str] = {}
        for form, each in self._asked.get(field, []):
            for choice in form.choices.get(each.choices, ()):
                labels.setdefault(choice.name, choice.label)
        return tuple(labels.items())


def newest_first(forms: Iterable[Form]) -> list[Form]:
    return sorted(sorted(forms, key=lambda form: form.hash), key=lambda form: form.version, reverse=True)


def practice_column(*, practice: bool) -> tuple[Column, ...]:
    """Before all others, so that every line says it."""
    return (Column(name="practice", note="Made-up contacts, for training."),) if practice else ()


def ordered(names: Iterable[str], order: Sequence[str]) -> list[str]:
    """Those that `order` names first, then the others by name."""
    held = set(names)
    return [*(name for name in order if name in held), *sorted(held.difference(order))]
