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

HOLDERS = (ast.stmt, ast.excepthandler, ast.match_case)
"""The nodes that are a statement or hold some."""
_parsing = Lock()
"""Python 3.11 may fail when two threads parse source at once."""


def modules_of(sources: Iterable[str], root: Path) -> tuple[Path, ...]:
    """Return the files of the package that code imports, sorted; `root` holds the package.

    Code that is no Python (a notebook's magic line) imports nothing here: the kernel will say so.
    """
    found: set[Path] = set()
    looked_up: set[str] = set()
    with _parsing:
        waiting = {name for source in sources for name in _imported(source, PACKAGE)}
        while waiting:
            looked_up.add(name := waiting.pop())
            waiting.update({name.rpartition(".")[0]} - looked_up - {""})  # it is imported too
            for path in _files(name, root):
                if path not in found:
                    found.add(path)
                    parent = ".".join(path.relative_to(root).parent.parts)
                    imported = _imported_by(path, path.stat().st_mtime_ns, parent)
                    waiting.update(imported - looked_up)
    return tuple(sorted(found))


@cache
def _imported_by(path: Path, modified: int, package: str) -> frozenset[str]:
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
    """Yield a tree and the statements in it. Expressions, most of its nodes, import nothing."""
    yield tree
    for part in vars(tree).values():
        if isinstance(part, list):
            for node in part:
                if isinstance(node, HOLDERS):
                    yield from _statements(node)


def _is_ours(name: str) -> bool:
    return name.split(".")[0] == PACKAGE


def _files(name: str, root: Path) -> Iterator[Path]:
    """Yield the file of a dotted name: that of the package, or the module."""
    path = root.joinpath(*name.split("."))
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            yield file
