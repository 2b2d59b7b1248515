"""A wheel has all that a site is built from: no checkout, no Node, no network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from server.site.places import find_places

ROOT = Path(__file__).parents[3]


def run(*arguments: str, cwd: Path, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOJOURN_")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_installed_wheel_builds_the_site_from_what_it_carries(tmp_path: Path) -> None:
    run("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path), cwd=ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    pip = (
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--target",
        str(installed),
        str(wheel),
    )
    run(*pip, cwd=tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/operator.toml").write_text('locales = ["km"]\n', "utf-8")
    script = (
        "import server.site.places as p; print(p.__file__); from server.command import main; main(['build'])"
    )
    told = run("-c", script, cwd=tmp_path, PYTHONPATH=str(installed), SOJOURN_DATA=str(tmp_path / "data"))
    assert told.startswith(str(installed)), "the checkout was used, not the wheel"
    assert "in 2 locales (km, en)" in told
    assert (tmp_path / "data/site/km/topics/papers.html").is_file()


def test_a_checkout_is_built_from_its_own_folders() -> None:
    assert find_places().root == ROOT
