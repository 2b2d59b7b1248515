"""Parts, index and keys, as a reader verifies them."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from server.errors import SiteError
from server.site.catalogs import Key, id_of, read_catalog
from server.site.compression import to_brotli
from server.site.editions import Edition, load_editions, next_edition, save_editions
from server.site.keys import load_key, replace_key
from server.site.packs import Part, encode_index
from server.site.places import find_places
from server.site.rendered import spoken_keys
from server.site.shell import Fragment, fill
from tests.conftest import TODAY

from .conftest import Built


def verify(key: bytes, signature: bytes, message: bytes) -> None:
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    public.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))


def part(subject: str, data: bytes = b"{}") -> Part:
    return Part(subject=subject, data=data, packed=to_brotli(data))


def test_an_index_names_every_part_by_hash_and_size_and_is_signed(built: Built) -> None:
    body, key, signature, succession = msgspec.msgpack.decode((built.tree / "packs/ur/index").read_bytes())
    label, locale, number, date, parts = msgspec.msgpack.decode(body)
    assert (label, locale, number, date, succession) == ("sojourn/1/index", "ur", 1, TODAY.isoformat(), [])
    assert (len(key), len(signature)) == (65, 64)
    verify(key, signature, body)
    assert [subject for subject, _, _ in parts] == sorted(subject for subject, _, _ in parts)
    assert {"pages/core", "pages/topics-1", "help-1", "messages", "app/messages", "form/contact"} <= {
        row[0] for row in parts
    }
    for _, digest, size in parts:
        file = built.tree / "packs/parts" / digest.hex()
        assert hashlib.sha256(file.read_bytes()).digest() == digest
        assert Path(f"{file}.br").stat().st_size == size


def test_a_page_from_a_part_and_a_shell_is_the_page_that_the_hub_serves(built: Built) -> None:
    shell = next((built.tree / "assets").glob("shell-ur.*.html")).read_text("utf-8")
    parts = [
        msgspec.json.decode(path.read_bytes())
        for path in (built.tree / "packs/parts").iterdir()
        if not path.suffix
    ]
    served = {built.page(f"ur/{name}") for name in ("index.html", "topics/papers.html", "help/mm.html")}
    made = set()
    for found in parts:
        for path, page in found.get("pages", {}).items():
            if path in {"/", "/topics/papers", "/help/mm"}:
                fragment = msgspec.convert(page, Fragment)
                made.add(fill(shell, path, fragment))
    assert served <= made


def test_a_number_stays_with_the_same_parts_and_rises_with_others() -> None:
    first = next_edition({}, "km", "hub", [part("a")], TODAY)
    later = TODAY + datetime.timedelta(days=1)
    assert first.number == 1
    assert next_edition({"km": first}, "km", "hub", [part("a")], later) == first
    second = next_edition({"km": first}, "km", "hub", [part("a", b"[]")], later)
    assert (second.number, second.date) == (2, later)
    assert next_edition({"km": second}, "km", "hub", [part("a")], later).number == 3


def test_a_hub_and_an_export_never_use_the_same_number_for_different_parts() -> None:
    kept = {"km": Edition(number=3, date=TODAY, parts="00")}
    export = next_edition(kept, "km", "export", [part("a")], TODAY)
    assert export.number == 4
    kept["km export"] = export
    assert next_edition(kept, "km", "export", [part("a")], TODAY) == export
    assert next_edition(kept, "km", "hub", [part("b")], TODAY).number == 5


def test_editions_are_kept_in_the_data_folder(tmp_path: Path) -> None:
    editions = {"km": Edition(number=7, date=TODAY, parts="00")}
    save_editions(tmp_path, editions)
    assert load_editions(tmp_path) == editions


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = load_key(tmp_path)
    assert load_key(tmp_path).public == first.public
    assert (tmp_path / "pack-key.pem").stat().st_mode & 0o777 == 0o600


def test_a_successor_is_signed_by_the_key_before_it(tmp_path: Path) -> None:
    old = load_key(tmp_path)
    middle = replace_key(tmp_path)
    new = replace_key(tmp_path)
    assert [public for public, _ in new.succession] == [middle.public, new.public]
    signers = [old.public, middle.public]
    for signer, (public, signature) in zip(signers, new.succession, strict=True):
        verify(signer, signature, msgspec.msgpack.encode(["sojourn/1/pack-key", public]))


def test_a_replacement_that_was_cut_short_leaves_the_old_key_with_its_own_chain(tmp_path: Path) -> None:
    replace_key(tmp_path)
    pem = (tmp_path / "pack-key.pem").read_bytes()
    before = load_key(tmp_path)
    replace_key(tmp_path)
    (tmp_path / "pack-key.pem").write_bytes(pem)
    assert load_key(tmp_path).succession == before.succession


def test_what_is_no_p256_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pack-key.pem").write_bytes(b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n")
    with pytest.raises(SiteError, match=r"pack-key\.pem"):
        load_key(tmp_path)


def test_an_index_that_was_changed_by_one_byte_fails(tmp_path: Path) -> None:
    body, key, signature, _ = msgspec.msgpack.decode(
        encode_index("km", 1, TODAY, [part("a")], load_key(tmp_path))
    )
    with pytest.raises(InvalidSignature):
        verify(key, signature, body[:-1] + bytes([body[-1] ^ 1]))


def test_a_reader_fetches_no_message_of_my_notes_or_of_the_console() -> None:
    places = find_places()
    spoken = spoken_keys(places)
    said_in: dict[Key, list[str]] = {
        (message.context, id_of(message.id)): [name for name, _ in message.locations]
        for message in read_catalog(places.translations / "app.pot", "en")
    }
    assert list(spoken) == ["console/messages", "app/messages", "messages"]
    in_console, in_app, in_reader = spoken.values()
    assert sum(map(len, spoken.values())) == len(in_console | in_app | in_reader)
    assert all(_is_said_only(said_in[key], "pwa/src/app/console/") for key in in_console)
    assert all(_is_said_only(said_in[key], "pwa/src/app/") for key in in_app)
    assert not any(_is_said_only(said_in[key], "pwa/src/app/") for key in in_reader)
    everywhere = {key for key, names in said_in.items() if any(name.startswith("pwa/") for name in names)}
    assert in_console | in_app | in_reader == everywhere
    assert 0 < len(in_reader) < len(in_app)


def _is_said_only(names: list[str], folder: str) -> bool:
    return all(name.startswith(folder) for name in names if name.startswith("pwa/"))
