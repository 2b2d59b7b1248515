"""An exported tree on the plainest host there is, and as files on a memory card."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server.settings import parse_settings
from server.site import export
from tests.browser.conftest import Chromium
from tests.browser.words import pattern


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: who asked for what is nobody's business, in tests too."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Files and nothing else, on an origin of their own, until the end of the block."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join(10)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("export")
    (root / "data").mkdir()
    (root / "data" / "operator.toml").write_text('locales = ["en", "km", "ur"]\n', "utf-8")
    export(parse_settings({"SOJOURN_DATA": str(root / "data")}), root / "tree")
    return root / "tree"


def pages_of(tree: Path, locale: str) -> list[str]:
    return sorted(path.relative_to(tree).as_posix() for path in (tree / locale).rglob("*.html"))


def keep_whole(page: Page, locale: str) -> None:
    offered = page.locator('[data-notice="keep"] button')
    expect(offered.or_(page.locator("#saved:not([hidden])")).first).to_be_visible()
    if offered.is_visible():
        offered.click()
    whole = pattern(
        locale,
        "Saved on this phone: everything",
        "Saved on this phone: everything. It opens with no connection now.",
    )
    expect(page.locator("#saved")).to_have_text(whole)


def test_one_visit_to_a_plain_host_keeps_the_whole_locale(tree: Path, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        with served(tree) as origin:
            page.goto(f"{origin}/")
            page.locator("main a[lang=km]").click()
            keep_whole(page, "km")
        tab = browser.new_page()
        for at, name in enumerate(pages_of(tree, "km")[::5]):
            # Some of each kind, by turns as the file is called, and as on a hub.
            tab.goto(f"{origin}/{name if at % 2 else name.removesuffix('.html').removesuffix('index')}")
            expect(tab.locator("html")).to_have_attribute("lang", "km")
            expect(tab.locator("h1").first).to_be_visible()
        tab.close()
        page.goto(f"{origin}/")
        expect(page.locator("html")).to_have_attribute("lang", "km")
        page.locator("ul.tiles a").first.click()
        page.locator("ul.topics a").first.click()
        expect(page.locator("article.topic h1")).to_be_visible()
        page.locator("#leave").click()
        page.wait_for_url("**/km/units.html")


def test_a_page_asked_for_as_on_a_hub_is_found_as_a_file(tree: Path, chromium: Chromium) -> None:
    with chromium.open() as browser, served(tree) as origin:
        page = browser.new_page()
        page.goto(f"{origin}/km/")
        keep_whole(page, "km")
        page.goto(f"{origin}/ur/topics/papers")
        page.wait_for_url(f"{origin}/ur/topics/papers.html")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        response = page.goto(f"{origin}/ur/topics/nothing")
        assert response is not None
        assert response.status == 404


def test_languages_lead_to_the_same_page_with_and_without_a_network(tree: Path, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        with served(tree) as origin:
            for locale in ("ur", "km"):
                page.goto(f"{origin}/{locale}/topics/papers.html")
                keep_whole(page, locale)
        page.goto(f"{origin}/km/topics/papers")
        page.locator("nav.languages a[lang=ur]").click()
        page.wait_for_url(f"{origin}/ur/topics/papers.html")
        page.locator("nav.sections a").nth(1).click()
        page.wait_for_url(f"{origin}/ur/help/index.html")
        expect(page.locator("ul.countries")).to_be_visible()


def test_a_memory_card_is_read_from_its_files(tree: Path, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto((tree / "index.html").as_uri())
        page.locator("main a[lang=ur]").click()
        page.wait_for_url("file:///**/ur/index.html")
        colour = "getComputedStyle(document.querySelector('ul.tiles')).listStyleType"
        assert page.evaluate(colour) == "none", "the style is not there"
        page.locator("ul.tiles a").first.click()
        page.locator("ul.topics a").first.click()
        expect(page.locator("article.topic h1")).to_be_visible()
        page.locator(".helpers a").first.click()
        page.wait_for_url("file:///**/ur/help/index.html")
        page.locator("nav.languages a[lang=km]").click()
        page.wait_for_url("file:///**/km/help/index.html")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.wait_for_url("file:///**/km/units.html")
        expect(page.locator("#converter")).to_be_visible()
