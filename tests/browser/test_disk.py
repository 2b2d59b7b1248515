"""Whoever holds the phone or the hub's disk finds ciphertext: their files, byte by byte, after real use."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect

from sync.enrolment import parse_invite
from tests.browser.conftest import App, Chromium
from tests.browser.worker import PASSPHRASE, Coordinator, app_of, join_by_pasting, sojourn, unlock, write_note

NOTE = "Zanzibarine quokka whispers Ωmega ကြာပန်း"
DRAFT = "Unfinished vermilion thought"
TOOLS = {
    "day": "Marzipanic kumquattery",
    "payment": "Tangerinish halvahlike",
    "offer": "Persimmonly zeppelinous",
    "plan": "Wisterian umbrageously",
    "date": "Obsidianish zambonical",
    "record": "Calliope Fennelworth",
    "search": "quokkasearching",
}
"""What is typed in each private tool; the payment is left as a draft, the record's name is never kept.

Words that stand on no page: the phone keeps all pages in clear.
"""

# Every raw key that the page hands to, or takes from, WebCrypto; as hex.
KEYS_SEEN = """(() => {
    const seen = new Set();
    const note = (data) => {
        if (data instanceof ArrayBuffer) data = new Uint8Array(data);
        if (!ArrayBuffer.isView(data)) return;
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        seen.add(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));
    };
    globalThis.keysSeen = () => [...seen];
    const subtle = crypto.subtle;
    const importKey = subtle.importKey.bind(subtle);
    const exportKey = subtle.exportKey.bind(subtle);
    const deriveBits = subtle.deriveBits.bind(subtle);
    subtle.importKey = (format, data, algorithm, extractable, usages) => {
        const isPublic = usages.length === 0 || (usages.length === 1 && usages[0] === 'verify');
        if (!isPublic) note(data);
        return importKey(format, data, algorithm, extractable, usages);
    };
    subtle.exportKey = async (format, key) => {
        const data = await exportKey(format, key);
        if (key.type !== 'public') note(data);
        return data;
    };
    subtle.deriveBits = async (...args) => {
        const data = await deriveBits(...args);
        note(data);
        return data;
    };
})()"""


LEAST_TO_TELL = 24
"""So many characters in a row of the invite's link, anywhere, would be a find."""


def pieces_of(link: str) -> Iterator[bytes]:
    code = link.partition("#")[2]
    for start in range(0, len(code) - LEAST_TO_TELL, 7):
        yield code[start : start + LEAST_TO_TELL].encode()
        yield code[start : start + LEAST_TO_TELL].encode("utf-16-le")


