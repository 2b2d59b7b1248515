"""Pictures of papers in My notes: small, rid of what a camera writes into them, and on no disk in clear."""

from __future__ import annotations

import base64
import struct
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

from sync.crypto.attachments import PIECE_SIZE
from tests.browser.conftest import App, Chromium
from tests.browser.film import film
from tests.browser.test_disk import KEYS_SEEN, found_in, shapes_of, shapes_of_bytes
from tests.browser.test_my_notes import at_home, new_place, open_tool, press
from tests.browser.test_reading import axe_violations
from tests.browser.test_scanning import TRACKS_SEEN, is_off
from tests.browser.worker import app_of, unlock

EXIF_WORDS = "Moonquartz Saltmarsh Lane 7"
NAME = "Vermilionish Passportling"
PREFIX = "data:image/jpeg;base64,"

# 2,400 by 1,200 of noise, so that it is too large for one chunk; red on the left, blue on the right.
NOISE = """() => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [2400, 1200];
    const pen = canvas.getContext('2d');
    const picture = pen.createImageData(2400, 1200);
    let state = 1;
    for (let at = 0; at < picture.data.length; at += 4) {
        const isLeft = (at / 4) % 2400 < 1200;
        state = (state * 1103515245 + 12345) % 2147483648;
        const noise = (state >> 16) & 127;
        picture.data.set(isLeft ? [128 + noise, noise, noise, 255] : [noise, noise, 128 + noise, 255], at);
    }
    pen.putImageData(picture, 0, 0);
    return canvas.toDataURL('image/jpeg', 0.9);
}"""

# Where the picture on the page is red and where blue, and its size.
SEEN = """async (image) => {
    await image.decode();
    const canvas = document.createElement('canvas');
    const [width, height] = [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const pen = canvas.getContext('2d');
    pen.drawImage(image, 0, 0);
    const colour = (x, y) => {
        const [red, , blue] = pen.getImageData(x, y, 1, 1).data;
        return red > blue ? 'red' : 'blue';
    };
    return [width, height, colour(width / 2, height / 4), colour(width / 2, (3 * height) / 4)];
}"""

# Until `full` is false again, the phone has no room for another row.
FULL = """(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...args) {
        if (globalThis.full) throw new DOMException('', 'QuotaExceededError');
        return put.apply(this, args);
    };
})()"""


def with_exif(jpeg: bytes) -> bytes:
    """The same JPEG as a phone held upright writes it: to be turned right by a quarter, with words and a place.

    TIFF 6.0 section 2; Exif 2.32 sections 4.5.4, 4.6.4 and 4.6.6.
    """
    words = EXIF_WORDS.encode("ascii") + b"\0"
    place = [(1, 2, 2, b"N\0\0\0"), (3, 2, 2, b"E\0\0\0")]
    entries = 3
    heap = 8 + 2 + 12 * entries + 4
    described = struct.pack(">HHII", 0x010E, 2, len(words), heap)
    turned = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)
    located = struct.pack(">HHII", 0x8825, 4, 1, heap + len(words))
    first = struct.pack(">H", entries) + described + turned + located + bytes(4)
    gps = struct.pack(">H", len(place))
    gps += b"".join(
        struct.pack(">HHI", tag, kind, count) + value for tag, kind, count, value in place
    ) + bytes(4)
    tiff = b"MM\0*" + struct.pack(">I", 8) + first + words + gps
    segment = b"Exif\0\0" + tiff
    assert jpeg.startswith(b"\xff\xd8")
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]


def photo_file(browser: BrowserContext, path: Path) -> Path:
    page = browser.new_page()
    url: str = page.evaluate(NOISE)
    page.close()
    path.write_bytes(with_exif(base64.b64decode(url.removeprefix(PREFIX))))
    return path


def choose(page: Page, path: Path) -> None:
    if not page.locator("photo-camera details").evaluate("(details) => details.open"):
        page.locator("photo-camera summary").click()
    page.locator("photo-camera input[type=file]").set_input_files(path)


def jpeg_in(image: Locator) -> bytes:
    expect(image).to_be_visible()
    url = image.get_attribute("src") or ""
    assert url.startswith(PREFIX)
    return base64.b64decode(url.removeprefix(PREFIX))


