"""What a reader does: visit once, lose the network, read everything all the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import RESTYLED, App, Chromium
from tests.browser.waiting import wait_until

TOPICS = ["agents", "papers", "young"]
COUNTRIES = ["kh", "mm", "th"]
ADDRESSES = [
    "/",
    "/topics/",
    *(f"/topics/{slug}" for slug in TOPICS),
    "/help/",
    *(f"/help/{country}" for country in COUNTRIES),
    "/check/offer",
    "/costs/",
    "/costs/th",
    "/phrases/",
    "/phrases/ja",
    "/words",
    "/dates",
    "/search",
    "/changes",
    "/guide/",
    "/guide/duties",
    "/guide/asem-2015",
    "/about",
    "/privacy",
    "/units",
    "/notes",
]
"""A page of each kind; tests/browser/test_walk.py opens all of them."""
HOLDS_PARTS = "async (count) => (await (await caches.open('sojourn-packs')).keys()).length >= count"
DIRECTIONS = {"my": "ltr", "ur": "rtl", "km": "ltr", "th": "ltr", "en": "ltr"}


def parts_held(page: Page) -> list[str]:
    return sorted(
        page.evaluate(
            "async () => (await (await caches.open('sojourn-packs')).keys()).map(r => new URL(r.url).pathname)"
        )
    )


def text_of(page: Page) -> str:
    return page.locator("main").inner_text()


@pytest.mark.parametrize("locale", ["my", "ur"])
def test_after_one_visit_every_page_of_the_locale_opens_offline_in_a_new_tab(
    app: App, chromium: Chromium, locale: str
) -> None:
    with chromium.open(locale=locale) as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/")
        page.locator("main").get_by_role("link").and_(page.locator(f"[lang={locale}]")).first.click()
        page.wait_for_url(f"{app.origin}/{locale}/")
        app.keep_whole(page)
        app.network.online = False
        for address in ADDRESSES:
            tab = browser.new_page()
            tab.goto(f"{app.origin}/{locale}{address}")
            html = tab.locator("html")
            expect(html).to_have_attribute("lang", locale)
            expect(html).to_have_attribute("dir", DIRECTIONS[locale])
            expect(tab.locator("h1").first).to_be_visible()
            tab.close()


def test_everything_is_there_after_the_browser_was_closed(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/my/")
        app.keep_whole(page)
    app.network.online = False
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/my/topics/{TOPICS[0]}")
        expect(page.locator("article.topic h1")).to_be_visible()


def test_a_page_made_by_the_phone_is_the_page_that_the_hub_sends(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/ur/")
        app.keep_whole(page)
        other = []
        for address in ADDRESSES:
            response = page.goto(f"{app.origin}/ur{address}")
            assert response is not None
            assert response.from_service_worker, address
            if response.text() != app.fetch(f"/ur{address}"):
                other.append(address)
        assert other == []


def test_two_locales_are_kept_and_switching_offline_stays_at_the_same_page(
    app: App, chromium: Chromium
) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        for locale in ("km", "ur"):
            page.goto(f"{app.origin}/{locale}/topics/{TOPICS[0]}")
            app.keep_whole(page)
        app.network.online = False
        page.locator("nav.languages a[lang=km]").click()
        page.wait_for_url(f"{app.origin}/km/topics/{TOPICS[0]}")
        expect(page.locator("html")).to_have_attribute("dir", "ltr")
        expect(page.locator("article.topic h1")).to_be_visible()


def test_the_start_address_remembers_the_language_without_a_cookie(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/th/")
        app.keep_whole(page)
        again = browser.new_page()
        again.goto(f"{app.origin}/")
        expect(again.locator("html")).to_have_attribute("lang", "th")
        assert browser.cookies() == []
        again.goto(f"{app.origin}/?languages")
        expect(again.locator("ul.languages.large")).to_be_visible()


def test_a_part_changed_by_one_byte_is_refused_and_the_old_stays(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/about")
        app.keep_whole(page)
        before = text_of(page)
        app.name_operator("Somebody New")

        def change(path: str, body: bytes) -> bytes:
            return bytes([body[0] ^ 1]) + body[1:] if path.startswith("/packs/parts/") else body

        app.network.change = change
        tab = browser.new_page()
        tab.goto(f"{app.origin}/en/")
        expect(tab.get_by_text("was changed on the way")).to_be_visible()
        tab.goto(f"{app.origin}/en/about")
        assert text_of(tab) == before
        app.network.change = None
        tab.reload()
        tab.goto(f"{app.origin}/en/")
        app.keep_whole(tab)
        tab.goto(f"{app.origin}/en/about")
        expect(tab.locator("main")).to_contain_text("Somebody New")


def test_a_download_cut_after_every_part_goes_on_where_it_stopped(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        index_parts = app.part_count("en")
        for arrived in range(1, index_parts + 1):
            app.network.cut_after = 1
            page = browser.new_page()
            page.goto(f"{app.origin}/en/")
            if arrived == 1:
                page.locator('[data-notice="keep"] button').click()
            wait_until(page, HOLDS_PARTS, arrived)
            page.close()
        app.network.cut_after = None
        page = browser.new_page()
        page.goto(f"{app.origin}/en/")
        app.keep_whole(page)
        asked = [path for path in app.network.seen if path.startswith("/packs/parts/")]
        whole = set(parts_held(page))
        assert len(whole) == index_parts
        # Each part arrived whole once; what was asked for again had been cut.
        assert len(asked) <= 3 * index_parts


def test_a_restyle_changes_no_part(app: App, chromium: Chromium, tmp_path: Path) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/")
        app.keep_whole(page)
        before = parts_held(page)
        app.network.seen.clear()
        app.restyle(tmp_path)
        tab = browser.new_page()
        tab.goto(f"{app.origin}/en/")
        expect(tab.get_by_role("button", name=re.compile("new version", re.IGNORECASE))).to_be_visible()
        tab.get_by_role("button", name=re.compile("new version", re.IGNORECASE)).click()
        wait_until(tab, RESTYLED)
        assert parts_held(tab) == before
        assert [path for path in app.network.seen if path.startswith("/packs/parts/")] == []


def test_an_update_waits_for_the_person(app: App, chromium: Chromium, tmp_path: Path) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/")
        app.keep_whole(page)
        app.restyle(tmp_path)
        page.evaluate("navigator.serviceWorker.ready.then(registration => registration.update())")
        expect(page.get_by_role("button", name=re.compile("new version", re.IGNORECASE))).to_be_visible()
        other = browser.new_page()
        other.goto(f"{app.origin}/en/about")
        assert (
            other.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--restyled').trim()")
            == ""
        )


def test_pages_can_be_read_with_no_javascript(app: App, chromium: Chromium) -> None:
    for address in ADDRESSES:
        html = app.fetch(f"/my{address}")
        assert "<h1" in html or address == "/notes"
        if address != "/units":
            assert 'id="leave" href="/my/units"' in html


def test_no_page_asks_another_host_for_anything(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for address in ADDRESSES:
            page.goto(f"{app.origin}/km{address}")
        assert [url for url in asked if not url.startswith((app.origin, "data:", "blob:"))] == []


def axe_violations(page: Page) -> list[str]:
    source = Path(__file__).parents[2] / "pwa" / "node_modules" / "axe-core" / "axe.min.js"
    page.evaluate(source.read_text("utf-8"))
    found = page.evaluate(
        """() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
            'cat.color'], rules: {'color-contrast-enhanced': {enabled: true}}})
            .then(result => result.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))]))"""
    )
    return [json.dumps(violation) for violation in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_pass_axe(app: App, chromium: Chromium, scheme: str) -> None:
    with chromium.open() as browser:
        for address in (
            "/",
            "/topics/",
            f"/topics/{TOPICS[0]}",
            "/help/",
            "/help/th",
            "/help/mm",
            "/about",
            "/units",
        ):
            page = browser.new_page()
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.goto(f"{app.origin}/ur{address}")
            assert axe_violations(page) == [], address
            page.close()


@pytest.mark.parametrize("locale", ["en", "km", "my", "ur", "th"])
def test_nothing_scrolls_sideways_at_320_pixels_and_double_text(
    app: App, chromium: Chromium, locale: str
) -> None:
    with chromium.open(viewport={"width": 320, "height": 640}) as browser:
        page = browser.new_page()
        for address in ADDRESSES:
            page.goto(f"{app.origin}/{locale}{address}")
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, address
