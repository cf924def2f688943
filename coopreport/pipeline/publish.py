"""Put a finished build in its place: whole, by one rename, then swap `latest`.

A build is made in a work folder beside its target, on the same file system. What was published
before is untouched until the new build is complete.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from coopreport.pipeline.inputs import sha256_of
from coopreport.pipeline.layout import LATEST, MANIFEST, PDF
from coopreport.pipeline.work import cannot_write
from coopreport.project import Project

FLUSHED_AT_ONCE = 16


def write_manifest(folder: Path, about: Mapping[str, Any]) -> None:
    """Write `manifest.json`: what a build is made of, and the SHA-256 of every file of it."""
    outputs = {path.relative_to(folder).as_posix(): sha256_of(path) for path in files_of(folder)}
    write_json(folder / MANIFEST, {**about, "outputs": outputs})


def write_json(path: Path, content: object) -> None:
    """Write an object as readable JSON, UTF-8, with a final line end."""
    path.write_text(json_text(content), encoding="utf-8")


def json_text(content: object) -> str:
    """Return an object as the readable JSON that files hold."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file by one rename, so that a former one stays whole until then; a text in UTF-8."""
    handle, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


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


def has_pdf(build: Path) -> bool:
    """Tell whether a build, or a version, has its PDF."""
    return (build / PDF).is_file()


def read_manifest(build: Path) -> dict[str, Any]:
    """Return the manifest of a build or a version; nothing when it is absent or damaged."""
    try:
        return dict(json.loads((build / MANIFEST).read_bytes()))
    except (OSError, ValueError):
        return {}


def latest_name(shelf: Path, pointer: str = LATEST) -> str:
    """Return the name of the build that a pointer leads to in a cycle's folder, "" for none."""
    try:
        return os.readlink(shelf / pointer)
    except OSError:
        return ""


def publish(finished: Path, project: Project, cycle: str, name: str, pointer: str = LATEST) -> Path:
    """Move a finished build to `build/<cycle>/<name>/` and point `latest`, or another, to it.

    Returns:
        The folder `build/<cycle>/latest`, or that of the pointer.

    Raises:
        CannotPublish: the cycle's folder cannot be written.
    """
    put(finished, project, cycle, name)
    return point_latest(project, cycle, name, finished.parent, pointer)


def put(finished: Path, project: Project, cycle: str, name: str) -> Path:
    """Move a finished build to `build/<cycle>/<name>/`, and return that folder.

    What has the place of the build and is not whole (an edited or damaged file) is replaced.

    Raises:
        CannotPublish: the cycle's folder cannot be written.
    """
    shelf = project.build / cycle
    target = shelf / name
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        flush(finished)
        if target.exists():
            target.rename(finished.parent / "replaced")
        finished.rename(target)
        flush_one(shelf)
    except OSError as error:
        raise cannot_write(error, shelf) from None
    return target


def point_latest(
    project: Project, cycle: str, name: str, work: Path, pointer: str = LATEST
) -> Path:
    """Point `latest`, or another, to a build in one step and return it; `work` is beside.

    Raises:
        CannotPublish: the cycle's folder cannot be written.
    """
    shelf = project.build / cycle
    try:
        new = work / pointer
        new.symlink_to(name)
        new.replace(shelf / pointer)
        flush_one(shelf)
    except OSError as error:
        raise cannot_write(error, shelf) from None
    return shelf / pointer


def files_of(folder: Path) -> Iterable[Path]:
    """Yield the files of a folder and of its folders, in the order of their paths."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def flush(folder: Path) -> None:
    """Ask the system to put a folder, its files and its folders on the disk.

    Many at once: the disk writes them together, ten times faster than one after the other.
    """
    from concurrent.futures import ThreadPoolExecutor  # `make report` with nothing to do has none

    with ThreadPoolExecutor(FLUSHED_AT_ONCE) as pool:
        for _ in pool.map(flush_one, (*folder.rglob("*"), folder)):
            pass  # a failure is raised here


def flush_one(path: Path) -> None:
    """Ask the system to put one file, or the names in one folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
