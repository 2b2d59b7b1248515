"""What a worker does on a phone, pressed in the order a person presses it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.hubs import Hub

PASSPHRASE = "river stone lantern 42"
COORDINATOR_PASSPHRASE = "seven quiet boats at noon"


def sojourn(hub: Hub, *arguments: str, text: str | None = None) -> str:
    """A command as an operator, coordinator or worker types it; gives what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", "from server.command import main; main()", *arguments],
        env={**hub.environment, "SOJOURN_PASSPHRASE": COORDINATOR_PASSPHRASE},
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


class Coordinator:
    """The headless client of a programme made for one test."""

    def __init__(
        self, hub: Hub, state: Path, *, name: str = "Border outreach", practice: bool = False
    ) -> None:
        self._hub = hub
        self.state = state
        self.practice = practice
        options = ["--practice"] if practice else []
        made = json.loads(sojourn(hub, "programme", "create", name, *options, "--json"))
        self.founding_link: str = made["link"]
        self("init", "--invite", self.founding_link)

    def __call__(self, command: str, *arguments: str) -> str:
        return sojourn(self._hub, "coordinator", command, *arguments, "--state", str(self.state))

    def invite(self) -> str:
        link: str = json.loads(self("invite", "--role", "worker", "--json"))["link"]
        return link

    def exported(self) -> list[dict[str, Any]]:
        """The fields of every contact, in the order of the device's numbers."""
        self("pull")
        options = ["--practice"] if self.practice else []
        lines = self("export", "--format", "jsonl", "--why", "a test", *options).splitlines()
        notice, *records = (json.loads(line) for line in lines)
        assert "notice" in notice
        return [
            record["fields"]
            for record in sorted(records, key=lambda record: (record["device"], record["number"]))
        ]


def app_of(page: Page) -> Locator:
    return page.locator("sojourn-app")


def join(page: Page, link: str, language: str = "English") -> None:
    """From the invite's link to a vault with an enrolment."""
    page.goto(link)
    page.locator("main").get_by_text(language, exact=True).first.click()
    app_of(page).locator("button.button--primary").first.click()
    make_vault(page)
    be_enrolled(page)


def join_by_pasting(page: Page, link: str) -> None:
    """As `join`, but the link goes into the page and never into the address: the browser's history has none of it."""
    page.goto(link.partition("#")[0])
    page.locator("main").get_by_text("English", exact=True).first.click()
    page.locator("#invitation").fill(link)
    page.locator("#invitation").press("Enter")
    app_of(page).get_by_role("button", name="Go on").click()
    make_vault(page)
    be_enrolled(page)


def be_enrolled(page: Page) -> None:
    expect(app_of(page).get_by_text("Border outreach").first).to_be_visible()


def make_vault(page: Page, passphrase: str = PASSPHRASE) -> None:
    # The second field first: the screen that opens a place has a field of the first one's name, and may still be there.
    page.locator("#passphrase-again").fill(passphrase)
    page.locator("#passphrase").fill(passphrase)
    app_of(page).locator("button.button--primary").click()
    expect(page.locator("#passphrase-again")).to_have_count(0)


def unlock(page: Page, passphrase: str = PASSPHRASE) -> None:
    page.locator("#passphrase").fill(passphrase)
    page.locator("#passphrase").press("Enter")
    expect(page.locator("#passphrase")).to_have_count(0)


def log_contact(page: Page, choices: list[str], language: str | None = None) -> None:
    """choices: the labels of what is tapped, each exact."""
    app_of(page).get_by_role("button", name="New contact").click()
    # The form comes from the pack, in its own time; what was chosen last time is folded to one line.
    expect(page.locator("contact-form .field").first).to_be_visible()
    folded = page.locator("contact-form .field:not(#q-week) > button.card")
    while folded.count() > 0:
        folded.first.click()
    for choice in choices:
        app_of(page).get_by_text(choice, exact=True).first.click()
    if language is not None:
        app_of(page).get_by_label("Language needed").select_option(language)
    app_of(page).get_by_role("button", name="Save contact").click()
    expect(app_of(page).get_by_role("heading", name="My notes")).to_be_visible()


def write_note(page: Page, text: str) -> None:
    app_of(page).get_by_role("button", name="New note").click()
    app_of(page).locator("textarea").fill(text)
    app_of(page).get_by_role("button", name="Save").click()
    expect(app_of(page).get_by_role("heading", name="My notes")).to_be_visible()
