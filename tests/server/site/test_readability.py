"""The English that people read: easy on the whole, and no text of it hard. docs/decisions/reading-age.md."""

from __future__ import annotations

from statistics import mean

from server.site.guidance import Guidance, load_guidance
from server.site.places import find_places
from server.site.readability import reading_age
from server.site.rules import READING_AGE_MAX, age_of
from server.site.topics import Page, Topic, load_pages, load_topics

AVERAGE_MAX = 11.0


def test_the_english_needs_a_reading_age_of_at_most_11_on_average_and_nowhere_over_12() -> None:
    content = find_places().content
    items: list[Topic | Page | Guidance] = [
        *load_topics(content / "topics"),
        *load_pages(content / "pages"),
        *load_guidance(content / "guidance"),
    ]
    ages = {item.path.name: age_of(item) for item in items}
    assert mean(ages.values()) <= AVERAGE_MAX
    assert {name: age for name, age in ages.items() if age > READING_AGE_MAX} == {}


def test_a_longer_sentence_and_a_longer_word_each_need_more() -> None:
    easy = reading_age(["We go home. They help."])
    assert easy < reading_age(["We go home and they help."])
    assert easy < reading_age(["We go home. Representatives help."])


def test_a_sentence_of_two_words_counts() -> None:
    assert reading_age(["Go home. We ask them for it now."]) < reading_age(
        ["Go home we ask them for it now."]
    )


def test_nothing_to_read_needs_no_age() -> None:
    assert reading_age(["", "2015"]) == 0.0
