"""The coordinator's console for `make screenshots`: every view of it, on a phone and on a laptop, in one walk."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import LAPTOP, PHONE, App, Chromium
from tests.browser.crowd import join as join_headless
from tests.browser.crowd import join_with_a_changed_link, lose, made_up, write_and_send
from tests.browser.headless import Beside
from tests.browser.test_founding import answered
from tests.browser.words import pattern, said
from tests.browser.worker import PASSPHRASE, app_of, join, sojourn

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "test-results" / "screenshots"
PICTURES = ROOT / "docs" / "pictures"
LOCALES = {"en": "English", "km": "ខ្មែរ", "ar": "العربية"}
NOTICE = {
    "en": "The office is closed on Monday.",
    "km": "ការិយាល័យបិទនៅថ្ងៃចន្ទ។",
    "ar": "المكتب مغلق يوم الإثنين.",
}
QUARTER = "2025-Q4"
WEEKS = [f"2025-W{week}" for week in range(40, 53)]
BROKEN = """survey,,,
,type,name,label
,geopoint,where,Where
settings,,,
,form_title,form_id,version
,Contact,contact,w2
"""
FORM = """survey,,,
,type,name,label
,text,note,What was said
,select_one needs,needs,What the person needs
choices,,,
,list_name,name,label
,needs,food,Food
,needs,legal,Lawyer
settings,,,
,form_title,form_id,version
,Contact,contact,w2
"""
TABLE = "week,place,needs,age_band,zoo\n2025-W47,coast,food,adult,x\n2025-W99,moon,,adult,\n"
SHOWN = {
    "home": (PHONE, "h1"),
    "sheet": (PHONE, "h1"),
    "invitation": (PHONE, "h1"),
    "people": (ViewportSize(width=360, height=560), "#devices"),
    "contacts": (ViewportSize(width=720, height=560), "contact-counts > p"),
    "published": (ViewportSize(width=720, height=560), "#count-period"),
    "report": (ViewportSize(width=720, height=440), ".report"),
    "forms": (PHONE, "h2"),
    "notices": (PHONE, "h1"),
}
"""The English ones that docs/coordinating.md shows, with how much of the page, and from where."""


class Walk:
    """One coordinator's browser in one language."""

    def __init__(self, app: App, page: Page, locale: str, folder: Path) -> None:
        self.app = app
        self.page = page
        self.locale = locale
        self.folder = folder
        self.beside = Beside()

    def button(self, message: str) -> Locator:
        return app_of(self.page).get_by_role("button", name=said(self.locale, message), exact=True)

    def press(self, message: str) -> None:
        self.button(message).first.click()

    def open(self, message: str) -> None:
        """A part of the console, from its first screen."""
        title = said(self.locale, message)
        app_of(self.page).locator("button.card .title").get_by_text(title, exact=True).click()
        expect(app_of(self.page).get_by_role("heading", name=title, level=1)).to_be_visible()

    def see(self, message: str) -> None:
        expect(app_of(self.page).get_by_text(pattern(self.locale, message)).first).to_be_visible()

    def picture(self, name: str) -> None:
        for size in (LAPTOP, PHONE):
            self.page.set_viewport_size(size)
            self.page.screenshot(
                path=RESULTS / f"console-{name}-{self.locale}-{size['width']}.png", full_page=True
            )
        if self.locale == "en" and name in SHOWN:
            size, shown = SHOWN[name]
            self.page.set_viewport_size(size)
            top = "(it) => scrollTo(0, it.getBoundingClientRect().top + scrollY - 80)"
            app_of(self.page).locator(shown).first.evaluate(top)
            self.page.screenshot(path=PICTURES / f"console-{name}.png")
        self.page.set_viewport_size(LAPTOP)


def coordinating(app: App, chromium: Chromium, locale: str, folder: Path) -> None:
    """A programme of its own, from its making to its report."""
    folder.mkdir(parents=True, exist_ok=True)
    made = json.loads(sojourn(app.hub, "programme", "create", "Border outreach", "--json"))
    with chromium.open(locale=locale, viewport=LAPTOP) as browser:
        walk = Walk(app, browser.new_page(), locale, folder)
        join(walk.page, made["link"], LOCALES[locale])
        founding(walk)
        people(walk)
        contacts(walk)
        report(walk)
        telling(walk)
        take_up(walk)
        walk.beside.end()


def founding(walk: Walk) -> None:
    page = walk.page
    walk.press("Open the programme")
    walk.see("First print the programme's sheet. If this device is lost and there is no sheet, nobody can ever "
             "read what the programme wrote.")  # fmt: skip
    walk.picture("first")
    walk.press("The programme's sheet")
    page.locator("#present").wait_for()
    walk.picture("sheet-asks")
    page.locator("#present").fill(PASSPHRASE)
    walk.press("Show the sheet")
    groups = app_of(page).locator(".groups b")
    expect(groups).to_have_count(40)
    walk.picture("sheet")
    asked = "".join(filter(str.isdigit, app_of(page).locator("label[for=part]").inner_text()))
    page.locator("#part").fill("1")
    walk.press("It is on my paper")
    walk.see("That is not this part. Look at your paper, and type it again.")
    walk.picture("sheet-slip")
    page.locator("#part").fill(groups.nth(int(asked) - 1).inner_text())
    walk.press("It is on my paper")


