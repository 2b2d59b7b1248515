"""Catalogs that go out to a translator and come back: nothing is lost, and nothing at fault gets in."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import SiteError, TranslationError
from server.site.catalogs import load_catalog
from server.site.exchange import FaultyImportError, Import, export_catalogs, find_locale, import_catalogs
from server.site.places import Places
from server.site.updating import update

from .small_site import make_site, po_text

KEEP = 'msgid "Keep your papers in a safe place."\nmsgstr "ຮັກສາເອກະສານ."'
KEEP_AND_CALL = (KEEP, 'msgid "Call 1300 now."\nmsgstr "ໂທ 1300."')


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = make_site(tmp_path / "checkout")
    update(places)
    return places


def take(places: Places, text: str, *, skip_faulty: bool = False, name: str = "from-a-tool.po") -> Import:
    path = places.root / name
    path.write_text(text, "utf-8")
    (done,) = import_catalogs(places, find_locale(places, "lo"), [path], skip_faulty=skip_faulty)
    return done


def said(places: Places, message: str) -> str | None:
    return load_catalog(places.translations, "lo", "content").find(message)


def test_a_file_is_taken_into_the_catalog_whose_messages_it_has(places: Places) -> None:
    done = take(places, po_text(*KEEP_AND_CALL))
    assert (done.domain, done.taken, done.unknown) == ("content", 2, [])
    assert said(places, "Call 1300 now.") == "ໂທ 1300."
    again = take(places, po_text(*KEEP_AND_CALL))
    assert (again.taken, again.unchanged) == (0, 2)


def test_a_translation_that_is_missing_in_the_file_stays(places: Places) -> None:
    take(places, po_text(*KEEP_AND_CALL))
    done = take(
        places,
        po_text('msgid "Call 1300 now."\nmsgstr ""', 'msgctxt "label"\nmsgid "Papers"\nmsgstr "ເອກະສານ"'),
    )
    assert (done.taken, done.empty) == (1, 1)
    assert said(places, "Call 1300 now.") == "ໂທ 1300."
    assert said(places, "Keep your papers in a safe place.") == "ຮັກສາເອກະສານ."


def test_what_is_fuzzy_is_not_taken_as_finished(places: Places) -> None:
    done = take(places, po_text(f"#, fuzzy\n{KEEP}"))
    assert (done.taken, done.fuzzy) == (0, 1)
    assert said(places, "Keep your papers in a safe place.") is None


def test_an_empty_file_says_that_it_has_no_language(places: Places) -> None:
    with pytest.raises(TranslationError, match="line 1: does not say in which language it is"):
        take(places, "")


def test_an_edit_that_is_not_minor_loses_no_translation(places: Places) -> None:
    take(places, po_text(KEEP))
    text = '[[edit]]\nfrom = "Keep your papers in a safe place."\nto = "Call 1300 now."\nwhy = "a slip"\n'
    (places.translations / "minor.toml").write_text(text, "utf-8")
    with pytest.raises(TranslationError, match="still stands in the English"):
        take(places, po_text('msgctxt "label"\nmsgid "Papers"\nmsgstr "ເອກະສານ"'))
    assert said(places, "Keep your papers in a safe place.") == "ຮັກສາເອກະສານ."


def test_a_message_that_is_unknown_is_named_with_its_line(places: Places) -> None:
    done = take(places, po_text(KEEP, 'msgid "Gone."\nmsgstr "ໄປ."'))
    assert [(message.id, message.lineno) for message in done.unknown] == [("Gone.", 10)]
    assert done.taken == 1


def test_one_fault_refuses_all_with_file_and_line_unless_the_faulty_may_be_left_out(places: Places) -> None:
    text = po_text(KEEP, 'msgid "Call 1300 now."\nmsgstr "ໂທ 1301."')
    with pytest.raises(FaultyImportError) as raised:
        take(places, text)
    assert raised.value.lines == [
        f"{places.root / 'from-a-tool.po'}, line 10: “Call 1300 now.” has the numbers ['1301'] for ['1300']"
    ]
    assert said(places, "Keep your papers in a safe place.") is None
    done = take(places, text, skip_faulty=True)
    assert (done.taken, len(done.faulty)) == (1, 1)
    assert said(places, "Call 1300 now.") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (po_text(KEEP, language="th"), r"line 3: is in th: Language: lo is wanted"),
        (po_text(KEEP).replace('"Language: lo\\n"\n', ""), "does not say in which language it is"),
        (po_text(KEEP, plurals="nplurals=2; plural=(n != 1);"), r"line 4: has the plural forms of another"),
        (po_text('msgid "x y"\nmsgstr "z"'), "has none of our messages: these are for app and content"),
        (po_text(KEEP) + 'msgid "x\n', "is no PO file"),
    ],
)
def test_a_file_that_is_not_this_languages_or_not_ours_is_refused(
    places: Places, text: str, told: str
) -> None:
    with pytest.raises(TranslationError, match=told):
        take(places, text, skip_faulty=True)


def test_the_list_of_terms_is_not_taken_for_a_catalog(places: Places) -> None:
    text = po_text('msgid "consent"\nmsgstr "ຍິນຍອມ"')
    with pytest.raises(TranslationError, match=r"put the words into glossary\.toml"):
        take(places, text, name="glossary.po")


def test_what_goes_out_comes_back_as_it_was(places: Places, tmp_path: Path) -> None:
    take(places, po_text(*KEEP_AND_CALL))
    before = (places.translations / "lo/LC_MESSAGES/content.po").read_bytes()
    lao = find_locale(places, "lo")
    assert export_catalogs(places, lao, tmp_path / "out") == {"app": 3, "content": 2, "glossary": 0}
    done = import_catalogs(places, lao, [tmp_path / "out/app.po", tmp_path / "out/content.po"])
    assert [(one.domain, one.taken, one.unknown) for one in done] == [("app", 0, []), ("content", 0, [])]
    assert (places.translations / "lo/LC_MESSAGES/content.po").read_bytes() == before


def test_an_outdated_translation_goes_out_with_the_old_english_so_that_a_tool_shows_the_difference(
    places: Places, tmp_path: Path
) -> None:
    take(places, po_text(*KEEP_AND_CALL))
    template = places.translations / "content.pot"
    text = template.read_text("utf-8").replace("Keep your papers in", "Keep all your papers in")
    template.write_text(text, "utf-8")
    lao = find_locale(places, "lo")
    assert export_catalogs(places, lao, tmp_path / "out")["content"] == 3
    shown = (tmp_path / "out/content.po").read_text("utf-8")
    assert (
        "#, fuzzy\n"
        '#| msgid "Keep your papers in a safe place."\n'
        'msgid "Keep all your papers in a safe place."\n'
        'msgstr "ຮັກສາເອກະສານ."\n'
    ) in shown
    finished = shown.replace("#, fuzzy\n", "").replace("ຮັກສາເອກະສານ.", "ຮັກສາເອກະສານທັງໝົດ.")
    assert take(places, finished).taken == 1
    assert said(places, "Keep all your papers in a safe place.") == "ຮັກສາເອກະສານທັງໝົດ."
    assert "#|" not in (places.translations / "lo/LC_MESSAGES/content.po").read_text("utf-8")


def test_the_list_of_terms_goes_out_with_its_notes(places: Places, tmp_path: Path) -> None:
    export_catalogs(places, find_locale(places, "lo"), tmp_path / "out")
    shown = (tmp_path / "out/glossary.po").read_text("utf-8")
    assert '#. To agree freely.\nmsgid "consent"\nmsgstr "ຍິນຍອມ"\n' in shown


def test_a_language_that_there_is_not_is_named_with_those_that_there_are(places: Places) -> None:
    with pytest.raises(SiteError, match="there is no locale xx; there are lo"):
        find_locale(places, "xx")
