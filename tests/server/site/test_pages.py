"""What a reader gets: the pages of a whole build, as bytes and as text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from server.site.lint_translations import sensitive_in
from server.site.locales import load_locales
from server.site.packs import PART_MAX_BYTES
from server.site.places import find_places

from .conftest import Built

PAGE_MAX_BYTES = 14_000
PACK_MAX_BYTES = 200_000
LOCALES = {locale.tag: locale for locale in load_locales(find_places().translations)}
CONTENT = find_places().content


def slugs(folder: str, pattern: str) -> list[str]:
    return sorted(path.stem for path in (CONTENT / folder).glob(pattern))


TOPICS = slugs("topics", "*.md")
COUNTRIES = slugs("directory", "*.toml")
SPOKEN = sorted({*LOCALES, *slugs("phrases", "*.toml")} - {"phrases"})
PAGES = [
    "index", "topics/index", *(f"topics/{slug}" for slug in TOPICS),
    "help/index", *(f"help/{code}" for code in COUNTRIES),
    "guide/index", *(f"guide/{slug}" for slug in [*slugs("guidance", "*.md"), *slugs("indicators", "*.toml")]),
    *(f"check/{slug}" for slug in slugs("checks", "*.toml")),
    "costs/index", *(f"costs/{code}" for code in slugs("fees", "*.toml") if code != "world"),
    "phrases/index", *(f"phrases/{tag}" for tag in SPOKEN),
    "words", "dates", "search", "changes", "not-mine", "about", "privacy", "notes", "units", "404",
]  # fmt: skip


@pytest.mark.parametrize("tag", LOCALES)
def test_every_page_of_every_locale_is_there_in_its_language_and_direction(built: Built, tag: str) -> None:
    head = f'<!doctype html>\n<html lang="{tag}" dir="{LOCALES[tag].direction}">'
    assert [name for name in PAGES if not built.page(f"{tag}/{name}.html").startswith(head)] == []


def test_every_page_can_be_read_with_fourteen_thousand_bytes(built: Built) -> None:
    """Its HTML, the style and `leave.js`."""
    sizes = built.report.pages
    assert len(sizes) == len(LOCALES) * len(PAGES) + 3
    assert {name: size for name, size in sizes.items() if size > PAGE_MAX_BYTES} == {}


def test_every_part_has_at_most_24_kib(built: Built) -> None:
    assert max(size for parts in built.report.parts.values() for size in parts.values()) <= PART_MAX_BYTES


def test_a_whole_language_has_at_most_two_hundred_kilobytes(built: Built) -> None:
    assert max(sum(parts.values()) for parts in built.report.parts.values()) <= PACK_MAX_BYTES


@pytest.mark.parametrize("tag", LOCALES)
def test_no_title_address_or_manifest_says_what_the_app_is_about(built: Built, tag: str) -> None:
    glossary = [*LOCALES[tag].glossary, *LOCALES["en"].glossary]
    pages = {path: path.read_text("utf-8") for path in (built.tree / tag).rglob("*.html")}
    shown = [re.findall(r"<title>(.*?)</title>", page)[0] for page in pages.values()]
    shown += [path.stem for path in pages]
    shown.append(built.page(f"{tag}/manifest.webmanifest"))
    assert {text: found for text in shown if (found := sensitive_in(text, glossary))} == {}


@pytest.mark.parametrize("tag", sorted(set(LOCALES) - {"en"}))
def test_every_title_is_in_the_pages_own_language(built: Built, tag: str) -> None:
    """In another script an acronym may stand, such as CLDR's SAR of Hong Kong; in our own, words that two share."""
    titles = {
        path.relative_to(built.tree / tag).as_posix(): re.findall(r"<title>(.*?)</title>", page)[0]
        for path in (built.tree / tag).rglob("*.html")
        if (page := path.read_text("utf-8"))
    }
    if LOCALES[tag].script == "Latn":
        english = {name: re.findall(r"<title>(.*?)</title>", built.page(f"en/{name}"))[0] for name in titles}
        same = [name for name in titles if name.startswith("topics/") and titles[name] == english[name]]
        assert len(same) < len(TOPICS) / 8
    else:
        assert {
            name for name in titles if re.search("[a-z]{3}", titles[name].replace("Sojourn", ""))
        } == set()


@pytest.mark.parametrize("tag", LOCALES)
def test_nothing_in_a_head_describes_the_page_to_a_link_preview(built: Built, tag: str) -> None:
    for slug in TOPICS:
        head = built.page(f"{tag}/topics/{slug}.html").split("</head>")[0]
        assert "description" not in head
        assert "og:" not in head


@pytest.mark.parametrize("tag", LOCALES)
@pytest.mark.parametrize("name", ["index", "topics/papers", "help/th", "privacy", "notes"])
def test_quick_exit_stands_in_the_header_of_every_page(built: Built, tag: str, name: str) -> None:
    page = built.page(f"{tag}/{name}.html")
    assert page.index("<header") < page.index(f'<a id="leave" href="/{tag}/units"') < page.index("<main")


