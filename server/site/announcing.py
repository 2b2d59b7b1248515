"""The page that says what changed, the pages in the place of what was taken away, and the feed."""

from __future__ import annotations

import datetime
from xml.etree import ElementTree as Xml

from server.site.changing import Change, History
from server.site.reading import Data, View
from server.site.sources import Sources
from server.site.speaker import Speaker
from server.site.withdrawals import WithdrawnPage
from server.site.words import CHANGE_KINDS, TITLES

ATOM = "http://www.w3.org/2005/Atom"
"""RFC 4287."""


def change_views(
    sources: Sources, changes: list[Change], labels: dict[str, str], speaker: Speaker
) -> list[View]:
    """`labels` are the neutral titles of the pages that are there, by path."""

    def data(speaker: Speaker) -> Data:
        return {
            "changes": [_shown(change, labels) for change in changes],
            "withdrawn": [*_pages(sources, speaker), *_entries(sources, speaker)],
        }

    title = speaker.plain(TITLES["changes"], "label")
    views = [View(path="/changes", title=title, template="changes.html", data=data)]
    return views + [_withdrawn_view(page, title) for page in sources.withdrawn.page]


def feed(sources: Sources, history: History, labels: dict[str, str], speaker: Speaker) -> str:
    """The changes as Atom. Titles are the neutral ones: a news reader shows them to whoever looks on.

    Addresses are relative to the feed's own (RFC 3986), so that it holds under any name of the hub.
    """
    tag, name, changes = speaker.tag, sources.operator.app_name, history.changes
    Xml.register_namespace("", ATOM)
    root = Xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": tag})
    _add(root, "id", f"urn:sojourn:feed:{tag}")
    _add(root, "title", f"{name}: {speaker.plain(TITLES['changes'], 'label')}")
    _add(root, "updated", _moment(history.newest))
    Xml.SubElement(root, f"{{{ATOM}}}link", {"href": f"/{tag}/changes"})
    Xml.SubElement(root, f"{{{ATOM}}}link", {"rel": "self", "href": f"/{tag}/feed.xml"})
    author = Xml.SubElement(root, f"{{{ATOM}}}author")
    _add(author, "name", name)
    for change in changes:
        entry = Xml.SubElement(root, f"{{{ATOM}}}entry")
        kind = speaker.plain(CHANGE_KINDS[change.kind])
        _add(entry, "id", f"urn:sojourn:change:{tag}:{change.path}:{change.date.isoformat()}")
        _add(entry, "title", f"{labels.get(change.path, change.path)}: {kind}")
        _add(entry, "updated", _moment(change.date))
        href = f"/{tag}{change.path}" if change.path in labels else f"/{tag}/changes"
        Xml.SubElement(entry, f"{{{ATOM}}}link", {"href": href})
        _add(entry, "summary", kind)
    return Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _shown(change: Change, labels: dict[str, str]) -> Data:
    return {
        "path": change.path,
        "there": change.path in labels,
        "label": labels.get(change.path, change.path),
        "kind": CHANGE_KINDS[change.kind],
        "date": change.date,
    }


def _pages(sources: Sources, speaker: Speaker) -> list[Data]:
    return [
        {"name": speaker.block(page.title), "country": "", "why": speaker.block(page.why), "date": page.date}
        for page in sources.withdrawn.page
    ]


def _entries(sources: Sources, speaker: Speaker) -> list[Data]:
    return [
        {
            "name": speaker.block(entry.who),
            "country": speaker.country(entry.country),
            "why": speaker.block(entry.why) if entry.why else "",
            "date": entry.date,
        }
        for entry in sources.withdrawn.entry
    ]


def _withdrawn_view(page: WithdrawnPage, title: str) -> View:
    return View(path=page.path, title=title, template="withdrawn.html", data=lambda _: {"page": page})


def _add(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _moment(day: datetime.date) -> str:
    """RFC 3339, at the day's beginning: the hour is not known."""
    return f"{day.isoformat()}T00:00:00Z"
