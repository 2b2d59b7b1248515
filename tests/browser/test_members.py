"""What coordinators publish, on a worker's phone: a form in its versions, a notice, referral contacts."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import App, Chromium
from tests.browser.test_reading import axe_violations
from tests.browser.test_worker import fits
from tests.browser.words import said
from tests.browser.worker import Coordinator, app_of, join, unlock

# Its own question, in the words of two of its workers' languages too.
URDU, KHMER = "کیا وہاں چراغ تھا؟", "តើមានចង្កៀងទេ?"
LITTLE_OIL = {"ur": "تھوڑا تیل", "km": "ប្រេងតិចតួច"}
FORM = f"""survey,,,,,,,
,type,name,label,required,appearance,label::Urdu (ur),label::Khmer (km)
,text,week,Week,yes,week
,select_one areas,place,Area,
,select_one lamps,{{name}},{{question}},,,{URDU},{KHMER}
,select_one referrals,referral_type,Referred to,
choices,,,,,
,list_name,name,label,label::Urdu (ur),label::Khmer (km)
,areas,border,Border area
,lamps,yes,Yes
,lamps,no,No
,lamps,oil,A little oil,{LITTLE_OIL["ur"]},{LITTLE_OIL["km"]}
,referrals,shelter,Safe place to stay
,referrals,legal,Free legal help
settings,,,
,form_title,form_id,version
,Contact,contact,{{version}}
"""
REFERRALS = """service,kind,area,phone,hours,note
Night shelter,shelter,Border area,+66 2 555 0100,always,Ask for the night desk
Legal desk,legal,Capital,,Mon-Fri,
"""
NOTICE = "The office is closed on Monday.\nCall the night desk instead."


def press(page: Page, name: str) -> None:
    app_of(page).get_by_role("button", name=name, exact=True).click()


def exchange(page: Page) -> None:
    """A person asks for it; what is new is on the phone then."""
    press(page, "About this programme")
    with page.expect_response(lambda answer: "/changes?" in answer.url and answer.ok):
        press(page, "Send now")
    expect(app_of(page).get_by_text("Sending…")).to_have_count(0, timeout=60_000)
    press(page, "Back")


def test_a_worker_has_what_coordinators_published_and_a_draft_keeps_its_version(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")

    def publish(version: str, question: str) -> None:
        path = tmp_path / f"{version}.csv"
        name = question.rsplit(" ", maxsplit=1)[-1].strip("?")
        path.write_text(FORM.format(version=version, question=question, name=name), encoding="utf-8")
        coordinator("form", "publish", str(path))

    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        coordinator("pull")
        publish("v1", "Was there a lamp?")
        coordinator("notice", "publish", "--text", NOTICE)
        table = tmp_path / "referrals.csv"
        table.write_text(REFERRALS, encoding="utf-8")
        coordinator("referrals", "publish", str(table))
        exchange(page)

        # All of it is on the phone: it opens again with no connection.
        browser.set_offline(True)
        press(page, "Lock")
        unlock(page)
        notice = app_of(page).locator(".notices details")
        expect(notice.get_by_text("New", exact=True)).to_be_visible()
        notice.locator("summary").click()
        expect(notice.get_by_text("Call the night desk instead.")).to_be_visible()
        expect(notice.get_by_text("New", exact=True)).to_have_count(0)
        assert axe_violations(page) == []
        press(page, "Referral contacts")
        expect(page.get_by_role("link", name="Call +66 2 555 0100")).to_have_attribute(
            "href", "tel:+6625550100"
        )
        page.get_by_label("Search", exact=True).fill("capital")
        expect(page.locator(".referral")).to_have_count(1)
        expect(page.locator(".referral")).to_contain_text("Legal desk")
        assert axe_violations(page) == []
        press(page, "Close")

        # A draft in version 1; beside the question whereto, those whom the programme knows there.
        press(page, "New contact")
        app_of(page).get_by_role("group", name="Was there a lamp?").get_by_text("Yes").click()
        app_of(page).get_by_text("Free legal help", exact=True).click()
        press(page, "Referral contacts")
        expect(page.locator(".referral")).to_have_count(1)
        expect(page.locator(".referral")).to_contain_text("Legal desk")
        press(page, "Close")
        press(page, "Back")

        browser.set_offline(False)
        publish("v2", "Was there a door?")
        exchange(page)
        app_of(page).locator("draft-list .card").click()
        expect(app_of(page).get_by_text("Was there a lamp?")).to_be_visible()
        expect(app_of(page).get_by_text("Was there a door?")).to_have_count(0)
        press(page, "Save contact")
        press(page, "New contact")
        expect(app_of(page).get_by_text("Was there a lamp?")).to_have_count(0)
        app_of(page).get_by_role("group", name="Was there a door?").get_by_text("No", exact=True).click()
        press(page, "Save contact")
        expect(app_of(page).get_by_text("On the hub", exact=True)).to_have_count(2, timeout=60_000)

        # What was written in version 1 is read, and changed, in version 1.
        app_of(page).locator("section.programme ul.cards .card").last.click()
        expect(app_of(page).get_by_text("Was there a lamp?")).to_be_visible()
        press(page, "Change")
        expect(app_of(page).get_by_text("Was there a lamp?")).to_be_visible()

        # Its own questions in the language of the page, where the programme wrote them in it.
        for locale, question in (("ur", URDU), ("km", KHMER)):
            page.goto(f"{app.origin}/{locale}/notes")
            unlock(page)
            app_of(page).get_by_role("button", name=said(locale, "New contact")).click()
            group = app_of(page).get_by_role("group", name=question)
            group.get_by_text(LITTLE_OIL[locale], exact=True).click()
            expect(app_of(page).get_by_text("Was there a door?")).to_have_count(0)
            fits(page)

    coordinator("pull")
    told = json.loads(coordinator("show", "--json"))["contacts"]
    assert [each["form_version"] for each in told] == ["v1", "v2"]
    assert told[0]["fields"]["lamp"] == "yes"
    assert told[1]["fields"]["door"] == "no"
    lines = coordinator("export", "--format", "jsonl", "--why", "a test").splitlines()[1:]
    assert [json.loads(line)["form_version"] for line in lines] == ["v1", "v2"]
