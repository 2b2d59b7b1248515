"""The coordinator's console for `make screenshots`: every view of it, on a phone and on a laptop, in one walk."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import FloatRect, Locator, Page, ViewportSize, expect

from tests.browser.conftest import LAPTOP, PHONE, App, Chromium
from tests.browser.crowd import join as join_headless
from tests.browser.crowd import join_with_a_changed_link, lose, made_up, write_and_send
from tests.browser.headless import Beside
from tests.browser.test_founding import answered, cut_when_sent
from tests.browser.words import pattern, said
from tests.browser.worker import PASSPHRASE, app_of, join, sojourn

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "test-results" / "screenshots"
PICTURES = ROOT / "docs" / "pictures"
LOCALES = {"en": "English", "km": "ខ្មែរ", "ar": "العربية", "ur": "اردو"}
NOTICE = {
    "en": "The office is closed on Monday.",
    "km": "ការិយាល័យបិទនៅថ្ងៃចន្ទ។",
    "ar": "المكتب مغلق يوم الإثنين.",
    "ur": "دفتر پیر کو بند ہے۔",
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
HEADER = "week,place,needs,age_band,zoo\n"
RIGHT = f"{HEADER}2025-W47,coast,food,adult,x\n2025-W48,border,legal,adult,\n"
WRONG = f"{RIGHT}2025-W99,moon,,adult,\n"
EMPTY = {
    "contacts": ("Contacts", "No contacts yet."),
    "reports": ("Reports", "No contacts yet."),
    "people": ("People and phones", "This one"),
    "forms": ("Forms", "No form was published: phones use the hub's own."),
    "notices": ("Notices", "A short text for all workers"),
    "referrals": ("Referral contacts", "Nothing yet."),
    "feedback": ("Was this clear?", "Nothing yet."),
    "import": ("Bring in contacts", "A table (CSV)"),
    "log": ("Log", "Put the programme's sheet on paper"),
}
"""Parts of the console, and what each says where there is nothing in it yet."""
SLOW = 4000
"""Bytes a second: slow enough for pictures of what is under way."""
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
            path = RESULTS / f"console-{name}-{self.locale}-{size['width']}.png"
            if self.page.get_by_role("dialog").count() > 0:
                self.page.screenshot(path=path)
                continue
            # Without what stands below the console on every page: that is in the pictures for readers.
            end = self.page.locator("main").evaluate(
                "(it) => { scrollTo(0, 0); return it.scrollHeight + it.offsetTop; }"
            )
            shown = FloatRect(x=0, y=0, width=size["width"], height=max(end, size["height"]))
            self.page.screenshot(path=path, full_page=True, clip=shown)
        if self.locale == "en" and name in SHOWN:
            size, shown = SHOWN[name]
            self.page.set_viewport_size(size)
            top = "(it) => scrollTo(0, it.getBoundingClientRect().top + scrollY - 80)"
            app_of(self.page).locator(shown).first.evaluate(top)
            self.page.screenshot(path=PICTURES / f"console-{name}.png")
        self.page.set_viewport_size(LAPTOP)
        print(f"console-{name}-{self.locale}", flush=True)

    def back(self) -> None:
        """To the console's first screen."""
        self.press("Back")
        self.page.locator("console-home").wait_for()

    def choose(self, field: str, name: str, text: str) -> None:
        """A file with this text, chosen in a field."""
        (self.folder / name).write_text(text, "utf-8")
        self.page.locator(field).set_input_files(self.folder / name)


def coordinating(app: App, chromium: Chromium, locale: str, folder: Path) -> None:
    """A programme of its own, from its making to its report."""
    folder.mkdir(parents=True, exist_ok=True)
    made = json.loads(sojourn(app.hub, "programme", "create", "Border outreach", "--json"))
    with chromium.open(locale=locale, viewport=LAPTOP) as browser:
        walk = Walk(app, browser.new_page(), locale, folder)
        join(walk.page, made["link"], LOCALES[locale])
        founding(walk)
        empty(walk)
        people(walk)
        contacts(walk)
        report(walk)
        telling(walk)
        asking(walk)
        bringing_in(walk)
        cut_off(walk)
        new_keys(walk)
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


def empty(walk: Walk) -> None:
    for name, (title, said_then) in EMPTY.items():
        walk.open(title)
        walk.see(said_then)
        walk.picture(f"empty-{name}")
        walk.back()


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
    walk.press("Keep it")
    amina, somchai = (beside(join_headless(walk.folder / f"{at}", links[at])) for at in range(2))
    stray = beside(join_with_a_changed_link(walk.folder / "2", links[2]))
    walk.back()
    walk.open("People and phones")
    expect(walk.button("End its access")).to_have_count(2)
    beside(lose(amina, made_up(400, 1, WEEKS), slice(40, 42)))
    beside(write_and_send(somchai, made_up(200, 2, WEEKS)))
    beside(write_and_send(stray, made_up(3, 3, WEEKS)))
    walk.back()
    walk.open("People and phones")
    walk.see("Not let in")
    expect(app_of(page).get_by_text(pattern(walk.locale, "Last heard from on {day}"))).to_have_count(3)
    walk.picture("people")
    walk.press("End its access")
    page.get_by_role("dialog").wait_for()
    walk.picture("people-end")
    walk.press("Keep it")
    walk.press("Change the programme's keys")
    page.get_by_role("dialog").wait_for()
    walk.picture("people-keys")
    walk.press("Not now")
    walk.back()
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
    page.locator("#export summary").click()
    walk.picture("contacts-export")
    page.locator("#count-by").select_option("gender")
    page.locator("main input[type=checkbox]").check()
    page.locator(".hidden-count").first.wait_for()
    walk.picture("published")
    page.locator("#count-by").select_option("gap:asked")
    walk.picture("published-not")
    walk.back()


