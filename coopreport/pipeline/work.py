"""The folder where a build is made, on the same file system as its place, and what is left there.

What was published before is untouched until the new build is complete. A build that was killed
leaves its folder: the next one of the same cycle, which holds the lock, sweeps it.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coopreport.errors import CannotPublish
from coopreport.project import Project

REASONS = {
    errno.ENOSPC: "espace ou nombre de fichiers insuffisant sur le disque",
    errno.EDQUOT: "quota de disque atteint",
    errno.EROFS: "système de fichiers en lecture seule",
    errno.EACCES: "permission refusée",
    errno.EPERM: "permission refusée",
    errno.ENOTDIR: "un fichier occupe la place du dossier",
    errno.EEXIST: "un fichier occupe la place du dossier",
    errno.ENAMETOOLONG: "un nom de fichier est trop long",
    errno.EFBIG: "un fichier dépasse la taille permise",
    errno.EIO: "erreur de lecture ou d’écriture du disque",
}


@contextmanager
def work_folder(project: Project, cycle: str) -> Iterator[Path]:
    """Give an empty folder of build/ for one build; what is left in it at the end is removed.

    Hold the lock of the cycle around it.

    Raises:
        CannotPublish: build/ cannot be written, or the disk is full.
    """
    try:
        project.build.mkdir(exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=_prefix(cycle), dir=project.build))
    except OSError as error:
        raise cannot_write(error, project.build) from None
    try:
        yield folder
    except OSError as error:
        raise cannot_write(error, project.build) from error
    finally:
        remove(folder)


def sweep(project: Project, cycle: str) -> None:
    """Remove the work folders that killed builds of a cycle left; hold its lock."""
    for left in project.build.glob(f"{_prefix(cycle)}*"):
        remove(left)


def _prefix(cycle: str) -> str:
    return f".work-{cycle}-"


def remove(folder: Path) -> None:
    """Remove a folder and what is in it, read-only folders included; what resists stays."""
    for place, folders, _ in os.walk(folder):
        for name in folders:
            if not (path := Path(place, name)).is_symlink():
                path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def cannot_write(error: OSError, folder: Path) -> CannotPublish:
    """Return the error of a folder that cannot be written, with the system's reason in French."""
    reason = REASONS.get(error.errno or 0, error.strerror or str(error))
    return CannotPublish(
        f"Impossible d’écrire dans {folder.name or folder}/ : {reason}. "
        "Le dernier rapport est intact.",
        "libérez de l’espace ou rendez le dossier modifiable, puis relancez la même commande.",
    )
