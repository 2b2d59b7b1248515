"""A language from nothing to a page, in a copy of the project, by the files and commands of docs/translating.md."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po, write_po

from tests.server.site.conftest import write_dist
from tests.server.site.small_site import make_site
from tests.test_docs import ROOT, TRANSLATING, fences

SAID = {
    "Can they take my papers?": "ເຂົາເອົາເອກະສານຂອງຂ້ອຍໄດ້ບໍ?",
    "Your papers are yours.": "ເອກະສານຂອງເຈົ້າແມ່ນຂອງເຈົ້າ.",
}
INTERFACE = {"What you can do": "ເຈົ້າເຮັດຫຍັງໄດ້"}
CODE = ("server", "sync", "babel.cfg", "babel-content.cfg", "pyproject.toml", "Makefile")


def copy_project(root: Path) -> None:
    """The code, the least content, a browser side of a few bytes, and English alone."""
    for name in CODE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / name)
    make_site(root)
    shutil.rmtree(root / "translations" / "lo")
    write_dist(root / "pwa" / "dist")


def shown_commands() -> list[str]:
    """The commands under the heading on a new language, top to bottom."""
    section = TRANSLATING.split("## A new language", 1)[1].split("\n## ", 1)[0]
    return [line for block in fences(section, "sh") for line in block.splitlines()]


def of_make_messages(root: Path) -> list[str]:
    """What `make messages` does besides what needs npm: the browser side's own strings."""
    target = (root / "Makefile").read_text("utf-8").split("\nmessages:\n", 1)[1].split("\n\n", 1)[0]
    return [line.strip().removeprefix("$(BIN)/") for line in target.splitlines() if "$(BIN)/sojourn" in line]


def run(root: Path, line: str) -> str:
    words = line.removeprefix("sojourn ").split()
    result = subprocess.run(
        [sys.executable, "-c", "from server.command import main; main()", *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "SOJOURN_DATA": str(root / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, (line, result.stderr)
    return result.stdout


def translate(path: Path, said: dict[str, str]) -> None:
    """What somebody does with Poedit."""
    with path.open("rb") as file:
        po = read_po(file, locale="lo")
    for english, lao in said.items():
        message = po.get(english)
        assert message is not None, english
        message.string = lao
    with path.open("wb") as file:
        write_po(file, po)


def test_a_language_is_added_from_nothing_as_it_is_written(tmp_path: Path) -> None:
    copy_project(tmp_path)
    locale, glossary, *_ = fences(TRANSLATING, "toml")
    (tmp_path / "translations/lo").mkdir()
    (tmp_path / "translations/lo/locale.toml").write_text(locale, "utf-8")
    (tmp_path / "translations/lo/glossary.toml").write_text(glossary, "utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/operator.toml").write_text('locales = ["lo"]\n', "utf-8")
    told: dict[str, str] = {}
    for line in shown_commands():
        for command in of_make_messages(tmp_path) if line == "make messages" else [line]:
            if not command.startswith("sojourn ") or command == "sojourn serve":
                continue
            if command.startswith("sojourn translations import"):
                translate(tmp_path / "work/content.po", SAID)
                translate(tmp_path / "work/app.po", INTERFACE)
            told[" ".join(command.split()[1:3])] = run(tmp_path, command)
    assert set(told) == {
        "messages extract", "messages update", "translations export", "translations import",
        "translations list", "build",
    }  # fmt: skip
    assert "work/content.po: 2 taken into content" in told["translations import"]
    assert "lo app missing" in told["translations list"]
    page = (tmp_path / "data/site/lo/topics/papers.html").read_text("utf-8")
    assert page.startswith('<!doctype html>\n<html lang="lo" dir="ltr">')
    assert f"<h1>{SAID['Can they take my papers?']}</h1>" in page
    assert SAID["Your papers are yours."] in page
    assert re.search(r'<span class="fallback" lang="en" dir="ltr">Why it matters <small', page)
    assert (
        'href="/lo/topics/papers" hreflang="lo"' in (tmp_path / "data/site/en/topics/papers.html").read_text()
    )
