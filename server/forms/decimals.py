"""Numbers with a point, as text: what is hashed and signed has no floats (docs/formats.md)."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal

# Enough for money and measures; beyond, the two languages would still agree, but people mistyped.
_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{0,5}[1-9])?")
_PLACES = 6
# Up to here JavaScript writes a number's digits out.
_LARGEST = 1e21
# The default one has too few digits for 10^21 with six decimals.
_CONTEXT = Context(prec=40)


def is_decimal(text: str) -> bool:
    """Its one form: no sign, no zeros that say nothing, at most 12 digits before the point and 6 after it."""
    return _DECIMAL.fullmatch(text) is not None


def rounded(number: float, places: int = _PLACES) -> float:
    """Halves go away from zero, as `toFixed` does with what a float exactly is."""
    if not math.isfinite(number) or abs(number) >= _LARGEST:
        return math.nan
    return float(_fixed(number, places))


def number_text(number: float) -> str:
    """As people write it, with at most six decimals; empty for what is no number, or too large to be written."""
    if not math.isfinite(number) or abs(number) >= _LARGEST:
        return ""
    text = f"{_fixed(number, _PLACES):f}"
    text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _fixed(number: float, places: int) -> Decimal:
    return Decimal(number).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=_CONTEXT)
