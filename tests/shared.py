"""What is long to make and many tests look at, made once for all the workers of a run."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that `make` fills: the first worker that asks makes it, the others wait.

    Workers read it at the same time, so no test writes in it: a test that must takes a `copy`.
    """
    own = factory.getbasetemp()
    base = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, mark = base / name, base / f"{name}.made"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.exists():
            shutil.rmtree(folder, ignore_errors=True)  # what a failure left
            folder.mkdir()
            make(folder)
            mark.touch()
    return folder


def copy(made: Path, folder: Path) -> Path:
    """Copy a project with its builds, whose `latest` is a link, to a new folder; return it."""
    shutil.copytree(made, folder, symlinks=True)
    return folder
