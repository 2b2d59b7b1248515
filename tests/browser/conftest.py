"""A real Chromium, with a profile on disk that outlives it, before a hub whose network the test holds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import msgspec
import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import (
    BrowserContext,
    Error,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from server.settings import parse_settings
from server.site import build
from server.site.building import REPORT_FILE
from server.site.places import find_places, places_under
from server.site.reports import BuildReport
from tests.browser.network import Network
from tests.browser.words import pattern
from tests.conftest import OPERATOR, lend
from tests.hubs import Hub

DISABLED_FEATURES = (
    # The address bar's own page: half of what a start costs, and nobody sees it.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # Chromium takes the last list that it is given: what Playwright's own says, as far as it matters here.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses to run as root with it; the pages are ours alone
    "--disable-background-networking",
    "--disable-quic",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-features=" + ",".join(DISABLED_FEATURES),
]
PATIENCE = 90_000
"""Milliseconds, for whatever is waited for: no test is timed, and the slowest machine that runs them is very slow."""
PHONE = ViewportSize(width=360, height=740)
LAPTOP = ViewportSize(width=1280, height=800)
RESTYLED = "getComputedStyle(document.documentElement).getPropertyValue('--restyled').trim() === 'yes'"
"""Asks a page whether it has the style that `App.restyle` made."""


class Chromium:
    """Opens Chromium on one profile folder, again and again, as a person would."""

    def __init__(self, playwright: Playwright, profile: Path) -> None:
        self._playwright = playwright
        self.profile = profile

    def elsewhere(self, profile: Path) -> Chromium:
        """Another phone."""
        return Chromium(self._playwright, profile)

    @contextmanager
    def open(
        self,
        *,
        locale: str = "en",
        viewport: ViewportSize = PHONE,
        bypass_csp: bool = False,
        film: Path | None = None,
    ) -> Iterator[BrowserContext]:
        """film: what the phone's camera sees, as `film.py` makes it; without one there is no camera."""
        context = self._playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=shutil.which("chromium"),
            args=[*CHROMIUM_ARGUMENTS, *(seeing(film) if film else [])],
            headless=True,
            locale=locale,
            viewport=viewport,
            bypass_csp=bypass_csp,
        )
        context.set_default_timeout(PATIENCE)
        try:
            yield context
        finally:
            with suppress(Error):  # of one that a test killed, whose end has not been heard of yet
                context.close()


# A module's, not a session's: while it stands, its event loop runs in this thread and no asynchronous test can.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as running:
        yield running


@pytest.fixture
def chromium(playwright: Playwright, tmp_path: Path) -> Chromium:
    return Chromium(playwright, tmp_path / "profile")


def seeing(film: Path) -> list[str]:
    return [
        "--use-fake-ui-for-media-stream",  # the person allows the camera
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]


class App:
    """What stands behind the address in the browser: the network, a hub, and its site."""

    def __init__(self, network: Network, hub: Hub) -> None:
        self.network = network
        self.hub = hub
        self.origin = network.origin

    def fetch(self, path: str) -> str:
        """A page as the hub sends it to a browser that keeps nothing."""
        answer = httpx.get(self.hub.url + path, trust_env=False)
        assert answer.status_code == 200, path
        return answer.text

    def part_count(self, locale: str) -> int:
        report = msgspec.json.decode((self.hub.data / REPORT_FILE).read_bytes(), type=BuildReport)
        return len(report.parts[locale])

    def keep_whole(self, page: Page) -> None:
        """Waits until the page says that everything of its locale is saved on this phone.

        Who came by a link is asked first, and says yes.
        """
        offered = page.locator('[data-notice="keep"] button')
        saved = page.locator("#saved:not([hidden])")
        expect(offered.or_(saved).first).to_be_visible()
        if offered.is_visible():
            offered.click()
        locale = page.locator("html").get_attribute("lang") or "en"
        whole = pattern(
            locale,
            "Saved on this phone: everything",
            "Saved on this phone: everything. It opens with no connection now.",
        )
        expect(page.locator("#saved")).to_have_text(whole)

    def name_operator(self, name: str) -> None:
        """As an operator does: writes the file and starts the hub again."""
        (self.hub.data / "operator.toml").write_text(f'{OPERATOR}name = "{name}"\n', "utf-8")
        self._rebuild()

    def record(self, locale: str, slug: str, recording: bytes) -> None:
        """As an operator does: adds a recording of a topic and starts the hub again."""
        path = self.hub.data / "audio" / locale / f"{slug}.opus"
        path.parent.mkdir(parents=True)
        path.write_bytes(recording)
        self._rebuild()

    def restyle(self, scratch: Path) -> None:
        """As a developer does: changes the style, nothing else, and starts the hub again."""
        root = find_places().root
        for name in ("content", "translations"):
            if not (scratch / name).exists():
                (scratch / name).symlink_to(root / name)
        dist = scratch / "pwa" / "dist"
        shutil.copytree(root / "pwa" / "dist", dist)
        manifest = dist / "manifest.json"
        style = next((dist / "assets").glob("main.*.css"))
        restyled = style.with_name("main.restyled0.css")
        restyled.write_text(style.read_text("utf-8") + ":root{--restyled:yes}", "utf-8")
        manifest.write_text(manifest.read_text("utf-8").replace(style.name, restyled.name), "utf-8")
        style.unlink()
        self._rebuild(scratch)

    def add_to_form(self, scratch: Path, *rows: tuple[str, ...]) -> None:
        """As a programme with a form of its own does: more rows at the end of its survey."""
        root = find_places().root
        shutil.copytree(root / "content", scratch / "content")
        (scratch / "translations").symlink_to(root / "translations")
        (scratch / "pwa").symlink_to(root / "pwa")
        form = scratch / "content" / "forms" / "contact.xlsx"
        book = load_workbook(form)
        for row in rows:
            book["survey"].append(row)
        book.save(form)
        self._rebuild(scratch)

    def _rebuild(self, root: Path | None = None) -> None:
        self.hub.end()
        settings = parse_settings({"SOJOURN_DATA": str(self.hub.data), "SOJOURN_PUBLIC_URL": self.origin})
        build(settings, places=places_under(root) if root else None)
        self.hub.start()


@pytest.fixture
def app(tmp_path: Path, built_data: Path) -> Iterator[App]:
    lend(built_data, tmp_path / "data")
    with Network() as network:
        hub = Hub(tmp_path / "data", public_url=network.origin)
        network.upstream = hub.url
        hub.start()
        try:
            yield App(network, hub)
        finally:
            hub.end()
