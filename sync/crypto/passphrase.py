"""Passphrases, normalised so that the same words open the vault on any keyboard and any system."""

from __future__ import annotations

import unicodedata

import regex

_INVISIBLE = regex.compile(r"\p{Default_Ignorable_Code_Point}")
_SPACES = regex.compile(r"\p{White_Space}+")


def normalised(passphrase: str) -> str:
    """NFKC, then no default-ignorable characters, then one space for each run of white space, none at the ends."""
    composed = unicodedata.normalize("NFKC", passphrase)
    return _SPACES.sub(" ", _INVISIBLE.sub("", composed)).strip(" ")
