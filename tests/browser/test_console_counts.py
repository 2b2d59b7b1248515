"""The coordinator's console counts contacts: every number against an independent count."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from sync.client.publication import hide
from tests.browser.conftest import LAPTOP, App, Chromium
from tests.browser.test_reading import axe_violations
from tests.browser.worker import Coordinator, app_of, join, sojourn

QUARTER, OTHER_QUARTER = "2025-Q4", "2026-Q1"
WEEKS = [*(f"2025-W{week}" for week in range(44, 53)), "2026-W01", "2026-W05"]
THRESHOLD = 11
Fields = Mapping[str, Any]
Counts = dict[str, int | None]
READ_ROWS = """(table) => Object.fromEntries([...table.querySelectorAll("tr[data-row]")].map((row) => {
  const count = row.querySelector("[data-count]");
  return [row.dataset.row, count === null ? null : Number(count.dataset.count)];
}))"""


def write_contacts(app: App, folder: Path, seed: int, number: int) -> None:
    """Made-up ones, by a headless device."""
    drawn = random.Random(seed)
    lines = sojourn(app.hub, "device", "form", "--example", str(number), "--seed", str(seed)).splitlines()
    made = [{**json.loads(line), "week": drawn.choice(WEEKS)} for line in lines]
    given = "".join(f"{json.dumps(each)}\n" for each in made)
    sojourn(app.hub, "device", "add", "-", "--state", f"{folder}/worker", text=given)
    sojourn(app.hub, "device", "push", "--state", f"{folder}/worker")


def rows_of(contact: Fields, question: str) -> list[str]:
    value = contact.get(question, "")
    return value if isinstance(value, list) else [value]


def counted(contacts: Iterable[Fields], question: str) -> Counter[str]:
    return Counter(row for contact in contacts for row in rows_of(contact, question))


def shown(table: Locator) -> Counts:
    read: Counts = table.evaluate(READ_ROWS)
    return read


def agrees(told: Counts, expected: Counter[str]) -> bool:
    """Rows that nobody is in may be there, with 0."""
    return {row: count for row, count in told.items() if count} == {
        row: count for row, count in expected.items() if count
    }


def choose(page: Page, field: str, value: str) -> None:
    page.locator(field).select_option(value)


def add_filter(page: Page, question: str, answer: str) -> None:
    choose(page, "#filter-question", question)
    choose(page, "#filter-answer", f"={answer}")
    page.locator("counts-filter").get_by_role("button", name="Add one").click()


def enter(page: Page, coordinator: Coordinator) -> None:
    link = json.loads(coordinator("invite", "--role", "coordinator", "--json"))["link"]
    join(page, link)
    coordinator("pull")
    app_of(page).get_by_role("button", name="Open the programme").click()


def test_every_number_is_what_an_independent_count_says_and_what_is_published_hides_small_ones(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    worker = f"{tmp_path}/worker"
    sojourn(app.hub, "device", "join", "--invite", coordinator.invite(), "--state", worker)
    coordinator("pull")
    write_contacts(app, tmp_path, 1, 220)
    contacts = coordinator.exported()
    assert len(contacts) == 220
    with chromium.open(viewport=LAPTOP) as browser:
        page = browser.new_page()
        enter(page, coordinator)
        app_of(page).get_by_role("button", name="Contacts Counted").click()
        table = page.locator(".count-table")
        expect(page.locator("contact-counts > p[role=status]")).to_have_text("220 contacts")

        by = page.locator("#count-by option")
        questions = [str(option.get_attribute("value")) for option in by.all()]
        for question in questions:
            choose(page, "#count-by", question)
            expect(table.locator("caption")).to_have_text(
                page.locator("#count-by option:checked").inner_text()
            )
            if question.startswith("gap:"):
                assert agrees(shown(table), gap(contacts, question.removeprefix("gap:"))), question
            else:
                expected = counted(contacts, question)
                if isinstance(next((c[question] for c in contacts if question in c), ""), list):
                    del expected[""]
                assert agrees(shown(table), expected), question
        assert {"week", "place", "needs", "referral_type", "outcome", "gap:asked", "gap:referred"} <= {
            *questions
        }
        assert axe_violations(page) == []

        choose(page, "#count-by", "gender")
        choose(page, "#count-period", QUARTER)
        choose(page, "#filter-question", "needs")
        # Arrow keys go from answer to answer: nothing is counted before it is added, and the focus stays near.
        page.locator("#filter-answer").press("ArrowDown")
        page.locator("#filter-answer").press("ArrowDown")
        expect(page.locator(".chosen")).to_have_count(0)
        choose(page, "#filter-answer", "=legal")
        app_of(page).get_by_role("button", name="Add one").click()
        expect(page.locator("#filter-question")).to_be_focused()
        few = [c for c in contacts if c["week"] < "2026" and "legal" in rows_of(c, "needs")]
        expect(page.locator("contact-counts > p[role=status]")).to_have_text(f"{len(few)} contacts")
        assert agrees(shown(table), counted(few, "gender"))
        row = table.locator('tr[data-row="woman"]')
        row.get_by_role("button").click()
        behind = page.locator("counted-records details")
        women = counted(few, "gender")["woman"]
        expect(behind).to_have_count(min(women, 20))
        behind.first.locator("summary").click()
        expect(behind.first.get_by_text("Woman or girl")).to_be_visible()
        assert axe_violations(page) == []

        page.get_by_label("As it would be published").check()
        quarter = [c for c in contacts if c["week"] < "2026"]
        for question in questions:
            choose(page, "#count-by", question)
            if question in {"setting", "consent_referral"} or question.startswith("gap:"):
                expect(app_of(page).get_by_text("This is in no report")).to_be_visible()
            elif question in {"place", "needs", "outcome", "week"}:
                expect(table.locator("caption")).to_have_text(
                    page.locator("#count-by option:checked").inner_text()
                )
                hides(shown(table), counted(quarter, question))
        page.locator("main").get_by_role("button", name="Back").click()

        app_of(page).get_by_role("button", name="Reports").click()
        app_of(page).get_by_role("button", name="Make the report").wait_for()
        choose(page, "#report-period", QUARTER)
        app_of(page).get_by_role("button", name="Make the report").click()
        report = page.locator(".report")
        expect(report.locator("[data-total]")).to_have_attribute("data-total", str(len(quarter)))
        told = {
            str(each.get_attribute("data-question")): shown(each.locator("table"))
            for each in report.locator("[data-question]").all()
        }
        for question, rows in told.items():
            hides(rows, counted(quarter, question))
        assert len(told) == 16
        # There is something to tell, and something to hide.
        assert None not in {*told["needs"].values(), *told["gender"].values()}
        assert {None} < {*told["place"].values()}
        assert axe_violations(page) == []
        app_of(page).get_by_role("button", name="Back").last.click()

        write_contacts(app, tmp_path, 2, 30)
        # It is made of what the hub has, not of what happens to be here: without a hub there is none.
        app_of(page).get_by_role("button", name="Reports").click()
        choose(page, "#report-period", OTHER_QUARTER)
        browser.set_offline(True)
        app_of(page).get_by_role("button", name="Make the report").click()
        expect(app_of(page).get_by_text("The hub cannot be reached now.").first).to_be_visible()
        assert axe_violations(page) == []
        expect(report).to_have_count(0)
        browser.set_offline(False)
        app_of(page).get_by_role("button", name="Make the report").click()
        coordinator("pull")
        later = [c for c in coordinator.exported() if c["week"] >= "2026"]
        assert len(later) > len(contacts) - len(quarter)
        expect(report.locator("[data-total]")).to_have_attribute("data-total", str(len(later)))
        app_of(page).get_by_role("button", name="Back").last.click()
        # What was published stays as it was published.
        app_of(page).get_by_role("button", name="Contacts Counted").click()
        expect(page.locator("contact-counts > p[role=status]")).to_have_text("250 contacts")
        page.get_by_label("As it would be published").check()
        choose(page, "#count-period", QUARTER)
        for question in ("place", "gender"):
            choose(page, "#count-by", question)
            expect(table.locator("caption")).to_have_text(
                page.locator("#count-by option:checked").inner_text()
            )
            assert shown(table) == told[question]
        kept = json.loads(coordinator("report", "--period", QUARTER, "--json"))
        assert kept["total"] == len(quarter)
        assert {each["question"]: dict(each["rows"]) for each in kept["tables"]} == told


def hides(told: Counts, truth: Counter[str]) -> None:
    """As the rule in words: what is told is told, and nothing that need not be is hidden."""
    assert told == dict(zip(told, hide([truth[row] for row in told], THRESHOLD), strict=True))


def gap(contacts: Iterable[Fields], name: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for contact in contacts:
        referral, outcome = contact.get("referral_type"), contact.get("outcome")
        if name == "asked" and referral is None:
            found.update(need for need in contact.get("needs", ()) if need != "none")
        if name == "referred" and referral and outcome not in {None, "unknown", "accepted"}:
            found[referral] += 1
        if name == "unknown" and referral and outcome in {None, "unknown"}:
            found[referral] += 1
    return found
