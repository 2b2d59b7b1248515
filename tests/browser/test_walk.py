"""Every page of every language: nothing missing, nothing foreign, nothing too wide; each kind of page offline.

That the phone makes the very page which the hub sends is shown in `test_reading.py`. What a machine cannot see,
whether a sentence is right, is no matter of this test.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import ViewportSize, expect

from server.site.building import REPORT_FILE
from server.site.locales import load_locales
from server.site.places import find_places
from server.site.reports import BuildReport
from tests.browser.conftest import App, Chromium
from tests.browser.network import Network
from tests.browser.test_reading import axe_violations
from tests.browser.words import said
from tests.conftest import lend
from tests.hubs import Hub

SMALLEST = ViewportSize(width=320, height=640)
LOCALES = {locale.tag: locale for locale in load_locales(find_places().translations)}
KINDS = (
    "/", "/topics/", "/topics/papers", "/help/", "/help/th", "/help/mm", "/check/offer", "/costs/", "/costs/th",
    "/phrases/", "/phrases/ja", "/words", "/dates", "/search", "/changes", "/guide/", "/guide/card",
    "/guide/asem-2015", "/not-mine", "/about",
)  # fmt: skip
"""A page of each kind: they are opened offline, and axe looks at what all pages of a kind share."""
WALKED = {"ar", "my"}
"""Every page is opened offline in these: another direction, and a script in which words are long."""

LOOK = """() => {
    const root = document.documentElement;
    const wide = () => root.scrollWidth - root.clientWidth;
    const at = {normal: wide()};
    root.style.fontSize = "200%";
    at.double = wide();
    root.style.fontSize = "";
    return {
        lang: root.lang,
        dir: root.dir,
        title: document.title,
        heading: document.querySelector("main h1")?.textContent ?? "",
        english: [...document.querySelectorAll(".fallback")].map(each => each.textContent.slice(0, 60)),
        at,
    };
}"""


LOOK_AT_ALL = (
    """async paths => {
    const look = """
    + LOOK
    + """;
    const seen = {};
    for (const path of paths) {
        const answer = await fetch(path);
        if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        document.title = page.title;
        for (const name of ["lang", "dir"]) document.documentElement[name] = page.documentElement[name];
        document.body.replaceWith(page.body);
        seen[path] = look();
    }
    return seen;
}"""
)
"""Each page as the hub sends it, one after the other in one that stands: a tenth of the time of opening it."""


class Seen(msgspec.Struct):
    lang: str
    dir: str
    title: str
    heading: str
    english: list[str]
    at: dict[str, int]


@pytest.fixture
def whole(tmp_path: Path, whole_data: Path) -> Iterator[App]:
    """A hub with every language there is."""
    lend(whole_data, tmp_path / "data")
    with Network() as network:
        hub = Hub(tmp_path / "data", public_url=network.origin)
        network.upstream = hub.url
        hub.start()
        try:
            yield App(network, hub)
        finally:
            hub.end()


def paths_of(app: App, tag: str) -> list[str]:
    report = msgspec.json.decode((app.hub.data / REPORT_FILE).read_bytes(), type=BuildReport)
    whole_pages = {f"/{tag}/{name}" for name in ("404.html", "notes", "units")}
    return sorted(page for page in report.pages if page.startswith(f"/{tag}/") and page not in whole_pages)


@pytest.mark.parametrize("tag", LOCALES)
def test_every_page_is_in_its_own_language_fits_and_can_be_used(
    whole: App, chromium: Chromium, tmp_path: Path, tag: str
) -> None:
    paths = paths_of(whole, tag)
    kinds = {f"/{tag}{path}" for path in KINDS}
    assert kinds <= set(paths)
    wrong: list[str] = []
    with chromium.open(viewport=SMALLEST) as browser:
        page = browser.new_page()
        page.goto(f"{whole.origin}/{tag}/")
        whole.keep_whole(page)
        whole.network.online = False
        for path in paths if tag in WALKED else sorted(kinds):
            answer = page.goto(
                whole.origin + path, wait_until="load" if path in kinds else "domcontentloaded"
            )
            assert answer is not None
            assert (answer.status, answer.from_service_worker) == (200, True), path
            found = [*faults_of(page.evaluate(LOOK), tag), *(axe_violations(page) if path in kinds else [])]
            wrong += [f"{path}: {fault}" for fault in found]
    if tag not in WALKED:
        whole.network.online = True
        # Parsing a text is forbidden by the pages' own policy, and so is left to a browser that does not mind it.
        with chromium.elsewhere(tmp_path / "other").open(viewport=SMALLEST, bypass_csp=True) as browser:
            page = browser.new_page()
            page.goto(f"{whole.origin}/{tag}/")
            seen = page.evaluate(LOOK_AT_ALL, [path for path in paths if path not in kinds])
            wrong += [f"{path}: {fault}" for path, each in seen.items() for fault in faults_of(each, tag)]
    assert wrong == []


def faults_of(looked: object, tag: str) -> Iterator[str]:
    seen = msgspec.convert(looked, Seen)
    if (seen.lang, seen.dir) != (tag, LOCALES[tag].direction):
        yield f"is {seen.lang} {seen.dir}"
    if not seen.title or not seen.heading:
        yield "has no title or no heading"
    if seen.english:
        yield f"says in English: {seen.english}"
    if LOCALES[tag].script != "Latn" and re.search("[a-z]{3}", seen.title.replace("Sojourn", "")):
        yield f"is called {seen.title}"
    if any(pixels > 0 for pixels in seen.at.values()):
        yield f"scrolls sideways: {seen.at}"


@pytest.mark.parametrize("tag", LOCALES)
def test_a_topic_is_found_by_its_title_and_printed_on_one_sheet(
    whole: App, chromium: Chromium, tag: str
) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{whole.origin}/{tag}/topics/papers")
        title = page.locator("h1").inner_text()
        page.goto(f"{whole.origin}/{tag}/")
        whole.keep_whole(page)
        whole.network.online = False
        page.goto(f"{whole.origin}/{tag}/search#q={title}")
        links = page.locator("#results ul.topics a")
        expect(links.first).to_be_visible()
        assert str(links.first.evaluate("link => link.pathname")) == f"/{tag}/topics/papers"

        page.evaluate("localStorage.setItem('sojourn-country', 'th')")
        page.add_init_script("window.print = () => {}")
        for path in longest(whole, tag):
            page.goto(whole.origin + path)
            page.locator(".share").get_by_role("button", name=said(tag, "Print this page")).click()
            expect(page.locator("section.leaflet li").first).to_be_attached()
            sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
            assert len(sheets) == 1, path


def longest(app: App, tag: str, count: int = 3) -> list[str]:
    report = msgspec.json.decode((app.hub.data / REPORT_FILE).read_bytes(), type=BuildReport)
    topics = {page: size for page, size in report.pages.items() if page.startswith(f"/{tag}/topics/")}
    topics.pop(f"/{tag}/topics/")
    return sorted(topics, key=lambda page: topics[page], reverse=True)[:count]


@pytest.mark.parametrize("tag", LOCALES)
def test_a_language_in_one_file_opens_from_a_card_one_page_at_a_time(
    whole_data: Path, chromium: Chromium, tmp_path: Path, tag: str
) -> None:
    card = tmp_path / f"{tag}.html"
    shutil.copyfile(whole_data / "site" / tag / "all.html", card)
    with chromium.open(viewport=SMALLEST) as browser:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(card.as_uri())
        expect(page.locator("section.page:visible")).to_have_id("home")
        page.locator('#home a[href="#topics"]').first.click()
        expect(page.locator("section.page:visible")).to_have_id("topics")
        page.locator('#topics a[href="#topics-papers"]').click()
        expect(page.locator("section.page:visible")).to_have_id("topics-papers")
        title = page.locator("#topics-papers h1").inner_text()
        page.locator("#find-text").fill(title)
        assert page.locator("#found a").first.get_attribute("href") == "#topics-papers"
        page.locator("#leave").click()
        expect(page.locator("#units table").first).to_be_visible()
        assert not page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert [url for url in asked if not url.startswith("file:")] == []


def test_one_file_can_be_read_with_no_script(whole_data: Path, chromium: Chromium, tmp_path: Path) -> None:
    card = tmp_path / "km.html"
    text = (whole_data / "site" / "km" / "all.html").read_text("utf-8")
    card.write_text(re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL), "utf-8")
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{card.as_uri()}#help-th")
        expect(page.locator("section.page:visible")).to_have_id("help-th")
        expect(page.locator("#help-th a.call").first).to_be_visible()
        page.go_back()
        expect(page.locator("#find")).to_be_hidden()
