"""One build of a cycle at a time: a lock that the system frees, whatever becomes of its holder.

The lock is the system's (`flock`), never the presence of a file: after a kill -9 or a power cut
nothing is to be cleaned. The file only says who holds it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from coopreport.errors import Locked
from coopreport.pipeline.work import cannot_write
from coopreport.project import Project

LOCKS = ".locks"


@contextmanager
def hold(project: Project, cycle: str, verb: str = "report") -> Iterator[None]:
    """Hold the lock of a cycle while the block runs.

    Raises:
        Locked: another process holds it, named by its number, verb and time of start.
        CannotPublish: build/ cannot be written.
    """
    folder = project.build / LOCKS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / cycle, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise cannot_write(error, project.build) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 200).decode("utf-8", "replace").strip()
            raise Locked(
                f"Le cycle {cycle} est déjà en production ({holder or 'un autre processus'}).",
                "attendez qu’il ait fini, ou arrêtez-le, puis relancez; rien n’est à nettoyer.",
            ) from None
        try:
            os.ftruncate(handle, 0)
            started = datetime.now().strftime("%H:%M")
            os.pwrite(handle, f"make {verb}, processus {os.getpid()}, {started}\n".encode(), 0)
        except OSError:
            pass  # a full disk takes the name of the holder, not the lock
        yield
    finally:
        os.close(handle)


@contextmanager
def wait_turn(folder: Path) -> Iterator[None]:
    """Hold a folder while the block runs, after whoever holds it: for work of a moment.

    Raises:
        CannotPublish: the folder cannot be opened.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise cannot_write(error, folder) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
