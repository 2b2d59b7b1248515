"""The rooms keep to themselves: dependencies point one way, and each says in three lines what lives there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("content", "docs", "pwa", "server", "sync", "tests", "translations")
PYTHON_MAY_IMPORT = {"sync": set[str](), "server": {"sync"}}
# `sync` is the protocol alone: no web framework, no templates, no content.
FOREIGN_TO_SYNC = {"litestar", "granian", "jinja2", "markdown_it", "babel", "pyxform", "click", "rich"}
BROWSER_MAY_IMPORT = {
    "i18n": set[str](),
    "sync": set[str](),
    "forms": set[str](),
    "counts": {"forms", "sync"},  # of `sync` the types alone
    "exports": {"forms", "counts", "sync"},  # of `counts` and `sync` the types alone
    "imports": {"forms", "i18n"},  # of `i18n` the digits of every script
    "vault": {"sync", "i18n"},  # the digits of every script, nothing else
    "reader": {"i18n", "style"},
    "service-worker": {"reader", "i18n"},
    "app": {"i18n", "sync", "forms", "counts", "exports", "imports", "vault", "reader"},
}


def imports_of(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from (module_named(node.module, alias.name) for alias in node.names)


def module_named(package: str, name: str) -> str:
    """`from package import name` loads a module of the package, or takes something out of the package itself."""
    folder = ROOT.joinpath(*package.split("."))
    is_module = (folder / f"{name}.py").exists() or (folder / name / "__init__.py").exists()
    return f"{package}.{name}" if is_module else package


@pytest.mark.parametrize("room", PYTHON_MAY_IMPORT)
def test_python_rooms_import_only_what_the_arrows_allow(room: str) -> None:
    ours = set(PYTHON_MAY_IMPORT) | {"pwa", "tests", "content", "translations"}
    wrong = [
        f"{source.relative_to(ROOT)} imports {name}"
        for source in sorted((ROOT / room).rglob("*.py"))
        for name in imports_of(source)
        if (top := name.split(".", maxsplit=1)[0]) in ours - {room} - PYTHON_MAY_IMPORT[room]
        or (room == "sync" and top in FOREIGN_TO_SYNC)
    ]
    assert wrong == []


def browser_imports(source: Path) -> Iterator[Path]:
    for match in re.finditer(
        r"""(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""", source.read_text("utf-8")
    ):
        yield (source.parent / match[1]).resolve()


@pytest.mark.parametrize("room", BROWSER_MAY_IMPORT)
def test_browser_rooms_import_only_what_the_arrows_allow(room: str) -> None:
    src = (ROOT / "pwa" / "src").resolve()
    allowed = BROWSER_MAY_IMPORT[room] | {room}
    wrong = [
        f"{source.relative_to(src)} imports {target.relative_to(src)}"
        for source in sorted((src / room).rglob("*.ts"))
        for target in browser_imports(source)
        if target.is_relative_to(src)
        and len(target.relative_to(src).parts) > 1
        and target.relative_to(src).parts[0] not in allowed
    ]
    assert wrong == []


def modules(room: str) -> dict[str, set[str]]:
    """Each module of a room, and the modules of the same room that it imports when it is loaded."""
    files = {
        ".".join(source.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): source
        for source in (ROOT / room).rglob("*.py")
    }
    return {
        name: {found for found in imports_of(source) if found in files and found != name}
        for name, source in files.items()
    }


@pytest.mark.parametrize("room", PYTHON_MAY_IMPORT)
def test_no_python_modules_import_each_other_in_a_circle(room: str) -> None:
    assert_no_circle(modules(room))


def test_no_browser_modules_import_each_other_in_a_circle() -> None:
    src = (ROOT / "pwa" / "src").resolve()
    # A type is gone before anything is loaded.
    types = re.compile(r"(?:import|export)\s+type\s[^;]*;", re.DOTALL)
    files = {str(source): source for source in src.rglob("*.ts")}

    def targets(source: Path) -> set[str]:
        text = types.sub("", source.read_text("utf-8"))
        found = re.findall(r"""(?:from|import)\s*["'](\.{1,2}/[^"']+)["']""", text)
        return {str((source.parent / target).resolve()) for target in found} & files.keys()

    assert_no_circle({name: targets(source) for name, source in files.items()})


def assert_no_circle(graph: dict[str, set[str]]) -> None:
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name in done:
            return
        for target in graph[name]:
            walk(target, (*path, name))
        done.add(name)

    for name in graph:
        walk(name, ())


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_says_in_three_lines_what_lives_there(room: str) -> None:
    lines = (ROOT / room / "README.md").read_text("utf-8").strip().splitlines()
    told = [line for line in lines if line and not line.startswith("#")]
    assert 1 <= len(told) <= 3