def invited(walk: Walk, note: str) -> str:
    page = walk.page
    walk.press("Invite somebody")
    page.locator("#note").fill(note)
    walk.picture("invite")
    walk.press("Make the invitation")
    link: str = page.locator("#link").input_value()
    walk.picture("invitation")
    walk.press("Done")
    app_of(page).get_by_text(note).wait_for()
    return link


def people(walk: Walk) -> None:
    """Two phones that are let in, of which one lacks numbers, and one that is not."""
    page, beside = walk.page, walk.beside
    walk.open("People and phones")
    links = [invited(walk, note) for note in ("Amina", "Somchai", "Dara", "Tam")]
    walk.picture("people-invited")
    walk.press("Take it back")
    page.get_by_role("dialog").wait_for()
    walk.picture("people-take-back")
    page.keyboard.press("Escape")
    amina, somchai = (beside(join_headless(walk.folder / f"{at}", links[at])) for at in range(2))
    stray = beside(join_with_a_changed_link(walk.folder / "2", links[2]))
    walk.press("Back")
    walk.open("People and phones")
    expect(walk.button("End its access")).to_have_count(2)
    beside(lose(amina, made_up(400, 1, WEEKS), slice(40, 42)))
    beside(write_and_send(somchai, made_up(200, 2, WEEKS)))
    beside(write_and_send(stray, made_up(3, 3, WEEKS)))
    walk.press("Back")
    walk.open("People and phones")
    walk.see("Not let in")
    expect(app_of(page).get_by_text(pattern(walk.locale, "Last heard from on {day}"))).to_have_count(3)
    walk.picture("people")
    walk.press("End its access")
    page.get_by_role("dialog").wait_for()
    walk.picture("people-end")
    page.keyboard.press("Escape")
    walk.press("Change the programme's keys")
    page.get_by_role("dialog").wait_for()
    walk.picture("people-keys")
    page.keyboard.press("Escape")
    walk.press("Back")
    expect(page.locator("contacts-state dd")).to_have_count(2)
    walk.picture("home")


def contacts(walk: Walk) -> None:
    page = walk.page
    walk.open("Contacts")
    page.locator(".count-table").wait_for()
    walk.picture("contacts-weeks")
    page.locator("#count-by").select_option("needs")
    page.locator("#filter-question").select_option("gender")
    page.locator("#filter-answer").select_option("=woman")
    walk.press("Add one")
    expect(page.locator(".chosen li")).to_have_count(1)
    walk.picture("contacts")
    page.locator(".count-table button").first.click()
    page.locator("counted-records summary").first.click()
    page.locator("counted-records dd").first.wait_for()
    walk.picture("contacts-behind")
    page.locator("#count-by").select_option("gap:referred")
    walk.picture("contacts-gap")
    page.locator("#count-by").select_option("gender")
    page.locator("main input[type=checkbox]").check()
    page.locator(".hidden-count").first.wait_for()
    walk.picture("published")
    walk.press("Back")


def report(walk: Walk) -> None:
    page = walk.page
    walk.open("Reports")
    page.locator("#report-period").select_option(QUARTER)
    walk.picture("report-before")
    walk.press("Make the report")
    page.locator(".report [data-total]").wait_for()
    walk.picture("report")
    page.pdf(path=RESULTS / f"console-report-{walk.locale}.pdf")
    page.emulate_media(media="print")
    walk.picture("report-printed")
    page.emulate_media(media="null")
    walk.press("Change")
    page.locator("#below").fill("2")
    walk.press("Save")
    page.locator("[aria-invalid=true]").first.wait_for()
    walk.picture("threshold")
    walk.press("Back")


def telling(walk: Walk) -> None:
    """What workers are asked and told, and the log."""
    page = walk.page
    walk.open("Forms")
    for name, text in (("broken", BROKEN), ("forms", FORM)):
        (walk.folder / "form.csv").write_text(text, "utf-8")
        page.locator("#sheet").set_input_files(walk.folder / "form.csv")
        page.locator(".caution li" if name == "broken" else "form.contact").first.wait_for()
        walk.picture(name)
    walk.press("Back")
    walk.open("Notices")
    page.locator("#notice").fill(NOTICE[walk.locale])
    walk.press("Publish to all phones")
    walk.see("Published. Phones have it after their next connection.")
    walk.picture("notices")
    walk.press("Back")
    walk.open("Referral contacts")
    walk.picture("referrals")
    walk.press("Add one")
    walk.picture("referral")
    walk.press("Back")
    walk.button("Add one").wait_for()
    walk.press("Back")
    answered(walk.app.hub, "km", "papers", clear=29, hard=10, long=31)
    walk.open("Was this clear?")
    app_of(page).locator("li.card dd").first.wait_for()
    walk.picture("feedback")
    walk.press("Back")
    walk.open("Bring in contacts")
    (walk.folder / "contacts.csv").write_text(TABLE, "utf-8")
    page.locator("#table").set_input_files(walk.folder / "contacts.csv")
    page.locator(".caution li").first.wait_for()
    walk.picture("import")
    walk.press("Back")
    walk.open("Log")
    walk.picture("log")
    walk.press("Back")


def take_up(walk: Walk) -> None:
    walk.press("Back")
    walk.press("I have an invitation")
    walk.picture("joining")
    walk.press("I have a programme's sheet")
    walk.page.locator("#sheet").wait_for()
    walk.picture("take-up")
