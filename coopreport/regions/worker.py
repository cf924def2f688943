"""What a Dask worker does: say what it has, and run one sheet in a copy of the project.

A worker shares no disk with the caller. It gets the project as a bundle, unpacks it once into its
own folder under its hash, and keeps a warm process for it; a sheet runs in a child of that, as it
does at the caller's. When the worker is killed, so are they.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import nbformat
from distributed import get_worker

from coopreport.chapters import Chapter
from coopreport.cycles import read_cycle
from coopreport.errors import CoopreportError
from coopreport.pipeline.inputs import code_now
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.run import Executed, run_each
from coopreport.pipeline.warm import Warm
from coopreport.pipeline.work import remove
from coopreport.project import INSTALLED, Project
from coopreport.regions.bundle import unpack
from coopreport.regions.sheet import with_sheets

MOST_KEPT = 2
"""Projects that a worker keeps unpacked; those that nobody uses go beyond."""


@dataclass(frozen=True)
class About:
    """What must be the same at the caller's and at every worker's; `code` is a SHA-256."""

    libraries: dict[str, str]
    code: str


@dataclass(frozen=True)
class Answer:
    """What a worker says of a sheet: its executed notebook, or an error and its remedy.

    `absent` tells that the worker has not the bundle, and was not given it.
    """

    notebook: str = ""
    seconds: float = 0
    error: tuple[str, str] | None = None
    absent: bool = False


def about(libraries: Sequence[str]) -> About:
    """Return what this process has: the versions of these libraries and the package's code."""
    found = {}
    for name in libraries:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    return About(found, CODE)


def _code() -> str:
    """Return the hash of the package that this process has imported."""
    code = code_now(Project(INSTALLED))
    return hashlib.sha256(json.dumps(sorted(code.items())).encode()).hexdigest()


CODE = _code()
"""As it was when it was imported: a worker that lasts does not see what changes on its disk."""


def holds(digest: str) -> bool:
    """Tell whether this worker has unpacked a bundle."""
    return digest in _kept


def run_sheet(
    bundle: bytes | None, digest: str, cycle: str, code: str, limits: Limits, left: float
) -> Answer:
    """Run the sheet of a region; `bundle` may be None where the worker has it already.

    `left` is how many seconds the caller waits.
    """
    if bundle is None and not holds(digest):
        return Answer(absent=True)
    answers: list[Answer] = []

    def well(run: Executed) -> None:
        answers.append(Answer(nbformat.writes(run.notebook), run.seconds))

    def ill(chapter: Chapter, error: CoopreportError) -> None:
        answers.append(Answer(error=(error.message, error.remedy)))

    asked = Limits(limits.cell_seconds, left, limits.output_bytes)
    with _project(bundle, digest) as kept, tempfile.TemporaryDirectory() as work:
        try:
            sheets = with_sheets(kept.project, read_cycle(kept.project, cycle), [code])
        except CoopreportError as error:
            return Answer(error=(error.message, error.remedy))
        run_each(
            kept.project, sheets, sheets.chapters, Path(work), asked, well, ill, kept.warm, jobs=1
        )
    return answers[0]


@dataclass
class _Kept:
    """An unpacked project, its warm process, and how many sheets run in it."""

    project: Project
    warm: Warm
    running: int = field(default=0)


_kept: dict[str, _Kept] = {}
_lock = threading.Lock()
_keeper = ThreadPoolExecutor(1)
"""The thread that starts the warm processes: Linux kills them when the one that did ends."""


@contextmanager
def _project(bundle: bytes | None, digest: str) -> Iterator[_Kept]:
    """Give the project of a bundle while a sheet runs in it."""
    with _lock:
        if digest not in _kept:
            assert bundle is not None
            project = unpack(bundle, digest, Path(get_worker().local_directory))
            warm = _keeper.submit(Warm, project, lambda _: None).result()
            _kept[digest] = _Kept(project, warm)
        kept = _kept[digest]
        kept.running += 1
    try:
        yield kept
    finally:
        with _lock:
            kept.running -= 1
            idle = [name for name, each in _kept.items() if not each.running and name != digest]
            for name in idle[: max(0, len(_kept) - MOST_KEPT)]:
                gone = _kept.pop(name)
                gone.warm.close()
                remove(gone.project.root)
