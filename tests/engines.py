"""Running chapters with either engine, in this process, for tests."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import psutil

from coopreport.cycles import read_cycle
from coopreport.errors import ChapterFailed
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.run import Executed, run_chapters
from coopreport.pipeline.warm import Warm
from coopreport.project import Project
from tests.chapters import CYCLE

ENGINES = ("noyaux", "souche")


def run(project: Path, engine: str, limits: Limits | None = None) -> list[Executed]:
    """Run the chapters of a project; with the warm engine, none may fall back on a kernel."""
    said: list[str] = []
    with ExitStack() as stack:
        made = Project(project)
        warm = stack.enter_context(Warm(made, said.append)) if engine == "souche" else None
        executed = run_with(made, warm, limits)
    assert said == []
    return executed


def run_with(project: Project, warm: Warm | None, limits: Limits | None = None) -> list[Executed]:
    """Run the chapters of a project with this warm process, or in kernels."""
    cycle = read_cycle(project, CYCLE)
    with tempfile.TemporaryDirectory() as work:
        return run_chapters(
            project, cycle, cycle.chapters, Path(work), limits or Limits(), lambda _: None, warm
        )


def failure(project: Path, engine: str, limits: Limits | None = None) -> str:
    """Return the message of a run that must fail as a chapter fails."""
    try:
        run(project, engine, limits)
    except ChapterFailed as error:
        return str(error)
    raise AssertionError("le chapitre a réussi")


def running_in(project: Path, words: Sequence[str] = ("ipykernel", "warm_process")) -> list[int]:
    """Return the processes that run chapters of a project: kernels, warm ones, their children."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = " ".join(process.info["cmdline"] or [])
        try:
            in_notebooks = Path(process.cwd()) == project / "notebooks"
            if in_notebooks and process.status() != psutil.STATUS_ZOMBIE:
                found += [process.pid] if any(word in command for word in words) else []
        except (psutil.Error, OSError):
            continue
    return found