def files_under(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes()


def shapes_of(text: str) -> Iterator[bytes]:
    """As a file may hold it: whole, and each word of six letters or more, in UTF-8 and UTF-16."""
    for piece in [text, *(word for word in text.split() if len(word) >= 6)]:
        yield piece.encode("utf-8")
        yield piece.encode("utf-16-le")
        yield piece.encode("utf-16-be")


def shapes_of_bytes(secret: bytes) -> Iterator[bytes]:
    yield secret
    yield secret.hex().encode()
    for encoded in (base64.b64encode(secret), base64.urlsafe_b64encode(secret)):
        yield encoded.rstrip(b"=")[:-1]
        yield encoded.rstrip(b"=")[:-1].decode().encode("utf-16-le")


def found_in(folder: Path, needles: dict[bytes, str]) -> list[str]:
    return [
        f"{path.relative_to(folder)}: {name}"
        for path, content in files_under(folder)
        for needle, name in needles.items()
        if needle in content
    ]


def use_tools(page: Page) -> None:
    """Each private tool once; the words as a person types them."""
    press(page, "Hours and pay", "Hours and pay")
    press(page, "Write a day", "A day of work")
    page.locator("#field-start").fill("08:00")
    page.locator("#field-end").fill("17:00")
    page.locator("#field-note").press_sequentially(TOOLS["day"])
    press(page, "Save", "Hours and pay")
    press(page, "A record to print", "Hours and pay")
    expect(page.locator("#mine")).to_be_visible()
    page.locator("#mine").press_sequentially(TOOLS["record"])
    press(page, "Back", "Hours and pay")
    expect(app_of(page).locator("hours-home")).to_be_visible()
    press(page, "Money I got", "Money I got")
    page.locator("#field-note").press_sequentially(TOOLS["payment"])
    press(page, "Back", "Hours and pay")
    press(page, "Back", "My notes")
    press(page, "The offer I was made", "The offer I was made")
    press(page, "New offer", "The offer I was made")
    expect(app_of(page).locator("offer-form")).to_be_visible()
    page.locator("#offer-who").press_sequentially(TOOLS["offer"])
    press(page, "Save", "The offer I was made")
    expect(app_of(page).locator("offers-home")).to_contain_text(TOOLS["offer"])
    press(page, "Back", "My notes")
    press(page, "Safety plan", "Safety plan")
    page.locator("#field-trusted").press_sequentially(TOOLS["plan"])
    press(page, "Save", "My notes")
    press(page, "Dates to remember", "Dates to remember")
    press(page, "New date", "A date to remember")
    page.locator("#field-name").press_sequentially(TOOLS["date"])
    page.locator("#field-date").fill("2031-03-04")
    press(page, "Save", "Dates to remember")
    expect(app_of(page).get_by_text(TOOLS["date"])).to_be_visible()
    press(page, "Back", "My notes")
    for number in range(3):
        write_note(page, f"Note {number}")
    press(page, "All notes", "Notes")
    page.locator("#words").press_sequentially(TOOLS["search"])
    expect(app_of(page).get_by_text("Nothing found")).to_be_visible()
    press(page, "Back", "My notes")


def press(page: Page, name: str, heading: str) -> None:
    """Until the screen with that heading is there."""
    app_of(page).get_by_role("button", name=name).first.click()
    expect(app_of(page).locator("h1")).to_have_text(heading)


def use(page: Page, app: App, link: str) -> list[str]:
    """Join, write, leave a draft; gives the keys that were in use."""
    join_by_pasting(page, link)
    app.keep_whole(page)
    write_note(page, NOTE)
    use_tools(page)
    app_of(page).get_by_role("button", name="New note").click()
    app_of(page).locator("textarea").press_sequentially(DRAFT)
    page.wait_for_timeout(1500)
    app_of(page).get_by_role("button", name="Back").first.click()
    app_of(page).get_by_role("button", name="New contact").click()
    for choice in ("Border area", "Adult"):
        app_of(page).get_by_text(choice, exact=True).first.click()
    app_of(page).get_by_role("button", name="Save contact").click()
    expect(app_of(page).get_by_text("On the hub", exact=True).first).to_be_visible()
    keys: list[str] = page.evaluate("keysSeen()")
    return keys


def test_no_word_and_no_key_lies_on_the_phones_disk_or_the_hubs(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    link = coordinator.invite()
    invite = parse_invite(link)
    with chromium.open() as browser:
        browser.add_init_script(KEYS_SEEN)
        page = browser.new_page()
        keys = use(page, app, link)
    with chromium.open() as browser:
        browser.add_init_script(KEYS_SEEN)
        page = browser.new_page()
        page.goto(f"{app.origin}/en/notes")
        unlock(page)
        press(page, "All notes", "Notes")
        expect(app_of(page).get_by_text("Zanzibarine").first).to_be_visible()
        keys += page.evaluate("keysSeen()")
    coordinator("pull")
    app.hub.end()

    needles = {
        shape: f"typed: {text}"
        for text in (NOTE, DRAFT, PASSPHRASE, *TOOLS.values())
        for shape in shapes_of(text)
    }
    needles |= dict.fromkeys(shapes_of_bytes(invite.secret), "the invite's secret")
    needles |= dict.fromkeys(pieces_of(link), "the invite's link")
    # HKDF without a salt is HMAC under zeros (RFC 5869): no secret.
    raw = {key for key in map(bytes.fromhex, keys) if len(key) >= 32 and any(key)}
    assert len(raw) > 5, "the page used no keys: the test sees nothing"
    needles |= {shape: f"a key of {len(key)} bytes" for key in raw for shape in shapes_of_bytes(key)}
    assert found_in(chromium.profile, needles) == []
    assert found_in(app.hub.data, needles) == []
    # The search itself finds what is there: the pages that the phone keeps on purpose.
    assert found_in(chromium.profile, {b"sojourn": "the address"}) != []


def test_what_was_chosen_in_a_contact_is_in_no_file_of_the_hub(app: App, tmp_path: Path) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    state = str(tmp_path / "device")
    sojourn(app.hub, "device", "join", "--invite", coordinator.invite(), "--state", state)
    examples = sojourn(app.hub, "device", "form", "--example", "20", "--state", state)
    sojourn(app.hub, "device", "add", "-", "--state", state, text=examples)
    sojourn(app.hub, "device", "push", "--state", state)
    app.hub.end()
    database = [app.hub.database, *app.hub.data.glob("sojourn.sqlite3-*"), app.hub.log]
    words = ("under_18", "team_2", "countryside", "contact_type", "age_band", "information_given")
    for path in database:
        if path.exists():
            content = path.read_bytes()
            assert [
                word for word in words if word.encode() in content or word.encode("utf-16-le") in content
            ] == []
