"""Numbers in a locale's own digits, as CLDR has it: Babel knows which system is the default, not its digits."""

from __future__ import annotations

from babel import Locale

# The digit nought of each numbering system that is some locale's default; CLDR's names.
_ZEROS = {
    "arab": 0x660, "arabext": 0x6F0, "beng": 0x9E6, "deva": 0x966, "guru": 0xA66, "khmr": 0x17E0,
    "laoo": 0xED0, "mymr": 0x1040, "olck": 0x1C50, "tamldec": 0xBE6, "telu": 0xC66, "thai": 0xE50,
    "tibt": 0xF20,
}  # fmt: skip


def own_digits(text: str, locale: Locale) -> str:
    """The text with its digits in the locale's default numbering system; for figures, never for telephone numbers."""
    zero = _ZEROS.get(locale.default_numbering_system)
    return text if zero is None else text.translate({0x30 + digit: zero + digit for digit in range(10)})
