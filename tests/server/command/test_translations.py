"""`sojourn translations` as somebody types it."""

from __future__ import annotations

import errno
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from server.command import main, translations
from server.site.places import Places
from server.site.updating import update
from tests.server.site.small_site import make_site, po_text

KEEP = po_text('msgid "Keep your papers in a safe place."\nmsgstr "ຮັກສາເອກະສານ."')


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    places = make_site(tmp_path / "checkout")
    update(places)
    monkeypatch.setattr(translations, "find_places", lambda: places)
    monkeypatch.chdir(tmp_path)
    Path("keep.po").write_text(KEEP, "utf-8")
    return places


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["translations", *words])


def test_the_list_counts_each_catalog_in_a_table(places: Places) -> None:
    run("import", "lo", "keep.po")
    result = run("list")
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["lo", "app", "3", "0", "3", "0", "0"] in rows
    assert ["content", "4", "1", "3", "0", "0"] in rows
    assert ["content", "0", "0", "1", "0", "0", "3"] in rows


def test_the_list_names_what_is_missing_and_where_it_stands(places: Places) -> None:
    result = run("list", "--locale", "lo", "--missing")
    assert "lo content missing: “Papers” (label)\n    content: where it stands\n" in result.stdout


def test_an_import_says_what_it_took(places: Places) -> None:
    assert run("import", "lo", "keep.po").stdout == (
        "keep.po: 1 taken into content, 0 as they were, 0 unfinished (fuzzy), 0 unknown\n"
    )


def test_a_fault_is_an_error_that_names_file_and_line(places: Places) -> None:
    Path("bad.po").write_text(po_text('msgid "Call 1300 now."\nmsgstr "ໂທ."'), "utf-8")
    result = run("import", "lo", "bad.po")
    assert result.exit_code == 1
    assert "bad.po, line 7: “Call 1300 now.” has the numbers [] for ['1300']" in result.stderr
    assert run("import", "lo", "bad.po", "--skip-faulty").exit_code == 0


def test_a_language_goes_out_into_a_folder(places: Places) -> None:
    assert run("export", "lo", "out").stdout == (
        "out/app.po: 3 to translate\nout/content.po: 4 to translate\nout/glossary.po: 0 to translate\n"
    )
    assert {path.name for path in Path("out").iterdir()} == {"app.po", "content.po", "glossary.po"}


def test_a_folder_that_cannot_be_made_is_named_with_what_the_system_says(places: Places) -> None:
    result = run("export", "lo", "keep.po/out")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: keep.po/out")
    assert result.stderr.endswith(": Not a directory\n")


def test_a_full_disk_is_said_without_a_name(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(translations, "export_catalogs", full)
    assert run("export", "lo", "out").stderr == "Error: No space left on device\n"


def test_an_error_that_is_not_the_disks_keeps_its_traceback(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr(translations, "export_catalogs", broken)
    assert isinstance(run("export", "lo", "out").exception, OSError)


def test_a_translation_is_read_back_by_way_of_two_files(places: Places) -> None:
    run("import", "lo", "keep.po")
    assert run("back", "lo", "--to", "questions.jsonl").stdout == "lo: 1 of 1 to be read back\n"
    question = msgspec.json.decode(Path("questions.jsonl").read_text("utf-8"))
    assert question["translation"] == ["ຮັກສາເອກະສານ."]
    answer = {"id": question["id"], "back": "Look after your papers."}
    Path("answers.jsonl").write_bytes(msgspec.json.encode(answer))
    assert run("back", "lo", "--from", "answers.jsonl").stdout == "1 taken\nlo: 0 of 1 to be read back\n"