@pytest.mark.parametrize("tag", LOCALES)
def test_the_converter_has_nothing_of_ours_and_leads_nowhere(built: Built, tag: str) -> None:
    page = built.page(f"{tag}/units.html")
    assert "Sojourn" not in page
    assert "<a " not in page
    assert "<table>" in page
    assert "-inch" not in page


def test_nothing_is_loaded_from_elsewhere(built: Built) -> None:
    for path in built.tree.rglob("*.html"):
        for address in re.findall(r'(?:src|<link[^>]* href)="([^"]+)"', path.read_text("utf-8")):
            assert address.startswith(("/assets/", "/")) or address == "data:,", path


def test_every_link_inside_leads_to_a_file(built: Built) -> None:
    def is_there(address: str) -> bool:
        name = address.removeprefix("/")
        return any((built.tree / f"{name}{end}").is_file() for end in ("", ".html", "index.html"))

    for path in built.tree.rglob("*.html"):
        if path.parent.name != "assets":
            addresses = set(re.findall(r'(?:href|src)="(/[^"#]*)', path.read_text("utf-8")))
            assert [address for address in addresses if not is_there(address)] == [], path


def test_a_page_in_another_language_links_to_the_same_page_in_all(built: Built) -> None:
    page = built.page("ur/topics/papers.html")
    assert all(f'href="/{tag}/topics/papers" hreflang="{tag}"' in page for tag in LOCALES)


def test_what_nobody_has_read_says_so_and_shows_its_sources(built: Built) -> None:
    page = built.page("en/topics/papers.html")
    assert "From sources up to <bdi>2016</bdi>." in page
    assert "Not yet read by a lawyer." in page
    assert 'id="sources"' in page
    assert 'href="/en/topics/papers" hreflang="en"' in built.page("km/topics/papers.html").split("</main>")[0]


def test_lines_of_enforcement_come_last_and_carry_a_caution(built: Built) -> None:
    page = built.page("en/help/kh.html")
    assert page.index("In danger now") < page.index('id="kh-emergency"') < page.index('id="kh-child-1280"')
    assert page.index('id="kh-child-1280"') < page.index('id="kh-117"')
    entry = page[page.index('id="kh-117"') :]
    assert "An authority answers here." in entry
    assert "Nobody has checked this number yet. We found it at:" in entry
    assert "We are less sure of this number" in entry


def test_what_is_not_known_of_a_line_is_said_but_not_in_the_way_of_an_emergency(built: Built) -> None:
    page = built.page("en/help/th.html")
    danger, others = page.split('<section class="entries">')
    assert "Not known" not in danger
    assert "<dt>Cost</dt><dd>Not known</dd>" in others


def test_a_number_is_called_by_one_tap_and_stands_left_to_right(built: Built) -> None:
    page = built.page("ur/help/my.html")
    assert 'href="tel:0380008000"' in page
    assert '<bdi dir="ltr">+60380008000</bdi>' in page
    assert page.count('href="tel:999"') == 1
    assert 'href="https://wa.me/60192615999"' in page


def test_a_country_with_nothing_to_call_says_so_first_and_offers_what_there_is(built: Built) -> None:
    main = built.page("en/help/mm.html").split('<main id="main" tabindex="-1">')[1]
    assert main.index("We have no number in Myanmar") < main.index("What you can do")
    assert (
        main.index("What you can do")
        < main.index('href="tel:+66991301300"')
        < main.index('href="/en/help/th"')
    )
    assert 'href="tel:1300"' not in main


def test_the_service_worker_knows_every_file_of_the_shell_by_its_hash(built: Built) -> None:
    script = built.page("sw.js")
    listed, _ = json.JSONDecoder().raw_decode(script, script.index('{"app":'))
    assert set(listed) == {"version", "assets", "app", "base", "files", "locales", "hashes"}
    assert set(listed["locales"]) == set(LOCALES)
    assert listed["locales"]["ur"]["dir"] == "rtl"
    assert set(listed["hashes"]) >= {
        *listed["assets"],
        *listed["app"],
        "/",
        "/join",
        "/ur/notes",
        "/ur/units",
    }


def test_manifests_differ_in_name_language_and_direction_alone(built: Built) -> None:
    def rest(tag: str) -> dict[str, object]:
        manifest = msgspec.json.decode(built.page(f"{tag}/manifest.webmanifest"))
        return {
            key: value for key, value in manifest.items() if key not in {"name", "short_name", "lang", "dir"}
        }

    assert rest("ur") == rest("en")
    assert (rest("en")["id"], rest("en")["scope"], rest("en")["start_url"]) == ("/", "/", "/")


def test_a_file_has_its_smaller_neighbours(built: Built) -> None:
    page = built.tree / "km" / "topics" / "papers.html"
    for suffix in (".br", ".gz"):
        neighbour = Path(f"{page}{suffix}")
        assert 0 < neighbour.stat().st_size < page.stat().st_size
