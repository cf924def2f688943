"""The house is as docs/architecture.md says: every file on a floor, knowing no higher one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.conftest import ROOT

DOCUMENT = ROOT / "docs" / "architecture.md"
PACKAGE = "coopreport"


@cache
def floors() -> dict[str, int]:
    """Return the floor of each name of the table, counted from 0, the ground."""
    table = DOCUMENT.read_text(encoding="utf-8").split("\n## Floors\n")[1].split("\n## ")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("|")][2:]
    named = [(name, at) for at, row in enumerate(rows) for name in re.findall("`(.+?)`", row[2])]
    assert len({name for name, _ in named}) == len(named), "a name stands on two floors"
    return dict(named)


@cache
def files() -> list[str]:
    """Return the files of the package as the table names them: `cycles/reading`."""
    package = ROOT / PACKAGE
    found = sorted(package.rglob("*.py"))
    return [path.relative_to(package).with_suffix("").as_posix() for path in found]


def floor_of(file: str) -> int | None:
    """Return the floor of a file: that of its own name, else of its folder."""
    folder = f"{Path(file).parent.as_posix()}/"
    return floors().get(file, floors().get(folder))


def imported_by(file: str) -> Iterator[str]:
    """Yield the files of the package that a file imports; inside functions too, not for types."""
    path = ROOT / PACKAGE / f"{file}.py"
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from (found for name in names if (found := file_named(name)))
        waiting += ast.iter_child_nodes(node)


def file_named(name: str) -> str | None:
    """Return the file that a dotted name leads to; None outside the package."""
    parts = name.split(".")
    if parts[0] != PACKAGE:
        return None
    known = {*files()}
    for end in range(len(parts), 0, -1):
        file = "/".join(parts[1:end])
        for found in (file, f"{file}/__init__".removeprefix("/")):
            if found in known:
                return found
    return None


def test_every_file_stands_on_a_floor() -> None:
    assert [file for file in files() if floor_of(file) is None] == []


def test_every_name_of_the_table_is_there() -> None:
    there = {*files(), *(f"{Path(file).parent.as_posix()}/" for file in files())}
    assert sorted(floors().keys() - there) == []


def test_no_file_knows_a_higher_floor() -> None:
    wrong = [
        f"{file} imports {other}"
        for file in files()
        for other in imported_by(file)
        if (floor_of(other) or 0) > (floor_of(file) or 0)
    ]
    assert wrong == []


def test_the_files_that_keep_the_promises_are_there() -> None:
    table = DOCUMENT.read_text(encoding="utf-8").split("\n## Where each promise is kept\n")[1]
    rows = [line.split("|") for line in table.split("\n## ")[0].splitlines() if "|" in line][2:]
    for _, _, where, tests, _ in rows:
        for name in re.findall("`(.+?)`", where):
            assert (ROOT / PACKAGE / name).exists(), name
        for name in re.findall("`(.+?)`", tests):
            assert [*(ROOT / "tests").glob(name)], name
