"""`make screenshots`: each main screen and the coordinator's console in several languages, to be looked at.

On a phone and on a laptop. Written to `test-results/screenshots/`; those that the README and the documents show go to
`docs/pictures/`. All of them take some minutes, `python -m tests.browser.screenshots console --locale ar` one.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect, sync_playwright

from server.settings import parse_settings
from server.site import build
from tests.browser import console_pictures
from tests.browser.conftest import LAPTOP, PATIENCE, PHONE, App, Chromium
from tests.browser.console_pictures import PICTURES, RESULTS
from tests.browser.network import Network
from tests.browser.words import said
from tests.browser.worker import Coordinator, app_of, make_vault, unlock
from tests.hubs import Hub

LOCALES = {"km": "ខ្មែរ", "ur": "اردو"}
PAGES = {
    "languages": "/?languages",
    "home": "/{locale}/",
    "topics": "/{locale}/topics/",
    "topic": "/{locale}/topics/papers",
    "help": "/{locale}/help/",
    "help-th": "/{locale}/help/th",
    "help-mm": "/{locale}/help/mm",
    "about": "/{locale}/about",
    "privacy": "/{locale}/privacy",
    "units": "/{locale}/units",
}
# The file, and what of the page it shows from the top.
IN_README = {"topic-km-360": ("topic-km-360", "h1"), "form-ur-360": ("contact-ur-360", "#q-place")}


def picture(page: Page, name: str) -> None:
    page.wait_for_timeout(400)
    page.screenshot(path=RESULTS / f"{name}.png", full_page=True)
    print(name, flush=True)
    if name in IN_README:
        file, shown = IN_README[name]
        page.evaluate(
            "(shown) => scrollTo(0, document.querySelector(shown).getBoundingClientRect().top + scrollY - 90)",
            shown,
        )
        page.wait_for_timeout(200)
        page.screenshot(path=PICTURES / f"{file}.png")


def reading(app: App, chromium: Chromium, locale: str, width: int) -> None:
    with chromium.open(viewport=PHONE if width == PHONE["width"] else LAPTOP) as browser:
        page = browser.new_page()
        for name, address in PAGES.items():
            page.goto(app.origin + address.format(locale=locale))
            page.wait_for_timeout(600)
            picture(page, f"{name}-{locale}-{width}")
        page.goto(f"{app.origin}/{locale}/")
        app.keep_whole(page)
        app.network.online = False
        page.goto(f"{app.origin}/{locale}/topics/no-such-page")
        picture(page, f"offline-unknown-{locale}-{width}")
        app.network.online = True


def working(app: App, chromium: Chromium, coordinator: Coordinator, locale: str, width: int) -> None:
    with chromium.open(viewport=PHONE if width == PHONE["width"] else LAPTOP) as browser:
        page = browser.new_page()
        page.goto(coordinator.invite())
        picture(page, f"join-language-{locale}-{width}")
        page.locator("main").get_by_text(LOCALES[locale], exact=True).first.click()
        picture(page, f"join-{locale}-{width}")
        app_of(page).locator("button.button--primary").first.click()
        page.locator("#passphrase").wait_for()
        picture(page, f"vault-make-{locale}-{width}")
        make_vault(page)
        app_of(page).get_by_role("button", name=said(locale, "New contact")).wait_for()
        picture(page, f"notes-empty-{locale}-{width}")
        app_of(page).get_by_role("button", name=said(locale, "New contact")).click()
        page.locator("contact-form form").wait_for()
        for group in ("#q-place", "#q-age_band", "#q-setting"):
            page.locator(f"{group} label").first.click()
        picture(page, f"form-{locale}-{width}")
        page.locator("#q-age_band label").first.click()
        page.locator("contact-form button.button--primary").click()
        app_of(page).get_by_role("button", name=said(locale, "New contact")).wait_for()
        page.wait_for_timeout(2500)
        app.network.online = False
        app_of(page).get_by_role("button", name=said(locale, "New contact")).click()
        picture(page, f"form-again-{locale}-{width}")
        page.locator("contact-form button.button--primary").click()
        picture(page, f"form-errors-{locale}-{width}")
        page.locator("#q-age_band label").first.click()
        page.locator("contact-form button.button--primary").click()
        page.wait_for_timeout(2500)
        app_of(page).get_by_role("button", name=said(locale, "New note")).click()
        picture(page, f"note-{locale}-{width}")
        app_of(page).locator("textarea").fill("…")
        page.wait_for_timeout(600)
        page.reload()
        page.locator("#passphrase").wait_for()
        picture(page, f"vault-open-{locale}-{width}")
        page.locator("#passphrase").fill("wrong passphrase")
        page.locator("#passphrase").press("Enter")
        page.get_by_role("alert").first.wait_for()
        page.wait_for_timeout(1500)
        picture(page, f"vault-wrong-{locale}-{width}")
        unlock(page)
        page.wait_for_timeout(1500)
        picture(page, f"notes-waiting-{locale}-{width}")
        app.network.online = True


@contextmanager
def standing() -> Iterator[tuple[App, Playwright, Path]]:
    """A hub with its site, and a folder for profiles and the like."""
    for folder in (RESULTS, PICTURES):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch_name, Network() as network, sync_playwright() as playwright:
        scratch = Path(scratch_name)
        hub = Hub(scratch / "data", public_url=network.origin)
        build(parse_settings({"SOJOURN_DATA": str(hub.data), "SOJOURN_PUBLIC_URL": network.origin}))
        network.upstream = hub.url
        hub.start()
        expect.set_options(timeout=PATIENCE)
        try:
            yield App(network, hub), playwright, scratch
        finally:
            hub.end()


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of the screens, to be looked at.")
    parser.add_argument("part", nargs="?", choices=("console", "reading", "working"), help="default: all")
    parser.add_argument(
        "--locale", choices=sorted({*LOCALES, *console_pictures.LOCALES}), help="default: all"
    )
    asked = parser.parse_args()

    def wanted(part: str, locale: str) -> bool:
        return asked.part in {None, part} and asked.locale in {None, locale}

    with standing() as (app, playwright, scratch):
        for locale in console_pictures.LOCALES:
            folder = scratch / f"console-{locale}"
            if wanted("console", locale):
                console_pictures.coordinating(app, Chromium(playwright, folder / "profile"), locale, folder)
        coordinator = Coordinator(app.hub, scratch / "coordinator")
        for locale in LOCALES:
            for width in (PHONE["width"], LAPTOP["width"]):
                phone = scratch / f"{locale}-{width}"
                if wanted("reading", locale):
                    reading(app, Chromium(playwright, phone / "reading"), locale, width)
                if wanted("working", locale):
                    working(app, Chromium(playwright, phone / "working"), coordinator, locale, width)


if __name__ == "__main__":
    main()
