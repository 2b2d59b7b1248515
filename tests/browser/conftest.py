"""A real Chromium, with a profile on disk that outlives it, before a hub whose network the test holds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, ViewportSize, sync_playwright

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses to run as root with it; the pages are ours alone
    "--disable-background-networking",
    "--disable-quic",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
]
PHONE = ViewportSize(width=360, height=740)
LAPTOP = ViewportSize(width=1280, height=800)


class Chromium:
    """Opens Chromium on one profile folder, again and again, as a person would."""

    def __init__(self, playwright: Playwright, profile: Path) -> None:
        self._playwright = playwright
        self.profile = profile

    @contextmanager
    def open(self, *, locale: str = "en", viewport: ViewportSize = PHONE) -> Iterator[BrowserContext]:
        context = self._playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=shutil.which("chromium"),
            args=CHROMIUM_ARGUMENTS,
            headless=True,
            locale=locale,
            viewport=viewport,
        )
        context.set_default_timeout(20_000)
        try:
            yield context
        finally:
            context.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture
def chromium(playwright: Playwright, tmp_path: Path) -> Chromium:
    return Chromium(playwright, tmp_path / "profile")
