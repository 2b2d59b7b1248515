"""Catalogs that follow the English: what is translated stays; an edit outdates it unless it is called minor."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog as Po

from server.errors import TranslationError
from server.site.back_translations import Back, load_back, translated_in, write_back
from server.site.catalogs import forms_of, load_catalog, new_catalog, read_catalog, write_catalog
from server.site.minor import Edit, carry_over, formerly
from server.site.places import Places, places_under
from server.site.updating import update

LOCALE = 'native_name = "ລາວ"\nenglish_name = "Lao"\nscript = "Laoo"\ndirection = "ltr"\n'


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A template of two messages, and a locale that has translated one."""
    places = places_under(tmp_path)
    folder = places.translations / "lo"
    folder.mkdir(parents=True)
    (folder / "locale.toml").write_text(LOCALE, "utf-8")
    say(places, "Keep your papers.", "Go home.")
    translated = new_catalog("content", "lo")
    translated.add("Keep your papers.", "ຮັກສາເອກະສານ.")
    write_catalog(folder / "LC_MESSAGES" / "content.po", translated)
    return places


def say(places: Places, *texts: str) -> None:
    """The English, as if the source had been extracted."""
    for domain, messages in (("app", ()), ("content", texts)):
        template = new_catalog(domain)
        for text in messages:
            template.add(text)
        write_catalog(places.translations / f"{domain}.pot", template)


def edit(places: Places, before: str, to: str) -> None:
    text = f'# why\n[[edit]]\nfrom = "{before}"\nto = "{to}"\nwhy = "spelling"\n'
    (places.translations / "minor.toml").write_text(text, "utf-8")


def test_what_is_translated_stays_and_what_is_missing_is_counted(places: Places) -> None:
    assert update(places) == {"lo/app": 0, "lo/content": 1}
    assert load_catalog(places.translations, "lo", "content").find("Keep your papers.") == "ຮັກສາເອກະສານ."


def test_english_that_goes_and_comes_back_finds_its_translation(places: Places) -> None:
    say(places, "Go home.")
    assert update(places)["lo/content"] == 1
    say(places, "Keep your papers.")
    assert update(places)["lo/content"] == 0


def test_what_was_read_back_of_english_that_is_gone_goes_with_it(places: Places) -> None:
    update(places)
    catalogs = {"content": read_catalog(places.translations / "lo/LC_MESSAGES/content.po", "lo")}
    [(key, one)] = translated_in(catalogs).items()
    read = Back(of=one.hash, forms=("Keep the papers.",), line=1)
    write_back(places.translations, "lo", {key: one}, {key: read})
    update(places)
    assert [back.forms for back in load_back(places.translations, "lo").values()] == [("Keep the papers.",)]
    say(places, "Go home.")
    update(places)
    assert load_back(places.translations, "lo") == {}


def test_an_edit_outdates_a_translation_unless_it_is_called_minor(places: Places) -> None:
    say(places, "Keep all your papers.", "Go home.")
    edit(places, "Keep your papers.", "Keep all your papers.")
    assert update(places)["lo/content"] == 1
    found = load_catalog(places.translations, "lo", "content")
    assert found.find("Keep all your papers.") == "ຮັກສາເອກະສານ."
    po = read_catalog(places.translations / "lo/LC_MESSAGES/content.po", "lo")
    assert list(po.obsolete) == []


def test_an_edit_finds_a_translation_that_waits_as_obsolete(places: Places) -> None:
    say(places, "Keep all your papers.", "Go home.")
    assert update(places)["lo/content"] == 2
    edit(places, "Keep your papers.", "Keep all your papers.")
    assert update(places)["lo/content"] == 1


def test_an_edit_takes_nothing_from_an_english_that_is_translated_already() -> None:
    po, template = Po("lo"), Po()
    po.add("a b", "ເກົ່າ")
    po.add("a b c", "ໃໝ່")
    template.add("a b c")
    found = Edit(before="a b", to="a b c", why="x")
    assert carry_over(po, template, [found]) == 0
    present = po.get("a b c")
    assert present is not None
    assert forms_of(present.string) == ("ໃໝ່",)


@pytest.mark.parametrize(
    ("before", "to", "told"),
    [
        ("Go home.", "Keep your papers.", r"line 3: from: still stands in the English"),
        ("Go hom.", "Go away.", r"line 4: to: stands nowhere in the English"),
        ("Pay 5.", "Go home.", r"line 4: to: has the numbers \[\] for \['5'\]: this is no minor edit"),
        ("Go %(where)s.", "Go home.", r"line 4: to: loses or changes a placeholder"),
        ("[Go](help:) home.", "Go home.", r"line 4: to: loses or changes a link"),
        ("**Go** home.", "Go home.", r"line 4: to: loses or changes markup"),
    ],
)
def test_an_edit_that_is_not_minor_or_not_of_this_english_is_refused_with_its_line(
    places: Places, before: str, to: str, told: str
) -> None:
    edit(places, before, to)
    with pytest.raises(TranslationError, match=told):
        update(places)


def test_an_edit_of_an_edit_may_follow_it(places: Places) -> None:
    say(places, "Keep all of your papers.")
    edit(places, "Keep your papers.", "Keep all your papers.")
    path = places.translations / "minor.toml"
    more = '[[edit]]\nfrom = "Keep all your papers."\nto = "Keep all of your papers."\nwhy = "style"\n'
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    assert update(places)["lo/content"] == 0


def test_the_english_as_it_was_before_each_edit_is_known() -> None:
    edits = [Edit(before="a", to="b", why="x"), Edit(before="b", to="c", why="x")]
    assert list(formerly(["c", "z"], edits)) == [["c", "z"], ["b", "z"], ["a", "z"]]


def test_a_new_catalog_has_the_plural_forms_that_cldr_has() -> None:
    forms = {tag: new_catalog("app", tag).num_plurals for tag in ("my", "id", "ru", "ar", "fr", "tr")}
    assert forms == {"my": 1, "id": 1, "ru": 3, "ar": 6, "fr": 2, "tr": 2}
