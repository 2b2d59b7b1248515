"""What `sojourn translations list` counts."""

from __future__ import annotations

import datetime
from pathlib import Path

import msgspec
import pytest

from server.site.back_translations import load_back, translated_in, write_back
from server.site.catalogs import catalog_path, load_catalog, read_catalog
from server.site.exchange import find_locale, import_catalogs
from server.site.locales import Review, load_locales
from server.site.minor import Edit
from server.site.places import Places
from server.site.reading_back import parse_answers, take_answers
from server.site.reviews import reviewed_state, source_hash
from server.site.speaker import Voice
from server.site.topics import Topic, load_topics
from server.site.translation_states import LocaleState, states
from server.site.updating import update

from .small_site import make_site, po_text

THREE = po_text(
    'msgid "Keep your papers in a safe place."\nmsgstr "ຮັກສາເອກະສານ."',
    'msgid "Call 1300 now."\nmsgstr "ໂທ 1300."',
    'msgctxt "label"\nmsgid "Papers"\nmsgstr "ເອກະສານ"',
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = make_site(tmp_path / "checkout")
    update(places)
    path = places.root / "three.po"
    path.write_text(THREE, "utf-8")
    import_catalogs(places, find_locale(places, "lo"), [path])
    return places


def state_of(places: Places) -> LocaleState:
    (state,) = states(places)
    return state


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_every_message_is_counted_once(places: Places) -> None:
    change(places.translations / "content.pot", "Keep your papers in", "Keep all your papers in")
    change(places.translations / "content.pot", "Call 1300 now.", "Call 1300 now!")
    change(catalog_path(places.translations, "lo", "content"), 'msgctxt "label"', '#, fuzzy\nmsgctxt "label"')
    app, content = state_of(places).catalogs
    assert (app.messages, app.translated, app.count("missing")) == (3, 0, 3)
    assert (content.messages, content.translated) == (4, 0)
    assert [content.count(state) for state in ("missing", "outdated", "fuzzy")] == [1, 2, 1]
    formers = {one.key[1]: one.former for one in content.waiting if one.state == "outdated"}
    assert formers == {
        "Keep all your papers in a safe place.": "Keep your papers in a safe place.",
        "Call 1300 now!": "Call 1300 now.",
    }


def test_another_english_in_its_place_is_missing_and_not_outdated(places: Places) -> None:
    change(places.translations / "content.pot", "Keep your papers in a safe place.", "Who pays for the bus?")
    _, content = state_of(places).catalogs
    assert (content.count("missing"), content.count("outdated")) == (2, 0)


def test_what_was_read_back_is_counted_with_what_a_change_has_outdated(places: Places) -> None:
    po = read_catalog(catalog_path(places.translations, "lo", "content"), "lo")
    translated = translated_in({"content": po})
    answers = places.root / "answers.json"
    answers.write_text('{"Papers": "Papers", "Call 1300 now.": "Phone 1300."}', "utf-8")
    found = load_back(places.translations, "lo")
    taken = take_answers(answers, parse_answers(answers), translated, found)
    write_back(places.translations, "lo", translated, taken.found)
    change(catalog_path(places.translations, "lo", "content"), "ໂທ 1300.", "ໂທຫາ 1300.")
    _, content = state_of(places).catalogs
    assert (content.read_back, content.back_outdated, content.back_missing) == (1, 1, 1)


def topic_and_voice(places: Places, reviews: list[Review], minor: list[Edit]) -> tuple[Topic, Voice]:
    (topic,) = load_topics(places.content / "topics")
    lao = next(one for one in load_locales(places.translations) if one.tag == "lo")
    return topic, Voice(
        locale=msgspec.structs.replace(lao, reviews=reviews),
        app=load_catalog(places.translations, "lo", "app"),
        content=load_catalog(places.translations, "lo", "content"),
        minor=minor,
    )


def test_a_review_holds_until_a_word_changes_but_for_a_minor_edit(places: Places) -> None:
    topic, voice = topic_and_voice(places, [], [])
    assert reviewed_state(topic, voice) == "not"
    review = Review(
        topic="papers", source=source_hash(topic, voice), by="A", role="B", date=datetime.date(2026, 1, 1)
    )
    topic, voice = topic_and_voice(places, [review], [])
    assert reviewed_state(topic, voice) == "reviewed"
    change(places.content / "topics/papers.md", "Your papers are yours.", "The papers are yours.")
    topic, voice = topic_and_voice(places, [review], [])
    assert reviewed_state(topic, voice) == "outdated"
    edit = Edit(before="Your papers are yours.", to="The papers are yours.", why="style")
    topic, voice = topic_and_voice(places, [review], [edit])
    assert reviewed_state(topic, voice) == "reviewed"