def pieces_of_picture(jpeg: bytes, name: str) -> dict[bytes, str]:
    """Its head is any JPEG's; what is its own comes after, in a file as it is or as base64."""
    start = jpeg.index(b"\xff\xda") + 40
    step = max((len(jpeg) - start) // 20, 48)
    pieces = [jpeg[at : at + 24] for at in range(start, len(jpeg) - 24, step)]
    assert len(pieces) > 5
    # Base64 of any three bytes in a row: 24 bytes from a multiple of three on.
    pieces += [jpeg[at : at + 24] for at in range(start - start % 3, len(jpeg) - 24, step - step % 3)]
    return {shape: f"{name} at {at}" for at, piece in enumerate(pieces) for shape in shapes_of_bytes(piece)}


def test_a_picture_of_a_paper_is_kept_found_and_deleted_and_lies_nowhere_in_clear(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    with chromium.elsewhere(tmp_path / "another phone").open() as browser:
        picture = photo_file(browser, tmp_path / "photo.jpg")
    notice = tmp_path / "contract.pdf"
    notice.write_bytes(b"%PDF-1.7\n" + EXIF_WORDS.encode())
    with chromium.open(film=film(tmp_path / "paper.y4m", "a paper")) as browser:
        for script in (TRACKS_SEEN, KEYS_SEEN, FULL):
            browser.add_init_script(script)
        page = browser.new_page()
        new_place(page, app)
        app.keep_whole(page)
        app.network.online = False
        open_tool(page, "Copies of papers")
        expect(app_of(page).get_by_text("No copies yet.")).to_be_visible()
        assert axe_violations(page) == []

        # By the camera, with no room for it at first.
        press(page, "Take a photo")
        press(page, "Stop")
        is_off(page)
        press(page, "Take a photo")
        page.evaluate("globalThis.full = true")
        press_when_seeing(page)
        expect(app_of(page).get_by_role("alert")).to_contain_text("The phone has no room left")
        page.evaluate("globalThis.full = false")
        press(page, "Try again")
        expect(app_of(page).get_by_role("status").first).to_contain_text("Saved.")
        is_off(page)
        assert page.locator("copy-view img.picture").evaluate("(i) => [i.naturalWidth, i.naturalHeight]") == [
            640,
            480,
        ]
        press(page, "Back")

        # What is no picture is refused; a photo comes in small, upright, and without what the camera wrote.
        expect(app_of(page).locator("copies-home")).to_be_visible()
        choose(page, notice)
        expect(app_of(page).get_by_role("alert").last).to_contain_text("This cannot be read as a picture")
        choose(page, picture)
        whole = page.locator("copy-view img.picture")
        page_picture = jpeg_in(whole)
        assert whole.evaluate(SEEN) == [800, 1600, "red", "blue"]
        assert b"Exif" not in page_picture
        assert EXIF_WORDS.encode() not in page_picture
        assert len(page_picture) > PIECE_SIZE, "too small for several chunks"
        press(page, "Passport")
        expect(page.locator("#copy-name")).to_have_value("Passport")
        page.locator("#copy-name").fill(NAME)
        assert axe_violations(page) == []
        press(page, "Save")
        cards = app_of(page).locator(".cards--pictures > li")
        expect(cards).to_have_count(2)
        expect(cards.first).to_contain_text(NAME)
        thumbnail = jpeg_in(cards.first.locator("img"))
        assert axe_violations(page) == []

        # Nothing of it stays on the page when somebody leaves.
        cards.first.locator("button").click()
        expect(whole).to_be_visible()
        page.evaluate("document.dispatchEvent(new Event('sojourn:leave'))")
        assert PREFIX not in page.content()
        assert NAME not in page.content()
        keys: list[str] = page.evaluate("keysSeen()")

    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/notes")
        unlock(page)
        at_home(page)
        open_tool(page, "Copies of papers")
        expect(cards_of(page)).to_have_count(2)
        cards_of(page).first.locator("button").click()
        expect(app_of(page).locator("h1")).to_have_text(NAME)
        assert jpeg_in(page.locator("copy-view img.picture")) == page_picture
        # Locked while it is looked at, and called another name: what was typed is there again.
        page.locator("#copy-name").fill(f"{NAME} renewed")
        page.evaluate("new BroadcastChannel('notes').postMessage('lock')")
        expect(page.locator("#passphrase")).to_be_visible()
        assert PREFIX not in page.content()
        assert NAME not in page.content()
        unlock(page)
        app_of(page).locator("draft-list .card").filter(has_text="Copies of papers").click()
        expect(page.locator("#copy-name")).to_have_value(f"{NAME} renewed")
        press(page, "Save")
        at_home(page)
        expect(app_of(page).locator("draft-list .card")).to_have_count(0)

    needles = {shape: "typed" for text in (NAME, EXIF_WORDS) for shape in shapes_of(text)}
    needles |= pieces_of_picture(page_picture, "the picture") | pieces_of_picture(thumbnail, "the thumbnail")
    raw = {key for key in map(bytes.fromhex, keys) if len(key) >= 32 and any(key)}
    needles |= {shape: "a key" for key in raw for shape in shapes_of_bytes(key)}
    assert found_in(chromium.profile, needles) == []
    assert found_in(chromium.profile, {b"sojourn": "the address"}) != []

    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/notes")
        unlock(page)
        at_home(page)
        open_tool(page, "Copies of papers")
        cards_of(page).first.locator("button").click()
        press(page, "Delete")
        press(page, "Delete it")
        expect(app_of(page).get_by_role("status").first).to_contain_text("Deleted.")
        expect(cards_of(page)).to_have_count(1)
        expect(cards_of(page)).not_to_contain_text(NAME)


def cards_of(page: Page) -> Locator:
    return app_of(page).locator(".cards--pictures > li")


def press_when_seeing(page: Page) -> None:
    """Once the camera shows something."""
    expect(page.locator("video")).to_have_js_property("videoWidth", 640)
    press(page, "Take it now")
