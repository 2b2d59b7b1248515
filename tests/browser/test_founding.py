"""A coordinator in a browser: from the command that makes a programme to phones let in and put out, and back in by
the printed sheet alone."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import LAPTOP, App, Chromium
from tests.browser.film import photo
from tests.browser.test_contacts import FIRST
from tests.browser.test_reading import axe_violations
from tests.browser.worker import PASSPHRASE, app_of, join, log_contact, make_vault, sojourn, unlock
from tests.hubs import Hub


def press(page: Page, name: str) -> None:
    app_of(page).get_by_role("button", name=name, exact=True).click()


def open_part(page: Page, title: str) -> None:
    """From the console's first screen."""
    app_of(page).locator("button.card .title").get_by_text(title, exact=True).click()
    expect(app_of(page).get_by_role("heading", name=title, level=1)).to_be_visible()
    assert axe_violations(page) == []


def back_to_console(page: Page) -> None:
    press(page, "Back")
    expect(app_of(page).locator("button.card", has_text="People and phones")).to_be_visible()


def invite(page: Page, role: str, note: str) -> str:
    """From the list of people, and back there."""
    press(page, "Invite somebody")
    app_of(page).get_by_text(role, exact=True).click()
    page.locator("#note").fill(note)
    assert axe_violations(page) == []
    press(page, "Make the invitation")
    link: str = page.locator("#link").input_value()
    expect(app_of(page).locator(".qr-code")).to_be_visible()
    assert axe_violations(page) == []
    press(page, "Done")
    expect(app_of(page).get_by_text(note)).to_be_visible()
    return link


def send_now(page: Page) -> None:
    """On a phone, asked for by a person."""
    press(page, "About this programme")
    with page.expect_response(lambda answer: "/certificates" in answer.url or "/changes?" in answer.url):
        press(page, "Send now")
    expect(app_of(page).get_by_text("Sending…")).to_have_count(0)
    press(page, "Back")


def look_again(page: Page) -> None:
    """The list of people, as the hub has it now."""
    back_to_console(page)
    open_part(page, "People and phones")


def print_sheet(page: Page) -> str:
    """Its digits, once a part was typed back: a slip first, then what is on the paper."""
    page.locator("#present").fill(PASSPHRASE)
    press(page, "Show the sheet")
    expect(app_of(page).locator(".groups b")).to_have_count(40)
    groups = app_of(page).locator(".groups b").all_inner_texts()
    assert axe_violations(page) == []
    asked = app_of(page).locator("label[for=part]").inner_text()
    part = groups[int("".join(filter(str.isdigit, asked))) - 1]
    page.locator("#part").fill(str((int(part) + 1) % 1_000_000))
    press(page, "It is on my paper")
    expect(app_of(page).get_by_text("That is not this part.")).to_be_visible()
    page.locator("#part").fill(part)
    press(page, "It is on my paper")
    expect(app_of(page).get_by_text("The sheet is ready.")).to_be_visible()
    return " ".join(groups)


def add_referral(page: Page) -> None:
    """Left and locked in the middle of it, with slips, then changed after it was published; and back to the list."""
    press(page, "Add one")
    page.locator("#service").fill("Night desk")
    page.locator("#phone").fill("ask Mary")
    press(page, "Back")
    back_to_console(page)
    open_part(page, "Notices")
    page.locator("#notice").fill("The office is shut on Monday")
    back_to_console(page)
    press(page, "Back")
    press(page, "Lock")
    unlock(page)
    unfinished = app_of(page).locator("draft-list .card")
    expect(unfinished).to_have_count(2)
    unfinished.get_by_text("The office is shut on Monday").click()
    expect(page.locator("#notice")).to_have_value("The office is shut on Monday")
    press(page, "Publish to all phones")
    expect(app_of(page).get_by_text("Published. Phones have it")).to_be_visible()
    expect(page.locator("#notice")).to_have_value("")
    press(page, "Back")
    unfinished.get_by_text("Night desk").click()
    expect(page.locator("#service")).to_have_value("Night desk")
    expect(page.locator("#phone")).to_have_value("ask Mary")
    press(page, "Publish to all phones")
    expect(app_of(page).get_by_text("Choose an answer here.")).to_be_visible()
    expect(app_of(page).get_by_text("Write one number that can be called")).to_be_visible()
    assert axe_violations(page) == []
    page.locator("#kind").select_option(label="Safe place")
    page.locator("#phone").fill("+66 2 555 0100")
    press(page, "Publish to all phones")
    expect(app_of(page).get_by_text("Published. Phones have it")).to_be_visible()
    press(page, "Change")
    expect(page.locator("#service")).to_have_value("Night desk")
    page.locator("#service").fill("Night desk, second floor")
    press(page, "Publish to all phones")
    card = app_of(page).locator("li.card")
    expect(card.get_by_text("Night desk, second floor")).to_be_visible()
    expect(card).to_have_count(1)
    assert axe_violations(page) == []
    press(page, "Back")
    expect(app_of(page).get_by_role("heading", name="My notes", level=1)).to_be_visible()
    expect(unfinished).to_have_count(0)


