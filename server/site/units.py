"""The unit converter's page: what it shows when there is no script to convert with."""

from __future__ import annotations

import msgspec
from babel.units import format_unit

from server.site.digits import own_digits
from server.site.locales import Locale
from server.site.words import MEASURES

# One of the left unit, and what it is in the right one; temperatures are pairs that people know.
_ROWS: dict[str, list[tuple[float, str, float, str]]] = {
    "length": [
        (1, "length-inch", 2.54, "length-centimeter"),
        (1, "length-foot", 30.48, "length-centimeter"),
        (1, "length-meter", 3.281, "length-foot"),
        (1, "length-mile", 1.609, "length-kilometer"),
        (1, "length-kilometer", 0.621, "length-mile"),
    ],
    "weight": [
        (1, "mass-ounce", 28.35, "mass-gram"),
        (1, "mass-pound", 0.454, "mass-kilogram"),
        (1, "mass-kilogram", 2.205, "mass-pound"),
    ],
    "temperature": [
        (0, "temperature-celsius", 32, "temperature-fahrenheit"),
        (20, "temperature-celsius", 68, "temperature-fahrenheit"),
        (37, "temperature-celsius", 98.6, "temperature-fahrenheit"),
        (100, "temperature-celsius", 212, "temperature-fahrenheit"),
    ],
    "volume": [
        (1, "volume-fluid-ounce", 29.57, "volume-milliliter"),
        (1, "volume-gallon", 3.785, "volume-liter"),
        (1, "volume-liter", 0.264, "volume-gallon"),
    ],
}

_KINDS = {
    "length": ["kilometer", "mile", "meter", "yard", "foot", "inch", "centimeter", "millimeter"],
    "mass": ["kilogram", "pound", "ounce", "gram", "stone"],
    "temperature": ["celsius", "fahrenheit"],
    "volume": ["liter", "gallon", "fluid-ounce", "milliliter"],
}
"""The converter's units, in CLDR's groups; pwa/src/units/quantities.ts has the same."""


def unit_patterns(locale: Locale) -> str:
    """How an amount of each unit is written, `{0} kilometers`, as JSON: for browsers that do not know the language."""
    two = own_digits("2", locale.cldr)
    patterns = {
        unit: _amount(2, f"{kind}-{unit}", locale).replace(two, "{0}")
        for kind, units in _KINDS.items()
        for unit in units
    }
    return msgspec.json.encode(patterns).decode()


def unit_tables(locale: Locale) -> list[dict[str, object]]:
    return [
        {
            "name": MEASURES[measure],
            "rows": [
                {"left": _amount(value, unit, locale), "right": _amount(other, into, locale)}
                for value, unit, other, into in rows
            ],
        }
        for measure, rows in _ROWS.items()
    ]


def _amount(value: float, unit: str, locale: Locale) -> str:
    """CLDR has no long form of some units in some languages; Babel then gives the unit's own code."""
    for length in ("long", "short", "narrow"):
        said = format_unit(value, unit, length=length, locale=locale.cldr, numbering_system="default")
        if unit not in said:
            break
    return own_digits(said, locale.cldr)
