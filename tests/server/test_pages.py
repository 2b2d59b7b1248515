"""The static tree over HTTP: what readers, proxies and phones with old caches get."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import httpx
import pytest

from server.pages import CHECKED, IMMUTABLE, accepted, matches, permissions
from server.policy import CONTENT_SECURITY_POLICY
from server.site.compression import to_brotli, to_gzip
from server.tree import Tree, address_of
from tests.conftest import running
from tests.hubs import Hub

PAGE = b"<!doctype html><title>Papers</title>" + b"<p>What to keep.</p>" * 50
MISSING = b"<!doctype html><title>Not here</title>"
SCRIPT = b"console.log(1);" * 40


def write(root: Path, name: str, body: bytes) -> None:
    """A file with its compressed neighbours, as the build writes it."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    path.with_name(path.name + ".br").write_bytes(to_brotli(body))
    path.with_name(path.name + ".gz").write_bytes(to_gzip(body))


@pytest.fixture(scope="module")
def small_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub with a tree of a few files."""
    data = tmp_path_factory.mktemp("pages")
    first = data / "site-1"
    for name, body in {
        "index.html": PAGE,
        "404.html": b"languages",
        "km/index.html": PAGE,
        "km/404.html": MISSING,
        "km/topics/papers.html": PAGE,
        "km/manifest.webmanifest": b"{}" * 20,
        "sw.js": SCRIPT,
        "assets/app.0123abcd.js": SCRIPT,
        "packs/km/index": SCRIPT,
        f"packs/parts/{'ab' * 32}": SCRIPT,
    }.items():
        write(first, name, body)
    (first / "assets/compass.0123.svg").write_bytes(b"<svg/>")
    (data / "secret.txt").write_text("not for readers")
    (data / "site").symlink_to("site-1", target_is_directory=True)
    yield from running(data)


@pytest.fixture
def reader(small_hub: Hub) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=small_hub.url, headers={"accept-encoding": ""}, trust_env=False) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "media_type", "cached"),
    [
        ("/", "text/html; charset=utf-8", CHECKED),
        ("/km/", "text/html; charset=utf-8", CHECKED),
        ("/km/topics/papers", "text/html; charset=utf-8", CHECKED),
        ("/km/manifest.webmanifest", "application/manifest+json", CHECKED),
        ("/sw.js", "text/javascript; charset=utf-8", CHECKED),
        ("/packs/km/index", "application/octet-stream", CHECKED),
        ("/assets/app.0123abcd.js", "text/javascript; charset=utf-8", IMMUTABLE),
        ("/assets/compass.0123.svg", "image/svg+xml", IMMUTABLE),
        (f"/packs/parts/{'ab' * 32}", "application/json", IMMUTABLE),
    ],
)
def test_each_address_has_its_kind_and_its_life(
    reader: httpx.Client, path: str, media_type: str, cached: str
) -> None:
    answer = reader.get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == cached
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("br, gzip", "br"),
        ("gzip, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("br;q=0", None),
        ("*", "br"),
        ("identity", None),
        ("", None),
        ("br;q=nonsense, gzip", "gzip"),
    ],
)
def test_the_smallest_encoding_that_is_accepted_is_sent(
    reader: httpx.Client, asked: str, sent: str | None
) -> None:
    answer = reader.get("/km/topics/papers", headers={"accept-encoding": asked})

    assert answer.headers.get("content-encoding") == sent
    assert answer.content == PAGE  # httpx has decoded it


def test_a_file_without_compressed_neighbours_is_sent_as_it_is(reader: httpx.Client) -> None:
    answer = reader.get("/assets/compass.0123.svg", headers={"accept-encoding": "br, gzip"})

    assert "content-encoding" not in answer.headers
    assert answer.content == b"<svg/>"


def test_etags_are_strong_and_of_the_bytes_as_sent(reader: httpx.Client) -> None:
    etags = [
        reader.get("/km/", headers={"accept-encoding": encoding}).headers["etag"]
        for encoding in ("br", "gzip", "")
    ]

    assert len(set(etags)) == 3
    assert all(re.fullmatch(r'"[\w-]+"', etag) for etag in etags)
    assert reader.get("/", headers={"accept-encoding": "br"}).headers["etag"] == etags[0]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_what_has_not_changed_is_not_sent_again(reader: httpx.Client, form: str) -> None:
    first = reader.get("/km/")

    again = reader.get("/km/", headers={"if-none-match": form.format(first.headers["etag"])})

    assert again.status_code == 304
    assert again.content == b""
    for name in ("etag", "cache-control", "vary", "content-security-policy"):
        assert again.headers[name] == first.headers[name]


def test_another_encodings_etag_does_not_match(reader: httpx.Client) -> None:
    etag = reader.get("/km/").headers["etag"]

    assert reader.get("/km/", headers={"if-none-match": etag, "accept-encoding": "br"}).status_code == 200


def test_head_says_what_get_would(reader: httpx.Client) -> None:
    got, head = reader.get("/km/"), reader.head("/km/")

    assert head.content == b""
    wanted = {name: value for name, value in got.headers.items() if name != "date"}
    assert {name: value for name, value in head.headers.items() if name != "date"} == wanted


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("/km", "/km/"),
        ("/km/index.html", "/km/"),
        ("/km/topics/papers/", "/km/topics/papers"),
        ("/km/topics/papers.html", "/km/topics/papers"),
        ("/index.html", "/"),
    ],
)
def test_what_people_type_leads_to_the_one_address(reader: httpx.Client, typed: str, right: str) -> None:
    answer = reader.get(typed)

    assert (answer.status_code, answer.headers["location"]) == (308, right)
    assert reader.get(right).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/km/nothing", MISSING),
        ("/km/topics/", MISSING),
        ("/xx/nothing", b"languages"),
        ("/nothing", b"languages"),
    ],
)
def test_what_is_not_there_is_the_sites_own_page(reader: httpx.Client, path: str, body: bytes) -> None:
    answer = reader.get(path)

    assert answer.status_code == 404
    assert answer.content == body
    assert answer.headers["cache-control"] == CHECKED


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/km/../../secret.txt",
        "/..%2fsecret.txt",
        "/km/%2e%2e/%2e%2e/secret.txt",
        "//secret.txt",
        "/\\..\\secret.txt",
        "/km/index.html%00",
        "/sw.js.br",
        "/%ff",
        "/site-1/index.html",
    ],
)
def test_nothing_but_the_tree_is_served(small_hub: Hub, path: str) -> None:
    raw = httpx.Request("GET", small_hub.url)
    raw.url = raw.url.copy_with(raw_path=path.encode("latin-1"))
    with httpx.Client(trust_env=False) as client:
        answer = client.send(raw)

    assert answer.status_code in (400, 404)
    assert b"not for readers" not in answer.content


def test_every_page_is_held_to_the_policy(reader: httpx.Client) -> None:
    for path in ("/", "/km/", "/sw.js", "/km/nothing"):
        headers = reader.get(path).headers
        assert headers["content-security-policy"] == f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["server"] == ""
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize(
    ("address", "camera"),
    [
        ("/join", "(self)"),
        ("/km/notes", "(self)"),
        ("/km/topics/notes", "()"),
        ("/km/", "()"),
        ("/units", "()"),
    ],
)
def test_only_where_codes_are_scanned_a_page_may_ask_for_the_camera(address: str, camera: str) -> None:
    assert f" camera={camera}," in permissions(address).decode()


def test_a_page_takes_no_other_method(reader: httpx.Client) -> None:
    answer = reader.post("/km/")

    assert answer.status_code == 405
    assert {"GET", "HEAD"} <= set(answer.headers["allow"].split(", "))


def test_the_log_names_no_reader_and_no_page(small_hub: Hub, reader: httpx.Client) -> None:
    reader.get("/km/topics/papers", headers={"user-agent": "a certain phone"})
    reader.get("/km/nothing")

    log = small_hub.log.read_text("utf-8")
    assert "127.0.0.1 " not in log.replace(small_hub.url, "")
    assert "papers" not in log
    assert "phone" not in log


def test_a_new_tree_takes_the_place_of_the_old(tmp_path: Path) -> None:
    for number in (1, 2):
        write(tmp_path / f"site-{number}", "index.html", str(number).encode())
    link = tmp_path / "site"
    link.symlink_to("site-1")
    tree = Tree(link)

    def served() -> bytes:
        entry = tree.find("/")
        assert entry is not None
        return tree.read(entry, "identity").body

    assert served() == b"1"
    link.unlink()
    link.symlink_to("site-2")
    assert served() == b"1"
    tree.refresh()
    assert served() == b"2"
    link.unlink()
    tree.refresh()
    assert tree.find("/") is None


def test_what_is_kept_in_memory_is_bounded(tmp_path: Path) -> None:
    for number in range(20):
        write(tmp_path, f"{number}.html", bytes([number]) * 100)
    tree = Tree(tmp_path, cache_bytes=1_000)

    for number in range(20):
        entry = tree.find(f"/{number}")
        assert entry is not None
        tree.keep(entry, "identity", tree.read(entry, "identity"))

    last, first = tree.find("/19"), tree.find("/0")
    assert last is not None
    assert first is not None
    assert tree.kept(last, "identity") is not None
    assert tree.kept(first, "identity") is None


@pytest.mark.parametrize(
    ("file", "address"),
    [
        ("index.html", "/"),
        ("km/index.html", "/km/"),
        ("km/topics/papers.html", "/km/topics/papers"),
        ("sw.js", "/sw.js"),
        ("packs/km/index", "/packs/km/index"),
    ],
)
def test_files_have_one_address(file: str, address: str) -> None:
    assert address_of(PurePosixPath(file)) == address


def test_no_header_at_all_accepts_nothing_but_the_file_itself() -> None:
    assert accepted("") == []
    assert not matches("", '"x"')


def test_the_built_site_is_served_with_the_policy_of_its_pages(site_hub: Hub) -> None:
    with httpx.Client(base_url=site_hub.url, trust_env=False) as client:
        for path in ("/", "/en/", "/km/topics/papers", "/my/help/th"):
            answer = client.get(path, headers={"accept-encoding": "br"})
            assert answer.status_code == 200, path
            assert answer.headers["content-encoding"] == "br"
            found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', answer.text)
            assert found is not None
            assert answer.headers["content-security-policy"].startswith(found[1] + "; ")