def report(walk: Walk) -> None:
    page = walk.page
    walk.open("Reports")
    page.locator("#report-period").select_option(QUARTER)
    walk.picture("report-before")
    walk.app.network.online = False
    walk.press("Make the report")
    walk.see("The hub cannot be reached now. Nothing is lost: the phone tries again by itself.")
    walk.picture("report-cut-off")
    walk.app.network.online = True
    walk.press("Make the report")
    page.locator(".report [data-total]").wait_for()
    page.locator("#report-files summary").click()
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
    walk.back()


def telling(walk: Walk) -> None:
    """What workers are told, what readers said, and the log."""
    page = walk.page
    walk.open("Notices")
    page.locator("#notice").fill(NOTICE[walk.locale])
    walk.press("Publish to all phones")
    walk.see("Published. Phones have it after their next connection.")
    walk.picture("notices")
    walk.press("Take it back")
    page.get_by_role("dialog").wait_for()
    walk.picture("notices-take-back")
    walk.press("Keep it")
    walk.back()
    walk.open("Referral contacts")
    walk.press("Add one")
    walk.picture("referral")
    page.locator("#phone").fill("+66")
    walk.press("Publish to all phones")
    page.locator("[aria-invalid=true]").first.wait_for()
    walk.picture("referral-slips")
    page.locator("#service").fill(NOTICE[walk.locale])
    page.locator("#kind").select_option(index=2)
    page.locator("#phone").fill("+66 2 555 0100")
    walk.press("Publish to all phones")
    walk.see("Published. Phones have it after their next connection.")
    walk.picture("referrals")
    walk.back()
    answered(walk.app.hub, "km", "papers", clear=29, hard=10, long=31)
    walk.open("Was this clear?")
    app_of(page).locator("li.card dd").first.wait_for()
    walk.picture("feedback")
    walk.back()
    walk.open("Log")
    walk.picture("log")
    walk.back()


def asking(walk: Walk) -> None:
    """What workers are asked: a form with faults, one before it is published, and reasons for it."""
    page = walk.page
    walk.open("Forms")
    walk.choose("#sheet", "form.csv", BROKEN)
    page.locator(".caution li").first.wait_for()
    walk.picture("broken")
    walk.choose("#sheet", "form.csv", FORM)
    page.locator("form.contact .field").first.wait_for()
    walk.picture("forms")
    walk.press("Publish to all phones")
    walk.see("Not published yet: a reason is missing.")
    walk.picture("forms-reasons")
    for needed in page.locator("[id^=why-]").all():
        needed.fill("The law asks for it.")
    walk.press("Publish to all phones")
    walk.see("Published. Phones have it after their next connection.")
    walk.picture("forms-published")
    walk.back()


def bringing_in(walk: Walk) -> None:
    page = walk.page
    walk.open("Bring in contacts")
    # Of the two forms, the hub's own: the table is in its words.
    page.locator("#form").select_option(index=1)
    walk.choose("#table", "contacts.csv", HEADER)
    page.locator("console-import [role=status] p").first.wait_for()
    walk.picture("import-empty")
    walk.choose("#table", "contacts.csv", WRONG)
    page.locator(".caution li").first.wait_for()
    page.locator("console-import details summary").click()
    walk.picture("import")
    walk.choose("#table", "contacts.csv", RIGHT)
    page.locator("console-import .buttons .button--primary").click()
    page.locator("console-import .notice").first.wait_for()
    walk.picture("import-done")
    walk.back()


def cut_off(walk: Walk) -> None:
    """Without a connection."""
    walk.app.network.online = False
    walk.open("Was this clear?")
    walk.button("Try again").wait_for()
    walk.picture("feedback-cut-off")
    walk.back()
    walk.open("Forms")
    walk.choose("#sheet", "form.csv", FORM)
    walk.see("The hub could not read the file now. Try again.")
    walk.picture("forms-cut-off")
    walk.back()
    walk.open("People and phones")
    walk.picture("people-cut-off")
    walk.back()
    walk.see("The hub cannot be reached now. Nothing is lost: the phone tries again by itself.")
    walk.picture("home-cut-off")
    walk.app.network.online = True


def new_keys(walk: Walk) -> None:
    """The line is cut when they are sent, and slow then."""
    page = walk.page
    walk.open("People and phones")
    page.context.route("**/certificates", cut_when_sent)
    walk.press("Change the programme's keys")
    page.get_by_role("dialog").wait_for()
    walk.button("Change the programme's keys").last.click()
    walk.see(
        "The programme's new keys are not on the hub yet. It goes on by itself with the next connection."
    )
    walk.picture("keys-cut-off")
    walk.app.network.bytes_per_second = SLOW
    page.context.unroute("**/certificates")
    walk.back()
    walk.see("Locked with the new keys: {done} of {of}")
    walk.picture("keys")
    walk.app.network.bytes_per_second = None


def take_up(walk: Walk) -> None:
    walk.press("Back")
    walk.press("I have an invitation")
    walk.picture("joining")
    walk.press("I have a programme's sheet")
    walk.page.locator("#sheet").wait_for()
    walk.picture("take-up")
