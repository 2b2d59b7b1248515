"""A programme from an empty hub to a printed report: two coordinators in browsers and one on the command line, three
workers, thousands of contacts; every number against an independent count of what was written."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from server.command.contact_form import contact_form
from server.command.reporting import questions
from server.forms import fields
from sync.client import Coordinator
from sync.client.publication import Publication, publish
from sync.enrolment import invite_link
from sync.errors import RevokedError
from tests.browser.conftest import LAPTOP, App, Chromium
from tests.browser.crowd import (
    Fields,
    change_on_two_phones,
    join_with_a_changed_link,
    lose,
    made_up,
    write_and_send,
)
from tests.browser.crowd import join as join_headless
from tests.browser.headless import Beside
from tests.browser.test_console_counts import add_filter, agrees, choose, counted, gap, rows_of, shown
from tests.browser.test_contacts import FIRST, SECOND, TYPED
from tests.browser.test_founding import back_to_console, invite, look_again, open_part, press, send_now
from tests.browser.test_reading import axe_violations
from tests.browser.worker import PASSPHRASE, app_of, join, log_contact, sojourn, unlock
from tests.sync.client.people import PASSPHRASE as HEADLESS_PASSPHRASE
from tests.sync.client.people import around

QUARTERS = ("2025-Q3", "2025-Q4")
WEEKS = ([f"2025-W{week}" for week in range(27, 40)], [f"2025-W{week}" for week in range(40, 53)])
BEFORE, OF_VAN, AFTER = 1500, 1496, 1998
"""Contacts; with two of the browser's worker, an undecided one and the stray phone's three there are 5,000."""
LOST = slice(40, 42)
FORM = """survey,,,
,type,name,label
,text,note,What was said
settings,,,
,form_title,form_id,version
,Contact,contact,w2
"""


@pytest.fixture
def beside() -> Iterator[Beside]:
    made = Beside()
    yield made
    made.end()


def come_back(page: Page) -> None:
    """After a while away: on a slow machine long enough for the place to lock by itself."""
    page.reload()
    unlock(page)


def card(page: Page, note: str) -> Locator:
    return app_of(page).locator("li.card", has_text=note)


def is_let_in(page: Page, note: str) -> None:
    expect(card(page, note).get_by_role("button", name="End its access")).to_be_visible()


def end_access(page: Page, note: str) -> None:
    card(page, note).get_by_role("button", name="End its access").click()
    assert axe_violations(page) == []
    page.get_by_role("dialog").get_by_role("button", name="End its access").click()
    expect(card(page, note).get_by_text("Access ended")).to_be_visible()


def printed(page: Page) -> str:
    """What is on the paper, in its order, as `squeezed` gives it."""
    return squeezed(*(each.extract_text() for each in PdfReader(BytesIO(page.pdf())).pages))


def squeezed(*texts: str) -> str:
    """Without white space, and each ligature as its letters."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", "".join(texts)))


def put_sheet_on_paper(page: Page) -> str:
    """Types back what the printer gave; returns the programme's fingerprint on it."""
    press(page, "The programme's sheet")
    page.locator("#present").fill(PASSPHRASE)
    press(page, "Show the sheet")
    expect(app_of(page).locator(".groups b")).to_have_count(40)
    assert axe_violations(page) == []
    fingerprint = app_of(page).locator(".fingerprint").inner_text()
    paper = printed(page)
    assert squeezed(fingerprint) in paper
    asked = int(re.sub(r"\D", "", app_of(page).locator("label[for=part]").inner_text()))
    group = app_of(page).locator(".groups b").nth(asked - 1).inner_text()
    assert f"{asked}{group}" in paper
    page.locator("#part").fill(group)
    press(page, "It is on my paper")
    expect(app_of(page).get_by_text("The sheet is ready.")).to_be_visible()
    return fingerprint


def check_counts(page: Page, contacts: Sequence[Fields]) -> None:
    """Each chart and its table, and the views of gaps."""
    table = page.locator(".count-table")
    asked = [each for each in fields(contact_form()) if each.type.startswith("select")]
    options = [str(option.get_attribute("value")) for option in page.locator("#count-by option").all()]
    gaps = ["asked", "referred", "unknown"]
    assert options == ["week", *(each.name for each in asked), *(f"gap:{name}" for name in gaps)]
    many = {each.name for each in asked if each.type == "select_multiple"}
    for question in options:
        choose(page, "#count-by", question)
        expect(table.locator("caption")).to_have_text(page.locator("#count-by option:checked").inner_text())
        if question.startswith("gap:"):
            expected = gap(contacts, question.removeprefix("gap:"))
        else:
            expected = counted(contacts, question)
        if question in many:
            expected = Counter({row: count for row, count in expected.items() if row != ""})
        assert agrees(shown(table), expected), question


