"""What a build depends on: every file, by its SHA-256.

A build's inputs are the tables, the cycle's file, its notebooks and its register, the package and
the lock of the environment. Same inputs, same bytes, same name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from coopreport.cycles import Cycle
from coopreport.pipeline.options import PLAIN, Options
from coopreport.project import PACKAGE, Project

LOCK = "requirements/report.lock"
NOT_READ = (".md", ".pyc")
PIECE = 1 << 16
OF_OTHERS = ("cycles", "revisions", "signataires")
EVAL = re.compile(r"\{eval\}(`+)(.*?)\1", re.DOTALL)
"""What may be an expression of the prose, code that shows one included."""
OLD_ENOUGH = 3_000_000_000
"""Nanoseconds since its last change after which another would give a file another date, even on a
disk that dates by two seconds."""
_remembered: dict[Path, tuple[tuple[int, ...], str]] = {}
"""Of the inputs that this process has hashed: what told then that they were as they are."""


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE):  # hashlib.file_digest clears four times as much for each
            digest.update(piece)
    return digest.hexdigest()


def hash_of(path: Path) -> str:
    """Return the SHA-256 of an input, read once in a process as long as nobody writes to it.

    The system dates each change of a file (`ctime`), also one that puts the former date back. A
    file that changed a moment ago is not remembered: two changes may have one date.
    """
    now, stat = time.time_ns(), path.stat()
    seen = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    known, sha256 = _remembered.get(path, ((), ""))
    if known != seen:
        sha256 = sha256_of(path)
        if now - stat.st_ctime_ns > OLD_ENOUGH:
            _remembered[path] = seen, sha256
    return sha256


def input_files(project: Project, cycle: Cycle) -> dict[str, str]:
    """Return the SHA-256 of everything a build of a cycle depends on, by path from the root.

    Other cycles, what only a release reads (`data/revisions/`, `data/signataires`) and texts for
    people (`*.md`) are no inputs.
    """
    return {project.relative(path): hash_of(path) for path in input_paths(project, cycle)}


def input_paths(project: Project, cycle: Cycle) -> list[Path]:
    """Return every file that a build of a cycle depends on, sorted."""
    others = (path for path in {*_candidates(project, cycle)} if _is_input(path))
    return sorted({*others, *_code(project)}, key=lambda path: path.parts)


def hashes_now(project: Project, paths: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of files named from the root as they are now; a lost file has none."""
    files = {name: project.file(name) for name in paths}
    return {name: hash_of(path) for name, path in files.items() if path.is_file()}


def code_of(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the files of the package among hashed inputs."""
    return {path: sha256 for path, sha256 in inputs.items() if path.startswith(f"{PACKAGE}/")}


def code_now(project: Project) -> dict[str, str]:
    """Return the SHA-256 of the package's files as they are now, as `input_files` does."""
    return {project.relative(path): hash_of(path) for path in sorted(_code(project))}


def build_name(inputs: Mapping[str, str], cycle: str, options: Options = PLAIN) -> str:
    """Return the short name of a build: the hash of its cycle, its options and all its inputs."""
    text = json.dumps([cycle, options.to_json(), sorted(inputs.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def what_runs(path: Path) -> str:
    """Return the SHA-256 of what a notebook runs: all of it but the words of its prose.

    "" for what is no notebook: the run will say so.
    """
    try:
        notebook = json.loads(path.read_bytes())
        cells = [_act(cell) for cell in notebook.pop("cells")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    return hashlib.sha256(json.dumps([notebook, cells], sort_keys=True).encode()).hexdigest()


def _act(cell: dict[str, Any]) -> list[Any]:
    text = "".join(cell["source"])
    act = EVAL.findall(text) if cell["cell_type"] == "markdown" else text
    return [cell["cell_type"], cell.get("id"), cell["metadata"], act]


def _candidates(project: Project, cycle: Cycle) -> Iterator[Path]:
    for place in project.data.iterdir():
        if place.name not in OF_OTHERS:
            yield from _files(place) if place.is_dir() else (place,)
    yield project.cycle_file(cycle.id)
    if cycle.former:
        yield project.cycle_file(cycle.former.id)
    yield from (chapter.path for chapter in cycle.chapters)
    yield project.root / LOCK
    yield from cycle.register.files if cycle.register else ()


def _code(project: Project) -> set[Path]:
    return {path for path in _files(project.code / PACKAGE) if _is_input(path)}


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and in its folders; a link to a folder is not followed."""
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names if not name.endswith(NOT_READ))


def _is_input(path: Path) -> bool:
    return path.suffix not in NOT_READ and path.is_file()
