"""Put a finished build in its place: whole, by one rename, then swap `latest`.

A build is made in a work folder beside its target, on the same file system. What was published
before is untouched until the new build is complete.
"""

from __future__ import annotations

import filecmp
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from coopreport.pipeline.inputs import sha256_of
from coopreport.pipeline.work import cannot_write
from coopreport.project import Project

LATEST = "latest"
MANIFEST = "manifest.json"


def write_manifest(folder: Path, inputs: Mapping[str, str], about: Mapping[str, Any]) -> None:
    """Write `manifest.json`: what the build is, and the SHA-256 of every input and output."""
    outputs = {path.relative_to(folder).as_posix(): sha256_of(path) for path in files_of(folder)}
    write_json(folder / MANIFEST, {**about, "inputs": dict(inputs), "outputs": outputs})


def write_json(path: Path, content: object) -> None:
    """Write an object as readable JSON, UTF-8, with a final line end."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def publish(finished: Path, project: Project, cycle: str, name: str) -> Path:
    """Move a finished build to `build/<cycle>/<name>/` and point `latest` to it.

    A build of the same name with the same bytes is kept as it is; one whose bytes differ (an
    edited or damaged file) is replaced.

    Returns:
        The folder `build/<cycle>/latest`.
    """
    shelf = project.build / cycle
    target = shelf / name
    try:
        shelf.mkdir(exist_ok=True)
        flush(finished)
        if not _same(finished, target):
            aside = finished.parent / "replaced"
            if target.exists():
                target.rename(aside)
            finished.rename(target)
            flush_one(shelf)
        pointer = finished.parent / LATEST
        pointer.symlink_to(name)
        pointer.replace(shelf / LATEST)
        flush_one(shelf)
    except OSError as error:
        raise cannot_write(error, shelf) from None
    return shelf / LATEST


def _same(one: Path, other: Path) -> bool:
    names = [{p.relative_to(f) for p in files_of(f)} for f in (one, other)]
    if not other.is_dir() or names[0] != names[1]:
        return False
    _, different, failed = filecmp.cmpfiles(one, other, sorted(map(str, names[0])), shallow=False)
    return not different and not failed


def files_of(folder: Path) -> Iterable[Path]:
    """Yield the files of a folder and of its folders, in the order of their paths."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def flush(folder: Path) -> None:
    """Ask the system to put a folder, its files and its folders on the disk."""
    for path in (*sorted(folder.rglob("*")), folder):
        flush_one(path)


def flush_one(path: Path) -> None:
    """Ask the system to put one file, or the names in one folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
