"""What the build refuses in content, each with its path and field; and that the real content passes."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from server.errors import ContentError
from server.site.places import Places, find_places
from server.site.readability import reading_age
from server.site.rules import WORDS_MAX, WORDS_MIN, age_of, word_count
from server.site.sources import load_sources
from server.site.topics import load_pages, load_topics

TODAY = datetime.date(2026, 11, 21)
Edit = Callable[[str], str]


def replacing(old: str, new: str) -> Edit:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


def without_sources(text: str) -> str:
    return text[: text.index("sources:")] + "sources: []\n" + text[text.index("facts_as_of:") :]


LONG_WORDS = (
    "Authorities internationally characteristically acknowledge administrative responsibilities "
    "regarding documentation irregularities notwithstanding organisational considerations. "
)


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (without_sources, "sources"),
        (replacing("helps: [embassy", "helps: [fortune-teller"), "helps"),
        (replacing("(topic:law)", "(topic:lore)"), "body"),
        (replacing("(topic:law)", "(http://a.example)"), "body"),
        (replacing("related: [", "related: [nowhere, "), "related"),
        (replacing("facts_as_of:", "reviewed: {by: Someone, date: 2026-01-01}\nfacts_as_of:"), "reviewed"),
        (
            replacing("facts_as_of:", "reviewed: {by: A, role: B, date: 2030-01-01}\nfacts_as_of:"),
            "reviewed.date",
        ),
        (replacing("slug: papers", "slug: passport"), "slug"),
        (replacing("stage: way", "stage: prison"), "stage"),
        (replacing("label: Papers", "label: Papers\ncolour: red"), "colour"),
        (replacing("## What you can do", "## And now"), "body"),
        (replacing("## Why it matters", "## Why it matters\n<b>x</b>\n"), "body"),
        (replacing("## Why it matters", "# Why it matters"), "body"),
        (replacing("Your papers show who you are.", "![a](b.png)"), "body"),
        (replacing("Your papers show who you are.", LONG_WORDS * 2), "body"),
        (replacing("Your papers show who you are.", "We say so. " * 20), "body"),
        (lambda text: text[: text.index("## What the rules")] + "## What you can do\n- Go.\n", "body"),
    ],
)
def test_a_topic_that_breaks_a_rule_stops_the_build_with_its_path_and_field(
    places: Places, tmp_path: Path, edit: Edit, field: str
) -> None:
    path = places.content / "topics" / "papers.md"
    path.write_text(edit(path.read_text("utf-8")), "utf-8")
    with pytest.raises(ContentError) as raised:
        load_sources(places, tmp_path, TODAY)
    assert raised.value.path == path
    assert raised.value.field.startswith(field)


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (replacing('kind = "anti-trafficking"', 'kind = "magic"'), "entry[0].kind"),
        (replacing('dial = "1300"', 'dial = "call us"'), "entry[0].numbers[0].dial"),
        (replacing('source_title = "1300 centre site (Thai)"', 'source_title = ""'), "entry[0].source_title"),
        (replacing('numbers = [{ dial = "1300", label = "" }]', "numbers = []"), "entry[0]"),
        (replacing("enforcement = false", 'enforcement = false\nchecks_papers = "no"'), "entry[0]"),
        (replacing('id = "th-1694"', 'id = "th-1300"'), "entry th-1300"),
        (replacing('country = "TH"', 'country = "TL"'), "country"),
        (
            replacing("enforcement = false", 'enforcement = false\nchecked = {by = "A", date = 2026-01-01}'),
            "entry[0].checked",
        ),
        (
            replacing(
                "enforcement = false",
                'enforcement = false\nchecked = {by = "A", role = "B", date = 2031-01-01}',
            ),
            "th-1300.checked.date",
        ),
    ],
)
def test_an_entry_that_breaks_a_rule_stops_the_build_with_its_path_and_field(
    places: Places, tmp_path: Path, edit: Edit, field: str
) -> None:
    path = places.content / "directory" / "th.toml"
    path.write_text(edit(path.read_text("utf-8")), "utf-8")
    with pytest.raises(ContentError) as raised:
        load_sources(places, tmp_path, TODAY)
    assert raised.value.path == path
    assert raised.value.field.startswith(field)


def test_every_real_topic_has_the_wanted_length_and_reading_age() -> None:
    topics = load_topics(find_places().content / "topics")
    assert len(topics) >= 8
    for topic in topics:
        assert WORDS_MIN <= word_count(topic.blocks) <= WORDS_MAX, topic.facts.slug
        assert age_of(topic) <= 12, topic.facts.slug


def test_short_words_in_short_sentences_need_a_lower_reading_age_than_long_ones() -> None:
    assert reading_age(["We go. They can help you."]) < 8
    assert reading_age([LONG_WORDS]) > 12


def test_names_of_treaties_do_not_count_against_a_text() -> None:
    name = "Council of Europe Convention on Action against Trafficking in Human Beings"
    text = f"The {name} says so."
    assert reading_age([text], [name]) < reading_age([text])


def test_the_pages_of_the_site_are_there() -> None:
    assert {page.facts.slug for page in load_pages(find_places().content / "pages")} == {"about", "privacy"}