def check_filters(page: Page, contacts: Sequence[Fields]) -> None:
    """A quarter, and answers to two questions; and the contacts behind a number."""
    choose(page, "#count-by", "gender")
    choose(page, "#count-period", QUARTERS[1])
    for question, answer in (("needs", "legal"), ("place", "border"), ("place", "capital")):
        add_filter(page, question, answer)
    few = [
        each
        for each in contacts
        if each["week"] in WEEKS[1]
        and "legal" in rows_of(each, "needs")
        and each["place"] in {"border", "capital"}
    ]
    assert 30 < len(few) < len(contacts) / 4
    expect(app_of(page).get_by_text(f"{len(few)} contacts", exact=True)).to_be_visible()
    table = page.locator(".count-table")
    assert agrees(shown(table), counted(few, "gender"))
    table.locator('tr[data-row="woman"]').get_by_role("button").click()
    behind = page.locator("counted-records details")
    women = counted(few, "gender")["woman"]
    expect(behind).to_have_count(min(women, 20))
    behind.first.locator("summary").click()
    expect(behind.first.locator("dd", has_text="Woman or girl")).to_be_visible()
    assert axe_violations(page) == []
    for _ in range(3):
        app_of(page).get_by_role("button", name="Remove it").first.click()
    choose(page, "#count-period", "")


def check_set_apart(page: Page) -> None:
    """What is counted nowhere, and why."""
    press(page, "Not counted, from phones that are not let in yet: 3")
    expect(page.locator("counted-records details")).to_have_count(3)
    press(page, "Not counted, changed on two phones and not decided: 1")
    behind = page.locator("counted-records details")
    expect(behind).to_have_count(1)
    behind.locator("summary").click()
    expect(behind.get_by_text("Changed on two phones: both are kept.")).to_be_visible()
    for place in ("At sea", "Countryside"):
        expect(behind.locator("dd").get_by_text(place, exact=True)).to_be_visible()
    assert axe_violations(page) == []


def check_published(page: Page, told: Publication) -> None:
    """As it would be published: the report's own tables, and nothing that is in none."""
    page.get_by_label("As it would be published").check()
    choose(page, "#count-period", told.period)
    table = page.locator(".count-table")
    for each in told.tables:
        choose(page, "#count-by", each.question)
        expect(table.locator("caption")).to_have_text(page.locator("#count-by option:checked").inner_text())
        assert shown(table) == {row.name: row.count for row in each.rows}, each.question
    choose(page, "#count-by", "gap:asked")
    expect(app_of(page).get_by_text("This is in no report")).to_be_visible()
    assert axe_violations(page) == []


def check_printed(page: Page, told: Publication) -> None:
    """The paper says each table as Python's own publication has it: the names from the screen, the numbers not."""
    paper = printed(page)
    assert f"{told.total:,}contacts" in paper
    for each in told.tables:
        section = page.locator(f'.report-table[data-question="{each.question}"]')
        caption = section.locator("caption").inner_text()
        names = section.locator("tr[data-row] th").all_inner_texts()
        counts = ("hidden" if row.count is None else f"{row.count:,}" for row in each.rows)
        lines = [caption, *(f"{name}{count}" for name, count in zip(names, counts, strict=True))]
        assert squeezed(*lines) in paper, each.question


