"""What the documents show is true: settings, files, tables, and commands, which are run."""

from __future__ import annotations

import datetime
import re
import shlex
import shutil
import textwrap
import tomllib
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner

from server.command import main, vault
from server.command.practice import Folder
from server.operator import Operator
from server.settings import PASSPHRASE, PREFIX, _Environment
from server.site.locales import Glossary, LocaleFile
from server.site.minor import MinorFile
from server.site.places import find_places
from server.site.sources import load_sources
from tests.hubs import Hub
from tests.server.command.keyboard import at_a_keyboard

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
OPERATING = (ROOT / "docs/operating.md").read_text("utf-8")
TRANSLATING = (ROOT / "docs/translating.md").read_text("utf-8")
SHOWN = ("sojourn ", ".venv/bin/", "make ")
LINK = re.compile(r"http\S+/join#\S+")


def fences(text: str, language: str) -> list[str]:
    """The blocks of code in a language; "" for those that name none."""
    found = re.findall(r"^( *)```(\w*)\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for _, named, block in found if named == language]


def commands(text: str) -> list[str]:
    """Each command line that a document shows, in blocks and in sentences."""
    blocks = [*fences(text, "sh"), *fences(text, "")]
    lines = [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()]
    plain = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return [line for line in (*lines, *re.findall(r"`([^`]+)`", plain)) if line.startswith(SHOWN)]


def the_command(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the first words name, and the words that are left."""
    found: click.Command = main
    while isinstance(found, click.Group) and words and re.fullmatch(r"[a-z]+", words[0]):
        inner = found.get_command(click.Context(found), words[0])
        assert inner is not None, f"there is no command {words[0]}"
        found, words = inner, words[1:]
    return found, words


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_that_a_document_shows_exists_with_its_options(document: Path) -> None:
    text = document.read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for line in commands(text):
        first, *words = shlex.split(line.partition(" > ")[0])
        if first == "make":
            assert set(words) <= targets, line
        elif first in ("sojourn", ".venv/bin/sojourn") and "…" not in line:
            command, rest = the_command(words)
            known = {option for each in command.params for option in each.opts} | {"--help"}
            assert {word for word in rest if word.startswith("--")} <= known, line
        elif first == ".venv/bin/pytest":
            assert all((ROOT / word).exists() for word in words), line


def test_every_picture_that_a_document_shows_is_there_and_loads_fast() -> None:
    shown = {
        (document.parent / path).resolve()
        for document in DOCUMENTS
        for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", document.read_text("utf-8"))
    }
    assert shown == {*(ROOT / "docs/pictures").glob("*.png")}
    assert [path.name for path in shown if path.stat().st_size > 80_000] == []


def test_the_quick_start_names_the_folders_that_practice_makes() -> None:
    folder = Folder(Path("data/practice"))
    shown = f"--state {folder.coordinator} --passphrase-file {folder.passphrase_file}"
    assert (ROOT / "README.md").read_text("utf-8").count(shown) == 2


def test_each_setting_is_documented_and_no_other() -> None:
    shown = set(re.findall(r"^\| `(SOJOURN_[A-Z_]+)` \|", OPERATING, re.MULTILINE))
    assert shown == {
        PASSPHRASE, *(PREFIX + field.name.upper() for field in msgspec.structs.fields(_Environment)),
    }  # fmt: skip
    defaults = re.findall(
        r"^\| `(SOJOURN_HOST|SOJOURN_PORT|SOJOURN_DATA)` \| `([^`]+)`", OPERATING, re.MULTILINE
    )
    given = msgspec.convert({}, _Environment)
    assert dict(defaults) == {
        "SOJOURN_HOST": given.host,
        "SOJOURN_PORT": str(given.port),
        "SOJOURN_DATA": given.data,
    }


def test_the_operators_files_that_are_shown_are_taken(tmp_path: Path) -> None:
    operator, directory, duties = fences(OPERATING, "toml")
    (tmp_path / "operator.toml").write_text(operator, "utf-8")
    (tmp_path / "directory.toml").write_text(directory, "utf-8")
    (tmp_path / "duties.toml").write_text(duties, "utf-8")
    sources = load_sources(find_places(), tmp_path, datetime.datetime.now(datetime.UTC).date())
    assert sources.operator.app_name == "Compass"
    assert [voice.locale.tag for voice in sources.voices] == ["my", "km", "th", "en"]
    ids = {entry.id for country in sources.countries for entry in country.entries}
    assert "th-drop-in" in ids
    assert "th-1694" not in ids
    assert [duty.country for duty in sources.guide.duties] == ["TH"]
    assert "This line does not answer any more." in [entry.why for entry in sources.withdrawn.entry]
    fields = {field.name for field in msgspec.structs.fields(Operator)}
    assert set(tomllib.loads(operator)) == fields


def test_a_translators_files_that_are_shown_are_taken() -> None:
    locale, glossary, minor, reviews = fences(TRANSLATING, "toml")
    whole = msgspec.convert(tomllib.loads(f"{locale}\n{reviews}"), LocaleFile)
    assert (whole.script, whole.reviews[0].topic) == ("Laoo", "papers")
    assert msgspec.convert(tomllib.loads(glossary), Glossary).term[0].english == "compensation"
    assert msgspec.convert(tomllib.loads(minor), MinorFile).edit[0].why == "spelling"


def test_each_error_of_a_device_has_its_line() -> None:
    sentences = [sentence for sentence, _ in vault._SENTENCES.values()] + list(vault._INVITES.values())
    sentences += vault._BUNDLES.values()
    for sentence in sentences:
        parts = [part.split() for part in re.split(r"\{[^}]*\}|[.:;(]", sentence)]
        beginning = next(words[:4] for words in parts if len(words) > 1)
        assert " ".join(beginning) in OPERATING, sentence


def test_a_programme_goes_from_its_making_to_an_export_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands of operating.md, top to bottom, before a real hub; what is in capitals is what came before."""
    hub = Hub(tmp_path / "data")
    hub.data.mkdir()
    (hub.data / "operator.toml").write_text('locales = ["en", "th"]\n', "utf-8")  # all would take minutes
    hub.start()
    monkeypatch.chdir(tmp_path)
    for name, value in hub.environment.items():
        monkeypatch.setenv(name, value)
    shutil.copy(find_places().content / "forms" / "contact.xlsx", tmp_path)
    (tmp_path / "services.csv").write_text("service,kind\nNight shelter,shelter\n", "utf-8")
    values = {"LINK": "", "DEVICE": "", "ID": ""}
    # Where a backup is made and looked for: this machine has no other disk.
    values |= dict.fromkeys(("/mnt/other-disk/hub-backup", "backup-2026-11-22"), "hub-backup")
    run = 0
    try:
        with at_a_keyboard():
            for line in (
                line for block in fences(OPERATING, "sh") for line in block.replace("\\\n", "").splitlines()
            ):
                shown, _, file = line.partition(" > ")
                first, *words = [values.get(word, word) for word in shlex.split(shown)]
                if first != "sojourn":
                    continue
                result = CliRunner().invoke(main, words)
                assert result.exit_code == 0, (line, result.output, result.exception)
                if file:
                    Path(file).write_text(result.stdout, "utf-8")
                if link := LINK.search(result.stdout):
                    values["LINK"] = link[0].rstrip("'")
                if device := re.search(r"^([0-9a-f]{32})  worker", result.stdout, re.MULTILINE):
                    values["DEVICE"] = device[1][:8]
                if notice := re.search(r"^([0-9a-f]{32})  20", result.stdout, re.MULTILINE):
                    values["ID"] = notice[1]
                run += 1
    finally:
        hub.end()
    assert run > 12
    assert len(Path("contacts.csv").read_text("utf-8").splitlines()) >= 21
    assert Path("tree/index.html").is_file()
