"""The package's modules that a piece of code imports, directly or not, read from their source.

Every `import` counts, those inside a function too: what might be used is an input. Reading the
source, rather than what a process has loaded, gives the same answer in a kernel and in a process
forked from one that has more loaded.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from threading import Lock

from coopreport.project import PACKAGE

BLOCKS = (ast.stmt, ast.ExceptHandler, ast.match_case)
"""What may hold statements, or be one."""
_parsing = Lock()
"""Python 3.11 may fail when two threads parse source at once."""


def modules_of(sources: Iterable[str], root: Path) -> tuple[Path, ...]:
    """Return the files of the package that code imports, sorted; `root` holds the package.

    Code that is no Python (a notebook's magic line) imports nothing here: the kernel will say so.
    """
    found: set[Path] = set()
    names: set[str] = set()
    with _parsing:
        waiting = {name for source in sources for name in _imported(source, PACKAGE)}
        while waiting := waiting - names:
            names |= waiting
            files = {path for name in waiting for path in _files(name, root)} - found
            found |= files
            waiting = {name for path in files for name in _imported_by(path, root)}
    return tuple(sorted(found))


def _imported_by(path: Path, root: Path) -> frozenset[str]:
    package = ".".join(path.relative_to(root).parent.parts)
    return _imported_at(path, path.stat().st_mtime_ns, package)


@cache
def _imported_at(path: Path, modified: int, package: str) -> frozenset[str]:
    """Return what a file imports; it is read again when it has been written to."""
    return frozenset(_imported(path.read_text(encoding="utf-8"), package))


def _imported(source: str, package: str) -> Iterator[str]:
    """Yield the dotted names of the package that a source imports; a name may be no module."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _is_ours(alias.name))
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(parts if node.level else []), *filter(None, [node.module])])
            if _is_ours(base):
                yield base
                yield from (f"{base}.{alias.name}" for alias in node.names)


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements of a tree, at any depth; their expressions, most of it, hold none."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for field in node._fields:
            if isinstance(inside := getattr(node, field), list):
                waiting += (each for each in inside if isinstance(each, BLOCKS))


def _is_ours(name: str) -> bool:
    return name.split(".")[0] == PACKAGE


def _files(name: str, root: Path) -> Iterator[Path]:
    """Yield the files that importing a dotted name runs: each package on the way, the module."""
    parts = name.split(".")
    for depth in range(1, len(parts) + 1):
        path = root.joinpath(*parts[:depth])
        for file in (path / "__init__.py", path.with_suffix(".py")):
            if file.is_file():
                yield file
