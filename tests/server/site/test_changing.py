"""What changes between two builds is said, with no more than is known; what an operator adds is shown."""

from __future__ import annotations

import datetime
from pathlib import Path
from xml.etree import ElementTree as Xml

import msgspec
import pytest

from server.errors import SiteError
from server.settings import Settings
from server.site.announcing import ATOM
from server.site.building import build
from server.site.changing import Change, History, load_histories, next_histories
from server.site.places import Places
from server.site.sources import Sources, load_sources
from tests.conftest import TODAY

from .conftest import Built

LATER = TODAY + datetime.timedelta(days=30)
DIRECTORY = """
[[withdraw]]
id = "th-1694"
reason = "Nobody answered, three times in a week."
shown = "This line does not answer any more."
"""
DUTIES = """
[[duty]]
country = "TH"
text = "Tell the child protection office when a child is in danger."
source_title = "An act of the country"
source_address = "https://law.example/act"
"""


def english(places: Places, settings: Settings) -> Sources:
    settings.data.mkdir(exist_ok=True)
    (settings.data / "operator.toml").write_text('locales = ["en"]\n', "utf-8")
    return load_sources(places, settings.data, TODAY)


def changed(sources: Sources, slug: str) -> Sources:
    topics = [
        msgspec.structs.replace(topic, facts=msgspec.structs.replace(topic.facts, summary="Another one."))
        if topic.facts.slug == slug
        else topic
        for topic in sources.topics
    ]
    return msgspec.structs.replace(sources, topics=topics)


def test_a_first_build_has_changed_nothing_and_the_next_says_what_it_changed(
    places: Places, settings: Settings
) -> None:
    sources = english(places, settings)
    first = next_histories({}, sources, TODAY)
    assert (first["en"].changes, first["en"].newest) == ([], TODAY)
    assert next_histories(first, sources, LATER) == first

    fewer = msgspec.structs.replace(
        sources, topics=[topic for topic in sources.topics if topic.facts.slug != "work"]
    )
    second = next_histories(first, changed(fewer, "papers"), LATER)
    assert second["en"].changes == [
        Change(date=LATER, path="/topics/papers", kind="changed"),
        Change(date=LATER, path="/topics/work", kind="removed"),
    ]
    third = next_histories(second, changed(sources, "papers"), LATER)
    assert third["en"].changes[0] == Change(date=LATER, path="/topics/work", kind="new")
    assert third["en"].newest == LATER


def test_a_page_that_changes_twice_in_a_day_is_said_once(places: Places, settings: Settings) -> None:
    """Two entries of one id are one to a news reader (RFC 4287, 4.1.1)."""
    sources = english(places, settings)
    fewer = msgspec.structs.replace(
        sources, topics=[topic for topic in sources.topics if topic.facts.slug != "work"]
    )
    first = next_histories({}, fewer, TODAY)
    second = next_histories(first, changed(sources, "papers"), LATER)
    third = next_histories(second, changed(sources, "work"), LATER)
    assert third["en"].changes == [
        Change(date=LATER, path="/topics/papers", kind="changed"),
        Change(date=LATER, path="/topics/work", kind="new"),
    ]


def test_what_holds_for_all_countries_is_a_change_of_a_page_that_there_is(
    places: Places, settings: Settings
) -> None:
    sources = english(places, settings)
    first = next_histories({}, sources, TODAY)
    fees = [file for file in sources.tools.fees if file.slug != "world"]
    tools = msgspec.structs.replace(sources.tools, fees=fees)
    second = next_histories(first, msgspec.structs.replace(sources, tools=tools), LATER)
    assert "/costs/" in first["en"].prints
    assert [change.path for change in second["en"].changes] == ["/costs/"]


def test_a_history_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "changes.json").write_text("{", "utf-8")
    with pytest.raises(SiteError, match=r"changes\.json: cannot be read: .* Put back the file"):
        load_histories(tmp_path)


def test_another_locales_history_is_kept_while_it_is_not_offered(places: Places, settings: Settings) -> None:
    kept = History(begun=TODAY, prints={"/topics/papers": "x"}, changes=[])
    assert next_histories({"km": kept}, english(places, settings), LATER)["km"] == kept


def test_what_an_operator_withdraws_records_and_adds_is_shown(places: Places, settings: Settings) -> None:
    english(places, settings)
    build(settings, places=places, today=TODAY)
    data = settings.data
    (data / "directory.toml").write_text(DIRECTORY, "utf-8")
    (data / "duties.toml").write_text(DUTIES, "utf-8")
    (data / "audio" / "en").mkdir(parents=True)
    (data / "audio" / "en" / "papers.opus").write_bytes(b"OggS" * 100)
    (data / "indicators").mkdir()
    signs = (places.content / "indicators" / "asem-2015.toml").read_text("utf-8")
    (data / "indicators" / "ours-2026.toml").write_text(signs.replace('"asem-2015"', '"ours-2026"'), "utf-8")
    build(settings, places=places, today=LATER)

    def page(name: str) -> str:
        return (data / "site" / "en" / name).read_text("utf-8")

    assert 'href="tel:1694"' not in page("help/th.html")
    assert "This line does not answer any more." in page("changes.html")
    assert "Nobody answered, three times" not in page("changes.html")
    assert 'data-audio="/audio/en/papers.opus" data-size="400"' in page("topics/papers.html")
    assert (data / "site" / "audio" / "en" / "papers.opus").read_bytes() == b"OggS" * 100
    assert "Tell the child protection office" in page("guide/duties.html")
    assert 'href="/en/guide/ours-2026"' in page("guide/index.html")

    feed = Xml.fromstring((data / "site" / "en" / "feed.xml").read_text("utf-8"))
    said = {
        entry.findtext(f"{{{ATOM}}}title"): entry.findtext(f"{{{ATOM}}}updated")
        for entry in feed.iter(f"{{{ATOM}}}entry")
    }
    assert said == dict.fromkeys(("Thailand: changed", "List: new"), f"{LATER}T00:00:00Z")


def test_every_feed_has_what_atom_asks_for(built: Built) -> None:
    for path in sorted(built.tree.glob("*/feed.xml")):
        feed = Xml.fromstring(path.read_text("utf-8"))
        assert feed.tag == f"{{{ATOM}}}feed"
        for name in ("id", "title", "updated", "author", "link"):
            assert feed.find(f"{{{ATOM}}}{name}") is not None, (path, name)
        assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == Path(path).parent.name
