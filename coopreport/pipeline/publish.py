"""Put a finished build in its place: whole, by one rename, then swap `latest`.

A build is made in a work folder beside its target, on the same file system. What was published
before is untouched until the new build is complete.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from coopreport.pipeline.inputs import sha256_of
from coopreport.pipeline.layout import LATEST, MANIFEST
from coopreport.pipeline.work import cannot_write
from coopreport.project import Project


def write_manifest(folder: Path, about: Mapping[str, Any]) -> None:
    """Write `manifest.json`: what a build is made of, and the SHA-256 of every file of it."""
    outputs = {path.relative_to(folder).as_posix(): sha256_of(path) for path in files_of(folder)}
    write_json(folder / MANIFEST, {**about, "outputs": outputs})


def write_json(path: Path, content: object) -> None:
    """Write an object as readable JSON, UTF-8, with a final line end."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def is_intact(build: Path, inputs: Mapping[str, str]) -> bool:
    """Tell whether a build was made from these inputs and has all its files, and no other."""
    manifest = read_manifest(build)
    if manifest.get("inputs") != inputs:
        return False
    try:
        found = {path.relative_to(build).as_posix(): sha256_of(path) for path in files_of(build)}
    except OSError:
        return False
    del found[MANIFEST]
    return bool(found == manifest["outputs"])


def read_manifest(build: Path) -> dict[str, Any]:
    """Return the manifest of a build or a version; nothing when it is absent or damaged."""
    try:
        return dict(json.loads((build / MANIFEST).read_bytes()))
    except (OSError, ValueError):
        return {}


def latest_name(shelf: Path, latest: str = LATEST) -> str:
    """Return the name of the build that a pointer names in a cycle's folder, "" for none."""
    try:
        return os.readlink(shelf / latest)
    except OSError:
        return ""


def publish(finished: Path, project: Project, cycle: str, name: str, latest: str = LATEST) -> Path:
    """Move a finished build to `build/<cycle>/<name>/` and have `latest` point to it.

    What has the place of the build and is not whole (an edited or damaged file) is replaced.

    Returns:
        The folder `build/<cycle>/<latest>`.

    Raises:
        CannotPublish: the cycle's folder cannot be written.
    """
    shelf = project.build / cycle
    target = shelf / name
    try:
        shelf.mkdir(exist_ok=True)
        flush(finished)
        if target.exists():
            target.rename(finished.parent / "replaced")
        finished.rename(target)
        flush_one(shelf)
    except OSError as error:
        raise cannot_write(error, shelf) from None
    return point_latest(project, cycle, name, finished.parent, latest)


def point_latest(project: Project, cycle: str, name: str, work: Path, latest: str = LATEST) -> Path:
    """Have `latest` point to a build, in one step, and return it; `work` is a folder beside.

    Raises:
        CannotPublish: the cycle's folder cannot be written.
    """
    shelf = project.build / cycle
    try:
        pointer = work / latest
        pointer.symlink_to(name)
        pointer.replace(shelf / latest)
        flush_one(shelf)
    except OSError as error:
        raise cannot_write(error, shelf) from None
    return shelf / latest


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