def answered(hub: Hub, locale: str, slug: str, *, clear: int, hard: int, long: int) -> None:
    """As so many readers answer who send what they think of a page."""
    said = {"clear": clear, "hard-words": hard, "too-long": long}
    with sqlite3.connect(hub.database) as connection:
        rows = [(f"feedback {locale} {slug} {answer}", count) for answer, count in said.items()]
        connection.executemany("INSERT INTO tallies VALUES (?, ?)", rows)


def raise_threshold(page: Page) -> None:
    press(page, "Change")
    page.locator("#below").fill("2")
    press(page, "Save")
    expect(app_of(page).get_by_text("from 3 to 1,000")).to_be_visible()
    expect(app_of(page).get_by_text("Write an answer here.")).to_be_visible()
    assert axe_violations(page) == []
    page.locator("#below").fill("15")
    page.locator("#below-why").fill("Asked for by the funder")
    press(page, "Save")
    expect(app_of(page).get_by_text("Numbers below 15 are hidden")).to_be_visible()
    expect(page.locator("#below")).to_have_count(0)


def test_a_programme_begins_in_a_browser_and_outlives_it_on_paper(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    made = json.loads(sojourn(app.hub, "programme", "create", "Border outreach", "--json"))
    with (
        chromium.open(viewport=LAPTOP) as laptop,
        chromium.elsewhere(tmp_path / "phone").open() as phone,
        chromium.elsewhere(tmp_path / "second").open() as second,
    ):
        page = laptop.new_page()
        join(page, made["link"])
        press(page, "Open the programme")
        expect(app_of(page).get_by_text("First print the programme's sheet.")).to_be_visible()
        expect(app_of(page).get_by_text("People and phones")).to_have_count(0)
        assert axe_violations(page) == []
        press(page, "The programme's sheet")
        sheet = print_sheet(page)

        open_part(page, "People and phones")
        link = invite(page, "Outreach worker", "Amina, north")
        worker = phone.new_page()
        join(worker, link)
        log_contact(worker, FIRST, "my")
        look_again(page)
        card = app_of(page).locator("li.card", has_text="Amina, north")
        expect(card.get_by_role("button", name="End its access")).to_be_visible()
        send_now(worker)
        expect(app_of(worker).get_by_text("1 contact on this phone, and it is on the hub.")).to_be_visible()
        press(worker, "About this programme")
        code = app_of(worker).locator(".fingerprint").last.inner_text()
        press(worker, "Back")
        look_again(page)
        expect(card.get_by_text(code)).to_be_visible()
        expect(card.get_by_text("Last from this phone: 1")).to_be_visible()

        # Whom workers may send people to.
        back_to_console(page)
        open_part(page, "Referral contacts")
        add_referral(page)
        press(page, "Open the programme")
        # Below what reports hide, whether there is one to make or not.
        open_part(page, "Reports")
        raise_threshold(page)
        press(page, "Back")
        answered(app.hub, "km", "papers", clear=29, hard=10, long=9)
        open_part(page, "Was this clear?")
        expect(app_of(page).locator("li.card dd")).to_have_text(["20", "10"])
        expect(app_of(page).locator("li.card strong")).to_have_text("Papers")
        assert axe_violations(page) == []
        press(page, "Back")
        send_now(page)
        open_part(page, "People and phones")
        send_now(worker)
        press(worker, "Referral contacts")
        expect(worker.locator(".referral")).to_contain_text("Night desk, second floor")
        expect(worker.get_by_role("link", name="Call +66 2 555 0100")).to_be_visible()
        press(worker, "Close")

        # A second coordinator comes by an invite, and finds what the first one knows.
        link = invite(page, "Coordinator", "Dara")
        other = second.new_page()
        join(other, link)
        press(other, "Open the programme")
        look_again(page)
        expect(app_of(page).locator("li.card", has_text="Dara").get_by_text("Invitation")).to_have_count(0)
        expect(
            app_of(page).locator("li.card", has_text="Dara").get_by_role("button", name="End its access")
        ).to_be_visible()
        press(other, "Back")
        press(other, "Open the programme")
        open_part(other, "People and phones")
        expect(app_of(other).get_by_text("Amina, north")).to_be_visible()
        # Nobody invited whoever founded it.
        expect(app_of(other).get_by_role("region", name="Do you know these?").locator("li")).to_have_count(1)

        # What is put out sends nothing more.
        card.get_by_role("button", name="End its access").click()
        assert axe_violations(page) == []
        page.get_by_role("dialog").get_by_role("button", name="End its access").click()
        expect(card.get_by_text("Access ended")).to_be_visible()
        log_contact(worker, FIRST, "my")
        expect(
            app_of(worker).get_by_text("Your coordinator has ended this phone's access.").first
        ).to_be_visible()
        back_to_console(page)
        open_part(page, "Log")
        for deed in (
            "Invited somebody",
            "Ended the access of a phone",
            "Put the programme's sheet on paper",
            "Asked for by the funder",
            "Numbers below 15 are hidden in reports that are made from now on.",
        ):
            expect(app_of(page).get_by_text(deed).first).to_be_visible()
        assert axe_violations(page) == []

        # The connection goes in the middle of new keys, and the laptop is closed: they come with the next one.
        back_to_console(page)
        old = app_of(page).locator(".fingerprint").first.inner_text()
        open_part(page, "People and phones")
        expect(app_of(page).get_by_text("Do you know these?")).to_have_count(0)
        laptop.route("**/certificates", cut_when_sent)
        press(page, "Change the programme's keys")
        assert axe_violations(page) == []
        page.get_by_role("dialog").get_by_role("button", name="Change the programme's keys").click()
        expect(app_of(page).get_by_text("The programme's new keys are not on the hub yet.")).to_be_visible()
        assert axe_violations(page) == []
        laptop.set_offline(True)
        page.reload()
        unlock(page)
        press(page, "Open the programme")
        expect(app_of(page).get_by_text("The programme's new keys are not on the hub yet.")).to_be_visible()
        expect(app_of(page).get_by_text(old)).to_be_visible()
        laptop.unroute("**/certificates")
        laptop.set_offline(False)
        expect(app_of(page).get_by_text("First print the programme's sheet.")).to_be_visible()
        expect(app_of(page).get_by_text(old)).to_have_count(0)
        press(page, "The programme's sheet")
        sheet = print_sheet(page)
        open_part(page, "Log")
        expect(app_of(page).get_by_text("Changed the programme's keys")).to_be_visible()
        back_to_console(page)
        open_part(page, "People and phones")
        expect(app_of(page).get_by_text("Dara")).to_be_visible()
        expect(app_of(page).get_by_text("is being locked with the new keys")).to_have_count(0)

    # All of them are lost, and the paper is left.
    with chromium.elsewhere(tmp_path / "new").open() as new:
        page = new.new_page()
        page.goto(f"{app.origin}/en/notes")
        make_vault(page)
        press(page, "I have an invitation")
        press(page, "I have a programme's sheet")
        assert axe_violations(page) == []
        page.locator("#sheet").fill(sheet[:-1])
        press(page, "Go on")
        expect(app_of(page).get_by_text("forty parts of six digits")).to_be_visible()
        # The code on the paper says the same.
        app_of(page).get_by_text("Use a picture of the code").click()
        paper = photo(tmp_path / "sheet.png", sheet.replace(" ", ""))
        page.locator("code-scanner input[type=file]").set_input_files(paper)
        expect(app_of(page).get_by_role("heading", name="Border outreach")).to_be_visible()
        open_part(page, "People and phones")
        expect(app_of(page).get_by_text("Amina, north")).to_be_visible()
        expect(app_of(page).get_by_text("Last from this phone: 1")).to_be_visible()
        page.reload()
        unlock(page)
        expect(app_of(page).get_by_text("Border outreach").first).to_be_visible()


def cut_when_sent(route: Route) -> None:
    """Certificates are read and not sent."""
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()
