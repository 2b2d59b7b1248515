"""What scripts add to a page: search, size and colours, listening, sharing, checks, costs, and keeping nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from tests.browser.conftest import App, Chromium
from tests.browser.recording import silence
from tests.browser.test_reading import axe_violations
from tests.browser.waiting import wait_until
from tests.browser.words import said

SMALLEST = ViewportSize(width=320, height=640)
SMALL = ViewportSize(width=360, height=640)
TOPIC = "papers"
BELOW_HEADER = """
    document.activeElement.getBoundingClientRect().top
        >= document.querySelector("header.top").getBoundingClientRect().bottom
"""
"""Asks a page whether its header, which stays where it is, leaves what has the focus in sight."""
KEPT = """async () => ({
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    caches: (await caches.keys()).length,
    words: Object.keys(localStorage).length,
    databases: (await indexedDB.databases()).length,
})"""
NOTHING = {"workers": 0, "caches": 0, "words": 0, "databases": 0}
VOICE = """
    const voice = {lang: "%s", localService: %s, default: true, name: "v", voiceURI: "v"};
    window.spoken = [];
    const own = {
        getVoices: () => [voice],
        cancel() { const { told } = this; this.told = null; told?.onend() },
        speak(told) { window.spoken.push(told.text); this.told = told },
        addEventListener() {},
    };
    Object.defineProperty(window, "speechSynthesis", {value: own});
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text } };
"""


def found(page: Page) -> list[str]:
    links = page.locator("#results ul.topics a")
    expect(links.first).to_be_visible()
    return [str(address) for address in links.evaluate_all("all => all.map(link => link.pathname)")]


def test_a_search_goes_from_home_to_the_answer_and_no_server_hears_of_it(
    app: App, chromium: Chromium
) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/")
        app.keep_whole(page)
        app.network.online = False
        page.get_by_role("searchbox").fill("pasport")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{app.origin}/en/search#q=pasport")
        assert found(page)[0] == f"/en/topics/{TOPIC}"
        page.locator("a.skip").press("Enter")
        page.wait_for_url(f"{app.origin}/en/search#main")
        expect(page.get_by_role("searchbox")).to_have_value("pasport")
        page.locator("#results a").first.click()
        page.wait_for_url(f"{app.origin}/en/topics/{TOPIC}")
        page.go_back()
        assert found(page)[0] == f"/en/topics/{TOPIC}"
        assert not [path for path in app.network.seen if "pasport" in path]


@pytest.mark.parametrize("locale", ["km", "th", "my", "ur"])
def test_the_words_of_a_title_find_its_page_in_every_script_with_a_letter_lost(
    app: App, chromium: Chromium, locale: str
) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/{locale}/topics/{TOPIC}")
        title = page.locator("h1").inner_text()
        page.goto(f"{app.origin}/{locale}/search")
        box = page.get_by_role("searchbox")
        for query in (title, title[: len(title) // 2] + title[len(title) // 2 + 1 :]):
            box.fill("")
            expect(page.locator("#results p.hint")).to_be_visible()
            box.fill(query)
            assert f"/{locale}/topics/{TOPIC}" in found(page)[:3], query


def test_search_says_what_to_do_with_nothing_typed_and_nothing_found_and_offers_english(
    app: App, chromium: Chromium
) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/km/search")
        expect(page.locator("#results")).not_to_be_empty()
        page.get_by_role("searchbox").fill("qxzqxzq")
        blank = page.locator("#results .blank")
        expect(blank).to_be_visible()
        expect(blank.locator("a")).to_have_count(2)
        assert "/packs/en/index" not in app.network.seen, "what is half typed costs nobody another language"
        # Every Khmer page may hold some English that nobody has translated yet, so none is there at all.
        page.route("**/packs/km/index", lambda route: route.abort())
        page.reload()
        page.get_by_role("searchbox").fill("passport")
        page.keyboard.press("Enter")
        english = page.locator("#results a[lang=en]").first
        expect(english).to_be_visible()
        expect(english.locator(".mark")).to_have_text("EN")
        assert axe_violations(page) == []


def test_a_search_on_a_phone_that_has_not_all_pages_says_so(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/search")
        expect(page.locator("#results p.hint")).to_be_visible()
        page.route("**/packs/parts/*", lambda route: route.abort())
        page.reload()
        page.get_by_role("searchbox").fill("passport")
        expect(page.locator("#results .notice")).to_be_visible()


def test_size_and_colours_stay_on_the_next_page_and_fit_the_smallest_phone(
    app: App, chromium: Chromium
) -> None:
    with chromium.open(viewport=SMALLEST) as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/")
        page.locator("#text-size").select_option("largest")
        page.locator("#colours").select_option("contrast")
        for locale in ("en", "ur"):
            for address in ("", f"topics/{TOPIC}", "help/th", "check/offer", "costs/", "search", "not-mine"):
                if address == "not-mine" and locale == "en":
                    continue  # It would make the rest of this test somebody else's phone.
                page.goto(f"{app.origin}/{locale}/{address}")
                html = page.locator("html")
                expect(html).to_have_attribute("data-size", "largest")
                expect(html).to_have_attribute("data-colours", "contrast")
                page.wait_for_timeout(300)
                assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"], address
        assert axe_violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark", "contrast"])
def test_the_tools_pass_axe_in_every_scheme(app: App, chromium: Chromium, scheme: str) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/ur/")
        page.locator("#colours").select_option(scheme)
        for address in ("/", f"/topics/{TOPIC}", "/check/offer", "/costs/"):
            page.goto(f"{app.origin}/ur{address}")
            page.locator(".share button").first.wait_for()
            assert axe_violations(page) == [], address


def test_a_voice_of_the_phone_reads_block_by_block_and_stops_on_leaving(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.add_init_script(VOICE % ("en-GB", "true"))
        page.goto(f"{app.origin}/en/topics/{TOPIC}")
        page.locator(".listen").get_by_role("button", name="Listen").click()
        expect(page.locator(".reading")).to_have_text(page.locator("h1").inner_text())
        page.evaluate("speechSynthesis.told.onend()")
        expect(page.locator(".reading")).to_have_class(re.compile("lead"))
        page.get_by_role("button", name="Pause").click()
        expect(page.locator(".reading")).to_have_count(0)
        expect(page.get_by_role("button", name="Go on")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".reading")).to_have_class(re.compile("lead"))
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".listen").get_by_role("button", name="Listen")).to_be_focused()
        assert page.evaluate("window.spoken.length") == 3
        # Some browsers count what is broken off as ended: nothing may be read after leaving.
        page.keyboard.press("Enter")
        expect(page.locator(".reading")).to_have_count(1)
        page.evaluate("document.dispatchEvent(new Event('sojourn:leave'))")
        expect(page.locator(".reading")).to_have_count(0)
        assert page.evaluate("window.spoken.length") == 4


def test_a_recording_is_fetched_when_it_is_asked_for_and_stops_on_leaving(
    app: App, chromium: Chromium
) -> None:
    app.record("en", TOPIC, silence(seconds=30))
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/topics/{TOPIC}")
        listen = page.locator(".listen").get_by_role("button", name="Listen (0.1 MB)")
        expect(listen).to_be_visible()
        app.keep_whole(page)
        assert not any(path.startswith("/audio/") for path in app.network.seen)
        listen.click()
        wait_until(page, "document.querySelector('.listen audio').currentTime > 0.2")
        page.evaluate("document.dispatchEvent(new Event('sojourn:leave'))")
        assert page.evaluate("document.querySelector('.listen audio').paused")
        app.network.online = False
        page.reload()
        listen.click()
        expect(page.locator(".listen")).to_contain_text("The recording needs a connection.")
        expect(listen).to_be_focused()


@pytest.mark.parametrize(("lang", "local"), [("en-GB", "false"), ("fr-FR", "true")])
def test_without_a_voice_of_the_language_on_the_phone_there_is_no_button(
    app: App, chromium: Chromium, lang: str, local: str
) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.add_init_script(VOICE % (lang, local))
        page.goto(f"{app.origin}/en/topics/{TOPIC}")
        page.locator(".share button").first.wait_for()
        expect(page.locator(".listen")).to_be_hidden()


def test_a_page_is_passed_on_by_link_and_by_code(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        browser.grant_permissions(["clipboard-read", "clipboard-write"], origin=app.origin)
        page = browser.new_page()
        page.goto(f"{app.origin}/en/topics/{TOPIC}#sources")
        share = page.locator(".share")
        share.get_by_role("button", name="Pass it on").click()
        expect(share.get_by_role("status")).to_contain_text("copied")
        assert page.evaluate("navigator.clipboard.readText()") == f"{app.origin}/en/topics/{TOPIC}"
        code = share.get_by_role("button", name="Show as QR code")
        code.click()
        expect(page.locator("dialog svg.qr-code path")).to_have_attribute("d", re.compile("^M4 4h7v1"))
        expect(page.get_by_role("dialog", name="Scan this")).to_contain_text(
            f"{app.origin}/en/topics/{TOPIC}"
        )
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)
        expect(code).to_be_focused()


@pytest.mark.parametrize("locale", ["en", "km", "my", "th", "ur"])
def test_a_topic_is_printed_on_one_sheet(app: App, chromium: Chromium, locale: str) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/{locale}/help/th")
        app.keep_whole(page)
        page.goto(f"{app.origin}/{locale}/help/th")
        page.goto(f"{app.origin}/{locale}/topics/{TOPIC}")
        page.evaluate("window.print = () => document.body.classList.add('printed')")
        page.locator(".share button").nth(2).click()
        page.locator("body.printed").wait_for()
        expect(page.locator(".leaflet li").first).to_contain_text("191")
        sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
        assert len(sheets) == 1
        page.emulate_media(media="print")
        for hidden in ("header.top", "footer.foot", ".clear", ".related"):
            expect(page.locator(hidden)).to_be_hidden()


def test_a_check_goes_question_by_question_and_ends_without_a_verdict(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/check/offer")
        headings = page.locator("article.question h2")
        total = headings.count()
        expect(page.locator("#check progress")).to_be_visible()
        expect(page.get_by_text(f"Question 1 of {total}")).to_be_visible()
        expect(page.get_by_role("button", name="Back")).to_be_hidden()
        first = page.locator("article.question").first
        answer = "Yes" if "yes" in (first.get_attribute("data-care") or "") else "No"
        page.get_by_role("button", name=answer, exact=True).press("Enter")
        expect(headings.nth(1)).to_be_focused()
        page.get_by_role("button", name="Back").press("Enter")
        expect(headings.first).to_be_focused()
        expect(page.get_by_role("button", name=answer, exact=True)).to_have_attribute("aria-pressed", "true")
        page.get_by_role("button", name=answer, exact=True).click()
        for _ in range(total - 1):
            page.get_by_role("button", name="Skip this question").click()
        result = page.locator(".care-result")
        expect(result.locator("h2")).to_be_focused()
        expect(result.locator("article.caution")).to_have_count(1)
        expect(result.locator("article.caution h3")).to_have_text(
            headings.first.inner_text() or re.compile(".")
        )
        expect(page.locator("section.before")).to_be_visible()
        assert not re.search(r"\d+ (of|/)|score|safe offer", result.inner_text())
        assert axe_violations(page) == []
        page.get_by_role("button", name="Start again").click()
        for _ in range(total):
            page.get_by_role("button", name="Skip this question").click()
        nothing = page.locator("#check").get_attribute("data-nothing")
        expect(result.locator(".notice")).to_have_text(nothing or "")
        assert page.evaluate(KEPT) == NOTHING


@pytest.mark.parametrize("locale", ["en", "my", "ur"])
def test_on_a_small_phone_every_answer_is_in_sight_once_the_first_was_given(
    app: App, chromium: Chromium, locale: str
) -> None:
    with chromium.open(viewport=SMALL) as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/{locale}/check/offer")
        title, introduction = page.locator("h1"), page.locator("article > :not(h1):has(~ #check)")
        answers = page.locator("#check .answer")
        expect(answers).to_have_count(3)
        total = page.locator("article.question").count()
        expect(introduction).to_have_count(2)
        for at in range(1, total):
            answers.last.click()
            expect(page.locator("article.question h2").nth(at)).to_be_focused()
            for part in introduction.all():
                expect(part).to_be_hidden()
            for answer in answers.all():
                expect(answer).to_be_in_viewport(ratio=1)
            assert page.evaluate(BELOW_HEADER), at
        expect(title).to_be_visible()
        answers.last.click()
        expect(page.locator(".care-result h2")).to_be_focused()
        expect(page.locator(".care-result h2")).to_be_in_viewport(ratio=1)
        page.locator("p.again button").click()
        expect(introduction.first).to_be_in_viewport(ratio=1)
        expect(title).to_be_focused()
        expect(title).to_be_in_viewport(ratio=1)


def test_without_scripts_a_check_is_a_list(app: App) -> None:
    html = app.fetch("/en/check/offer")
    assert html.count('class="question"') > 10
    assert "hidden" not in html.split('id="check"')[1].split("</section>")[0]


def test_costs_are_worked_out_on_the_page_in_any_digits(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/costs/")
        amounts = {"loan": "៣០០០", "repayments-per-month": "350", "months": "12", "wage": "900"}
        for name, amount in amounts.items():
            page.locator(f"#{name}").fill(amount)
        result = page.locator("#costs output")
        expect(result).to_contain_text("You get 3,000 and pay back 4,200")
        expect(result).to_contain_text("92%")
        page.locator("#living").fill("890")
        expect(result).to_contain_text("never ends")
        page.locator("#wage").fill("many")
        expect(result).to_contain_text("figures only")
        expect(page.locator("#wage")).to_have_attribute("aria-invalid", "true")
        page.locator("#from").select_option("kh")
        page.locator("#to").select_option("th")
        rules = page.locator(".rules-by-country li:visible a")
        assert [
            str(each).rsplit("/", 1)[1] for each in rules.evaluate_all("all => all.map(a => a.href)")
        ] == [
            "kh",
            "th",
        ]


def test_was_this_clear_is_sent_only_when_pressed_and_kept_when_there_is_no_network(
    app: App, chromium: Chromium
) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        asked: list[str] = []
        is_reached = False

        def answer(route: Route) -> None:
            asked.append(route.request.post_data or "")
            if is_reached:
                route.continue_()
            else:
                route.abort()

        page.route("**/api/v1/feedback", answer)
        page.goto(f"{app.origin}/en/topics/{TOPIC}")
        form = page.locator("form.clear")
        form.get_by_text("Hard words").click()
        assert asked == []
        form.get_by_role("button", name="Send").click()
        expect(form.get_by_role("status")).to_contain_text("kept on this phone")
        is_reached = True
        page.reload()
        expect(form.get_by_role("status")).to_contain_text("was not sent")
        form.evaluate("form => { form.requestSubmit(); form.requestSubmit() }")
        expect(form.get_by_role("status")).to_contain_text("was sent")
        assert asked == ['{"locale":"en","slug":"papers","answer":"hard-words"}'] * 2


def test_nothing_is_kept_before_a_language_is_chosen(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/")
        page.locator("#not-mine").wait_for()
        assert page.evaluate(KEPT) == NOTHING
        page.locator("main a[lang=en]").click()
        app.keep_whole(page)
        assert page.evaluate(KEPT)["workers"] == 1


def test_a_link_from_somebody_keeps_nothing_until_one_goes_on_or_says_so(
    app: App, chromium: Chromium
) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/help/th")
        expect(page.get_by_role("button", name="Save on this phone")).to_be_visible()
        assert page.evaluate(KEPT) == NOTHING
        page.locator("nav.sections a").first.click()
        page.wait_for_url(f"{app.origin}/en/topics/")
        app.keep_whole(page)


def test_on_somebody_elses_phone_all_goes_and_nothing_comes(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/km/topics/{TOPIC}")
        app.keep_whole(page)
        page.locator("#not-mine").click()
        page.wait_for_url(f"{app.origin}/km/not-mine")
        expect(page.locator("[data-notice=not-mine]")).to_be_visible()
        assert page.evaluate(KEPT) == NOTHING
        page.goto(f"{app.origin}/km/help/th")
        page.locator("#colours").select_option("dark")
        page.goto(f"{app.origin}/km/notes")
        closed = said(
            "km",
            "My notes is closed in this tab, because you said that this is not your phone. "
            "Close the tab and open the page again to use it.",
        )
        expect(page.locator("p.closed")).to_be_visible()
        expect(page.locator("p.closed")).to_contain_text(closed[:10])
        expect(page.locator("sojourn-app")).to_have_count(0)
        assert page.evaluate(KEPT) == NOTHING


def test_where_the_browser_refuses_its_caches_one_is_told_all_the_same(app: App, chromium: Chromium) -> None:
    """A private window of some browsers: the button was pressed, and nothing came of it."""
    with chromium.open() as browser:
        page = browser.new_page()
        page.add_init_script("caches.keys = () => Promise.reject(new DOMException('', 'SecurityError'))")
        page.goto(f"{app.origin}/en/topics/{TOPIC}")
        page.locator("#not-mine").click()
        page.wait_for_url(f"{app.origin}/en/not-mine")
        expect(page.locator("[data-notice=not-mine]")).to_be_visible()


def test_a_vault_on_somebody_elses_phone_stays_and_is_spoken_of(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/about")
        page.evaluate(
            """() => new Promise((resolve) => {
                const asked = indexedDB.open("notes", 1);
                asked.onupgradeneeded = () => asked.result.createObjectStore("header").put(new Uint8Array(1), "h");
                asked.onsuccess = () => { asked.result.close(); resolve() };
            })"""
        )
        page.locator("#not-mine").click()
        page.wait_for_url(f"{app.origin}/en/not-mine")
        expect(page.locator("[data-notice=vault]")).to_be_visible()
        assert page.evaluate(KEPT) == {**NOTHING, "databases": 1}
