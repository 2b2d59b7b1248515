"""Markdown, links, shells, words: the pure pieces that pages are made of."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

import server.site
from server.site.catalogs import load_catalog
from server.site.links import absolute, file_of, relative_from
from server.site.locales import load_locales
from server.site.markdown import Block, UnwantedMarkupError, parse_blocks, render_inline
from server.site.places import find_places
from server.site.shell import Fragment, fill
from server.site.speaker import Speaker, Voice
from server.site.stamps import stamp_of

from .small_site import make_site


def speaker(tag: str) -> Speaker:
    translations = find_places().translations
    locale = next(locale for locale in load_locales(translations) if locale.tag == tag)
    app, content = (load_catalog(translations, tag, domain) for domain in ("app", "content"))
    return Speaker(Voice(locale=locale, app=app, content=content), absolute)


def test_the_rooms_face_is_what_it_lists() -> None:
    assert set(server.site.__all__) == {
        "BuildReport", "build", "export", "extract", "update",
    }  # fmt: skip


def test_a_body_becomes_blocks_of_one_line_each() -> None:
    assert parse_blocks("## A b\nOne\ntwo.\n\n- x\n  y\n") == [
        Block(kind="heading", text="A b", line=1),
        Block(kind="paragraph", text="One two.", line=2),
        Block(kind="item", text="x y", line=5),
    ]


@pytest.mark.parametrize(
    "body", ["# A", "### A", "1. a", "> a", "```\na\n```", "    a", "---", "- a\n  - b", "`a`"]
)
def test_what_pages_do_not_carry_is_refused(body: str) -> None:
    with pytest.raises(UnwantedMarkupError):
        parse_blocks(f"Text.\n\n{body}\n")


def test_a_link_is_resolved_and_anything_like_html_is_text() -> None:
    html = render_inline('[**A**](topic:law) <i> "q"', lambda target: f"/km/{target.partition(':')[2]}")
    assert html == '<a href="/km/law"><strong>A</strong></a> &lt;i&gt; &quot;q&quot;'


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/km/", "km/index.html"),
        ("/km/topics/papers", "km/topics/papers.html"),
        ("/zh-Hans/help/th", "zh-Hans/help/th.html"),
        ("/join", "join.html"),
        ("/sw.js", "sw.js"),
        ("/packs/km/index", "packs/km/index"),
    ],
)
def test_an_address_has_its_file(address: str, file: str) -> None:
    assert file_of(address) == file


def test_a_relative_link_leads_from_folder_to_folder() -> None:
    link = relative_from("/km/topics/papers")
    assert link("/km/topics/law") == "law.html"
    assert link("/th/help/") == "../../th/help/index.html"
    assert relative_from("/")("/km/") == "km/index.html"


def test_holes_are_filled_once_and_what_fills_them_is_not_looked_at() -> None:
    shell = '<title><!--[title]--></title><a href="/th<!--[path]-->"></a><!--[main]-->'
    page = fill(shell, "/a&b", Fragment(title="<!--[main]-->'", main="<p><!--[title]--></p>"))
    title = "&lt;!--[main]--&gt;&#x27;"
    assert page == f'<title>{title}</title><a href="/th/a&amp;b"></a><p><!--[title]--></p>'


def test_numbers_years_and_lists_are_written_as_the_locale_writes_them() -> None:
    assert speaker("my").number(12) == "၁၂"
    assert "၂၀၁၆" in speaker("my").year("2016-11")
    assert speaker("en").languages(["th", "zh-Hans", "km"]) == "Thai, Simplified Chinese, and Khmer"
    assert speaker("en").country("DE") == "Germany"


def test_a_sentence_with_a_number_has_the_form_that_the_number_needs() -> None:
    english = speaker("en")
    assert english.count("%(num)s line", "%(num)s lines", 1) == "1 line"
    assert english.count("%(num)s line", "%(num)s lines", 2) == "2 lines"


def test_values_are_escaped_in_sentences() -> None:
    assert speaker("en").say("Run by %(name)s.", name="<b>") == "Run by &lt;b&gt;."


def test_a_file_that_moves_to_another_folder_is_another_input(tmp_path: Path) -> None:
    places = make_site(tmp_path)
    data, today = tmp_path / "data", datetime.date(2026, 11, 21)
    recording = data / "audio" / "en" / "papers.opus"
    recording.parent.mkdir(parents=True)
    recording.write_bytes(b"OggS")
    before = stamp_of(places, data, today)
    assert stamp_of(places, data, today) == before
    recording.parent.rename(data / "audio" / "lo")
    assert stamp_of(places, data, today) != before
