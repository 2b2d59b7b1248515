"""What is read out of a translation, and which translation it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog as Po

from server.errors import TranslationError
from server.site.back_translations import (
    Translated,
    load_back,
    read_back,
    translated_in,
    translation_hash,
    unknown_in,
    write_back,
)
from server.site.catalogs import Key
from server.site.minor import Edit
from server.site.reading_back import parse_answers, questions, take_answers

TAG = "lo"


def catalogs(**said: str) -> dict[Key, Translated]:
    """What is translated: `a="ກ"` says that the English `a` is `ກ` in Lao."""
    po = Po(TAG)
    for english, lao in said.items():
        po.add(english, lao)
    return translated_in({"content": po})


def answer(folder: Path, translated: dict[Key, Translated], text: str) -> list[str]:
    """Takes the answers into `back.po` of a folder; gives those that were to nothing."""
    path = folder / "answers.json"
    path.write_text(text, "utf-8")
    taken = take_answers(path, parse_answers(path), translated, load_back(folder, TAG))
    write_back(folder, TAG, translated, taken.found)
    return taken.strangers


def states(folder: Path, translated: dict[Key, Translated]) -> list[str]:
    return [read_back(one, load_back(folder, TAG)) for one in translated.values()]


def test_a_skeleton_has_every_translated_message_with_the_hash_of_its_translation(tmp_path: Path) -> None:
    po = Po(TAG)
    po.add("a", "ກ")
    po.add("b")
    po.add("c", "ຂ", flags=["fuzzy"])
    write_back(tmp_path, TAG, translated_in({"app": po}), {})
    text = (tmp_path / "lo/LC_MESSAGES/back.po").read_text("utf-8")
    assert text.endswith(f'# of {translation_hash(["ກ"])}\n#. domain app\nmsgid "a"\nmsgstr ""\n\n')


def test_a_reading_holds_until_the_translation_changes(tmp_path: Path) -> None:
    answer(tmp_path, catalogs(a="ກ", b="ຂ"), '{"a": "read a", "b": "read b"}')
    assert states(tmp_path, catalogs(a="ກ", b="ຄ", c="ງ")) == ["read", "outdated", "missing"]


def test_a_new_skeleton_keeps_what_holds_and_empties_the_rest(tmp_path: Path) -> None:
    answer(tmp_path, catalogs(a="ກ", b="ຂ"), '{"a": "read a", "b": "read b"}')
    now = catalogs(a="ກ", b="ຄ")
    write_back(tmp_path, TAG, now, load_back(tmp_path, TAG))
    assert states(tmp_path, now) == ["read", "missing"]


def test_a_reading_of_a_message_that_is_gone_is_named(tmp_path: Path) -> None:
    answer(tmp_path, catalogs(a="ກ", b="ຂ"), '{"a": "read a"}')
    assert unknown_in(load_back(tmp_path, TAG), catalogs(a="ກ")) == [(None, "b")]


def test_a_minor_edit_takes_a_reading_along(tmp_path: Path) -> None:
    answer(tmp_path, catalogs(a="ກ"), '{"a": "read a"}')
    found = load_back(tmp_path, TAG, [Edit(before="a", to="A", why="x")])
    assert [read_back(one, found) for one in catalogs(A="ກ").values()] == ["read"]


def test_one_english_that_both_catalogs_say_differently_is_one_entry_of_both(tmp_path: Path) -> None:
    app, content = Po(TAG), Po(TAG)
    app.add("Help", "ກ")
    content.add("Help", "ຂ")
    (one,) = translated_in({"app": app, "content": content}).values()
    assert (one.domains, one.forms, one.wanted) == (("app", "content"), ("ກ", "ຂ"), 1)


def test_each_plural_form_is_read(tmp_path: Path) -> None:
    po = Po("ar")
    po.add(("%(num)s line", "%(num)s lines"), tuple("abcdef"))
    translated = translated_in({"app": po})
    with pytest.raises(TranslationError, match=r"line 1: .* has 6 forms to read, and 1 are given"):
        answer(tmp_path, translated, '{"%(num)s line": "one"}')
    path = tmp_path / "answers.json"
    path.write_text('{"%(num)s line": ["1", "2", "3", "4", "5", "6"]}', "utf-8")
    write_back(tmp_path, "ar", translated, take_answers(path, parse_answers(path), translated, {}).found)
    found = load_back(tmp_path, "ar")
    assert [read_back(one, found) for one in translated.values()] == ["read"]


def test_who_reads_back_is_given_translations_and_no_english(tmp_path: Path) -> None:
    translated = catalogs(a="ກ", b="ກ", c="ງ")
    answer(tmp_path, translated, '{"c": "read c"}')
    (left,) = questions(translated, load_back(tmp_path, TAG))
    assert (left.id, left.translation) == (translation_hash(["ກ"]), ["ກ"])
    assert answer(tmp_path, translated, f'{{"id": "{left.id}", "back": "read"}}\n') == []
    assert states(tmp_path, translated) == ["read", "read", "read"]


def test_an_answer_to_a_translation_that_was_changed_since_is_named_and_not_taken(tmp_path: Path) -> None:
    was = translation_hash(["ກ"])
    now = catalogs(a="ຂ")
    assert answer(tmp_path, now, f'{{"id": "{was}", "back": "read"}}\n') == [was]
    assert states(tmp_path, now) == ["missing"]


def test_a_context_tells_two_of_the_same_english_apart(tmp_path: Path) -> None:
    po = Po(TAG)
    po.add("a", "ກ")
    po.add("a", "ຂ", context="label")
    translated = translated_in({"content": po})
    answer(tmp_path, translated, '{"id": "a", "context": "label", "back": "read"}')
    assert states(tmp_path, translated) == ["missing", "read"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"id": "a", "back": "x"}\n\n{"id": "a"}\n', "line 3: Object missing required field `back`"),
        ('{"id": "a", "back": "x"}\n{"id": "a", "back": ""}\n', "line 2: Expected `str` of length >= 1"),
        ("back: x", "line 1: neither JSON lines of id and back nor a JSON object of texts"),
    ],
)
def test_answers_that_cannot_be_read_are_refused_with_their_line(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(TranslationError, match=told):
        answer(tmp_path, catalogs(a="ກ"), text)