def test_from_an_empty_hub_to_a_printed_report(
    app: App, chromium: Chromium, tmp_path: Path, beside: Beside
) -> None:
    made = json.loads(sojourn(app.hub, "programme", "create", "Border outreach", "--json"))
    elsewhere = [chromium.elsewhere(tmp_path / name) for name in ("second", "phone")]
    with (
        chromium.open(viewport=LAPTOP) as laptop,
        elsewhere[0].open() as second,
        elsewhere[1].open() as phone,
    ):
        # The first coordinator founds it, and puts its sheet on paper.
        page = laptop.new_page()
        join(page, made["link"])
        press(page, "Open the programme")
        expect(app_of(page).get_by_text("First print the programme's sheet.")).to_be_visible()
        fingerprint = put_sheet_on_paper(page)

        # Everybody comes by an invite of theirs.
        open_part(page, "People and phones")
        notes = ("Dara", "Office", "Amina", "Somchai", "Van")
        roles = ("Coordinator", "Coordinator", *["Outreach worker"] * 3)
        links = [invite(page, role, note) for role, note in zip(roles, notes, strict=True)]
        other, worker = second.new_page(), phone.new_page()
        join(other, links[0])
        office = beside(Coordinator.start(tmp_path / "office", HEADLESS_PASSPHRASE, links[1], around()))
        join(worker, links[2])
        somchai = beside(join_headless(tmp_path / "somchai", links[3]))
        van = beside(join_headless(tmp_path / "van", links[4]))
        look_again(page)
        for note in notes:
            is_let_in(page, note)
        press(other, "Open the programme")
        open_part(other, "People and phones")
        is_let_in(other, "Somchai")

        # Somchai has two phones; the command line invites the second, beside the first.
        beside(office.fetch())
        own = office.ledger.certificates[somchai.ledger.device]
        link = invite_link(beside(office.invite("worker", days=7, lane=own.lane)))
        other_phone = beside(join_headless(tmp_path / "somchai-2", link))
        beside(office.fetch())

        # A first quarter, and what Amina writes today.
        written = made_up(BEFORE, 1, WEEKS[0])
        beside(lose(somchai, written, LOST))
        del written[LOST]
        of_van = made_up(OF_VAN, 2, [*WEEKS[0], *WEEKS[1]])
        beside(write_and_send(van, of_van))
        come_back(worker)
        for choices, language in ((FIRST, "my"), (SECOND, "ur")):
            log_contact(worker, choices, language)
        send_now(worker)
        this_week = van.week()
        written += [*of_van, *({**typed, "week": this_week} for typed in TYPED[:2])]

        # Van's phone is lost. What it sent is kept; it sends no more.
        look_again(page)
        expect(card(page, "Van").get_by_text(f"Last from this phone: {OF_VAN:,}")).to_be_visible()
        expect(card(page, "Amina").get_by_text("Last from this phone: 2")).to_be_visible()
        missing = f"{LOST.start + 1}–\u2060{LOST.stop}"
        expect(card(page, "Somchai").first.get_by_text(f"used twice: {missing}")).to_be_visible()
        end_access(page, "Van")
        with pytest.raises(RevokedError):
            beside(write_and_send(van, made_up(1, 3, WEEKS[1])))

        # Dara leaves: the programme gets new keys, and a new sheet.
        end_access(page, "Dara")
        press(page, "Back")
        expect(app_of(page).get_by_text("First print the programme's sheet.")).to_be_visible()
        assert put_sheet_on_paper(page) != fingerprint
        come_back(other)
        press(other, "Open the programme")
        press(other, "About this programme")
        press(other, "Send now")
        ended = app_of(other).get_by_text("Your coordinator has ended this phone's access.")
        expect(ended.first).to_be_visible()

        # A second quarter under the new keys; a contact changed on two phones; a phone that nobody let in.
        after = made_up(AFTER, 4, WEEKS[1])
        beside(write_and_send(somchai, after))
        written += after
        beside(other_phone.pull())
        undecided = made_up(1, 5, WEEKS[1])[0]
        beside(change_on_two_phones(somchai, other_phone, undecided, "sea", "countryside"))
        open_part(page, "People and phones")
        link = invite(page, "Outreach worker", "Tam")
        stray = beside(join_with_a_changed_link(tmp_path / "stray", link))
        beside(write_and_send(stray, made_up(3, 6, WEEKS[1])))
        look_again(page)
        expect(app_of(page).get_by_role("heading", name="Not let in")).to_be_visible()
        assert axe_violations(page) == []
        back_to_console(page)
        state = page.locator("contacts-state")
        expect(state.locator("dd").first).to_have_text(f"{len(written) + 4:,}")
        expect(state.get_by_text(missing)).to_be_visible()

        open_part(page, "Contacts")
        expect(app_of(page).get_by_text(f"{len(written):,} contacts", exact=True)).to_be_visible()
        check_counts(page, written)
        assert axe_violations(page) == []
        check_filters(page, written)
        check_set_apart(page)
        beside(office.fetch())
        seen = beside(office.overview()).contacts
        told = publish(seen, questions([contact_form()]), QUARTERS[1])
        assert told.total == sum(each["week"] in WEEKS[1] for each in written)
        assert any(row.count is None for each in told.tables for row in each.rows)
        check_published(page, told)
        back_to_console(page)

        # What workers are asked and told, and who did what.
        open_part(page, "Forms")
        (tmp_path / "form.csv").write_text(FORM, encoding="utf-8")
        page.locator("#sheet").set_input_files(tmp_path / "form.csv")
        expect(app_of(page).get_by_text("As a worker will see it")).to_be_visible()
        assert axe_violations(page) == []
        back_to_console(page)
        open_part(page, "Notices")
        page.locator("#notice").fill("The office is closed on Monday.")
        press(page, "Publish to all phones")
        expect(app_of(page).get_by_text("Published. Phones have it")).to_be_visible()
        assert axe_violations(page) == []
        press(page, "Take it back")
        assert axe_violations(page) == []
        page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
        back_to_console(page)
        open_part(page, "Log")
        for deed in ("Invited somebody", "Ended the access of a phone", "Put the programme's sheet on paper"):
            expect(app_of(page).get_by_text(deed).first).to_be_visible()
        assert axe_violations(page) == []
        back_to_console(page)

        # The report, on paper.
        open_part(page, "Reports")
        choose(page, "#report-period", QUARTERS[1])
        press(page, "Make the report")
        expect(page.locator(".report [data-total]")).to_have_attribute("data-total", str(told.total))
        assert axe_violations(page) == []
        check_printed(page, told)
