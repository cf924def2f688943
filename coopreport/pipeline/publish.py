"""Put a finished build in its place: whole, by one rename, then swap `latest`.

A build is made in a work folder beside its target, on the same file system. What was published
before is untouched until the new build is complete.
"""

from __future__ import annotations

import filecmp
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coopreport.errors import CannotPublish
from coopreport.project import Project

LATEST = "latest"
MANIFEST = "manifest.json"


@contextmanager
def work_folder(project: Project) -> Iterator[Path]:
    """Give an empty folder under build/ for one build; what is left in it at the end is removed.

    Raises:
        CannotPublish: build/ cannot be written, or the disk is full.
    """
    try:
        project.build.mkdir(exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".work-", dir=project.build))
    except OSError as error:
        raise cannot_write(error, project.build) from None
    try:
        yield folder
    except OSError as error:
        raise cannot_write(error, folder) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def cannot_write(error: OSError, folder: Path) -> CannotPublish:
    """Return the error of a folder that cannot be written, with the system's reason in French."""
    reasons = {
        28: "espace insuffisant sur le disque",
        122: "quota de disque atteint",
        30: "système de fichiers en lecture seule",
        13: "permission refusée",
        20: "un fichier occupe la place du dossier",
        17: "un fichier occupe la place du dossier",
    }
    reason = reasons.get(error.errno or 0, os.strerror(error.errno) if error.errno else str(error))
    return CannotPublish(
        f"Impossible d’écrire dans {folder.name or folder}/ : {reason}. "
        "Le dernier rapport est intact.",
        "libérez de l’espace ou rendez le dossier modifiable, puis relancez la même commande.",
    )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def input_files(project: Project, others: Iterable[Path] = ()) -> dict[str, str]:
    """Return the SHA-256 of everything a build depends on, by path from the project's root.

    `others` are the files of the register that the cycle names.
    """
    folders = [
        *others,
        *project.data.rglob("*"),
        *project.notebooks.glob("*.ipynb"),
        *(project.root / "coopreport").rglob("*"),
        project.root / "requirements" / "report.lock",
    ]
    return {
        project.relative(path): sha256_of(path)
        for path in sorted(set(folders))
        if path.is_file() and "__pycache__" not in path.parts
    }


def build_name(inputs: Mapping[str, str], cycle: str) -> str:
    """Return the short name of a build: the hash of its cycle and of all its inputs."""
    text = json.dumps([cycle, sorted(inputs.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write_manifest(folder: Path, inputs: Mapping[str, str], about: Mapping[str, Any]) -> None:
    """Write `manifest.json`: what the build is, and the SHA-256 of every input and output."""
    outputs = {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
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
        _flush(finished)
        if not _same(finished, target):
            aside = finished.parent / "replaced"
            if target.exists():
                target.rename(aside)
            finished.rename(target)
            _flush_one(shelf)
        pointer = finished.parent / LATEST
        pointer.symlink_to(name)
        pointer.replace(shelf / LATEST)
        _flush_one(shelf)
    except OSError as error:
        raise cannot_write(error, shelf) from None
    return shelf / LATEST


def _same(one: Path, other: Path) -> bool:
    names = [{p.relative_to(f) for p in _files(f)} for f in (one, other)]
    if not other.is_dir() or names[0] != names[1]:
        return False
    _, different, failed = filecmp.cmpfiles(one, other, sorted(map(str, names[0])), shallow=False)
    return not different and not failed


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _flush(folder: Path) -> None:
    """Ask the system to put a folder's files, then the folder, on the disk."""
    for path in _files(folder):
        _flush_one(path)
    _flush_one(folder)


def _flush_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
