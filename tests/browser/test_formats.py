"""What a Chromium stores and saves is read by the reader that was written from docs/formats.md alone."""

from __future__ import annotations

import datetime as dt
from base64 import b64decode
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import App, Chromium
from tests.browser.test_my_notes import YESTERDAY, open_tool, put_day, save
from tests.browser.test_place import go_to, press
from tests.browser.worker import (
    COORDINATOR_PASSPHRASE,
    PASSPHRASE,
    Coordinator,
    app_of,
    join,
    log_contact,
    write_note,
)
from tests.formats.bundles import read_bundle
from tests.formats.conventions import collection_id, id_of, sealing_key_of
from tests.formats.exports import read_export
from tests.formats.folders import read_root
from tests.formats.messagepack import array, octets, struct
from tests.formats.reading import Store
from tests.formats.test_reading import opened

TAPPED = ["Team 2", "Border area", "Street or market", "On the way", "First", "Adult", "Woman or girl"]
DUMP = """async () => {
  const answer = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const text = (bytes) => btoa(Array.from(new Uint8Array(bytes), (one) => String.fromCharCode(one)).join(""));
  const database = await answer(indexedDB.open("notes"));
  const reading = database.transaction(["header", "rows"]);
  const [header, keys, values] = await Promise.all([
    answer(reading.objectStore("header").get("header")),
    answer(reading.objectStore("rows").getAllKeys()),
    answer(reading.objectStore("rows").getAll()),
  ]);
  database.close();
  return { header: text(header), rows: keys.map((key, at) => [text(key), text(values[at])]) };
}"""


def dumped(page: Page) -> Store:
    dump = page.evaluate(DUMP)
    rows = {b64decode(address): b64decode(value) for address, value in dump["rows"]}
    return Store(header=b64decode(dump["header"]), rows=rows)


def order_of(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp() * 1000)


def test_what_chromium_stores_and_saves_is_read_from_the_text_of_the_formats_alone(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        app.keep_whole(page)
        app.network.online = False
        write_note(page, "Lotus, ask for Özlem ဗမာ")
        open_tool(page, "Hours and pay")
        press(page, "Write a day")
        put_day(page, YESTERDAY, "08:00", "17:00", "60")
        save(page)
        press(page, "Back")
        log_contact(page, TAPPED, "my")
        store = dumped(page)
        press(page, "About this programme")
        app_of(page).get_by_text("No connection? Carry it by hand").click()
        with page.expect_download() as saving:
            press(page, "Save as a file")
        bundled = Path(saving.value.path()).read_bytes()
        page.go_back()
        go_to(page, "Everything in one file")
        page.locator("#present").fill(PASSPHRASE)
        with page.expect_download(timeout=60_000) as saving:
            press(page, "Make the file")
        exported = Path(saving.value.path()).read_bytes()

    vault = opened(store, PASSPHRASE)
    (note,) = vault.notes
    assert note.text == "Lotus, ask for Özlem ဗမာ"
    (day,) = vault.keepsakes
    told = {"date": YESTERDAY.isoformat(), "start": 8 * 60, "end": 17 * 60, "pause": 60}
    assert (day.kind, day.values) == ("day", told)
    (enrolment,) = vault.enrolments
    (contact,) = vault.contacts
    assert contact.plaintext is not None
    fields = {name: value for name, [(value, _, _)] in contact.plaintext.fields.items()}
    assert (fields["place"], fields["language"]) == ("border", "my")

    bundle = read_bundle(bundled, enrolment.signing_key)
    root = read_root(coordinator.state, COORDINATOR_PASSPHRASE)
    (secret,) = (struct(each) for each in array(root["secrets"]))
    seed = octets(secret["sealing_seed"], 32)
    (push,) = bundle.pushes
    (revision,) = push.revisions
    (packet,) = (each for each in push.packets if each.recipient == id_of(sealing_key_of(seed)))
    packet.verify(bundle.programme, push.collection, enrolment.signing_key)
    assert push.collection == collection_id(bundle.programme, "contacts")
    key = packet.content_key(bundle.programme, push.collection, seed)
    assert (revision, revision.plaintext(push.collection, key)) == (contact.revision, contact.plaintext)

    assert sorted(read_export(exported, PASSPHRASE), key=lambda fields: str(fields["type"])) == [
        {
            "type": "keepsake",
            "kind": "day",
            "order": order_of(YESTERDAY),
            "created": day.created,
            "changed": day.changed,
            **{f"value:{name}": value for name, value in told.items()},
        },
        {"type": "note", "text": note.text, "created": note.created, "changed": note.changed},
    ]
