"""Leave quickly: what somebody who grabs the phone can see afterwards."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, Chromium

PAGES = ["/", "/topics/", "/topics/papers", "/help/", "/help/th", "/about", "/privacy", "/notes"]


def press(page: Page, way: str) -> None:
    if way == "button":
        page.locator("#leave").click()
    else:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")


@pytest.mark.parametrize("way", ["button", "Escape twice"])
@pytest.mark.parametrize("network", ["online", "offline"])
def test_every_page_is_left_for_the_converter(app: App, chromium: Chromium, way: str, network: str) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/my/")
        app.keep_whole(page)
        app.network.online = network == "online"
        for address in PAGES:
            tab = browser.new_page()
            tab.goto(f"{app.origin}/my{address}")
            expect(tab.locator("h1").first).to_be_visible()
            press(tab, way)
            tab.wait_for_url(f"{app.origin}/my/units")
            expect(tab.locator("#converter")).to_be_visible()
            tab.close()


def test_back_shows_no_page_of_ours_but_the_converter(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        for address in ("/", "/topics/", "/topics/papers", "/help/"):
            page.goto(f"{app.origin}/km{address}")
        press(page, "button")
        page.wait_for_url("**/km/units")
        # What any frame shows from here on is written down by the page itself, from its first moment.
        page.add_init_script(
            """addEventListener('DOMContentLoaded', () => requestAnimationFrame(() => {
                const seen = JSON.parse(sessionStorage.getItem('seen') ?? '[]');
                const hidden = getComputedStyle(document.documentElement).display === 'none';
                if (!hidden) seen.push(location.pathname);
                sessionStorage.setItem('seen', JSON.stringify(seen));
            }))"""
        )
        for _ in range(4):
            page.evaluate("setTimeout(() => history.back(), 0)")
            page.wait_for_timeout(1000)
            if page.url == "about:blank":
                break
            expect(page).to_have_url(f"{app.origin}/km/units")
            assert page.locator("article.topic, .tiles, .countries").count() == 0
            seen = page.evaluate("JSON.parse(sessionStorage.getItem('seen') ?? '[]')")
            assert set(seen) <= {"/km/units"}


def test_opened_anew_the_app_is_there_again(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/km/topics/papers")
        press(page, "button")
        page.wait_for_url("**/km/units")
        tab = browser.new_page()
        tab.goto(f"{app.origin}/km/topics/papers")
        expect(tab.locator("article.topic")).to_be_visible()


def test_without_scripts_leaving_is_a_link(app: App) -> None:
    assert '<a id="leave" href="/km/units"' in app.fetch("/km/topics/papers")


def test_the_converter_says_nothing_of_us_and_links_nowhere(app: App) -> None:
    html = app.fetch("/km/units")
    assert "Sojourn" not in html
    assert "<a " not in html


@pytest.mark.parametrize("locale", ["km", "my", "th", "ur"])
def test_the_converter_speaks_the_pages_language(app: App, chromium: Chromium, locale: str) -> None:
    # Chromium itself knows no Khmer and no Burmese.
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/{locale}/units")
        page.locator("#amount").fill("12")
        expect(page.locator("#result")).not_to_be_empty()
        said = [page.locator("#result").inner_text(), *page.locator("select option").all_inner_texts()]
        assert [text for text in said if re.search("[A-Za-z]{3}", text)] == []
