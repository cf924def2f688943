"""Run the chapters of a cycle with papermill, side by side, and accept only good runs.

What a good run is stands in `good_run`; anything else raises `ChapterFailed`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import NoSuchKernel
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from coopreport.chapters import Chapter
from coopreport.cycles import Cycle
from coopreport.errors import ChapterFailed, CoopreportError
from coopreport.pipeline.engine import KERNEL, WARM, CellFailed, KernelNotStarted, Running
from coopreport.pipeline.environment import chapter_environment
from coopreport.pipeline.failures import failure
from coopreport.pipeline.good_run import check, clean, prepare, seal_output
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.options import FRENCH
from coopreport.pipeline.warm import Warm, WarmLost
from coopreport.project import Project


@dataclass(frozen=True)
class Executed:
    """A chapter after a good run: the executed notebook and the ledger its seal wrote."""

    chapter: Chapter
    notebook: NotebookNode
    ledger: dict[str, Any]
    seconds: float


def run_chapters(
    project: Project,
    cycle: Cycle,
    chapters: Sequence[Chapter],
    work: Path,
    limits: Limits,
    progress: Callable[[Executed], None],
    engine: Warm | None = None,
    lacks: Mapping[str, str] | None = None,
    language: str = FRENCH,
) -> list[Executed]:
    """Run chapters of a cycle, two or more at once; return them in the order given.

    Args:
        chapters: those of the cycle's chapters to run.
        work: an existing folder for papermill's own copies of the notebooks.
        progress: called as each chapter ends.
        engine: the warm process whose children run the chapters; None: real kernels, which also
            take the chapters over when the warm process is lost.
        lacks: the facts that the cycle does not know, with the sentences that say so (`needs`).
        language: that of the edition; the warm process was told the same.

    Raises:
        ChapterFailed: the first chapter, in the order given, that did not run well.
    """
    failures: dict[str, CoopreportError] = {}
    done: dict[str, Executed] = {}

    def well(run: Executed) -> None:
        done[run.chapter.name] = run
        progress(run)

    def ill(chapter: Chapter, error: CoopreportError) -> None:
        failures[chapter.name] = error

    run_each(
        project, cycle, chapters, work, limits, well, ill, engine, lacks=lacks, language=language
    )
    for chapter in chapters:
        if chapter.name in failures:
            raise failures[chapter.name]
    return [done[chapter.name] for chapter in chapters]


def run_each(
    project: Project,
    cycle: Cycle,
    chapters: Sequence[Chapter],
    work: Path,
    limits: Limits,
    well: Callable[[Executed], None],
    ill: Callable[[Chapter, CoopreportError], None],
    engine: Warm | None = None,
    jobs: int = 0,
    lacks: Mapping[str, str] | None = None,
    language: str = FRENCH,
) -> None:
    """Run chapters as `run_chapters`, each to its own end: a failure stops no other one.

    Args:
        well: called as each chapter ends well, in the thread that ran it.
        ill: called with the error of one that did not.
        jobs: how many at once; 0: as many as there are processors, two at least.
    """
    deadline = time.monotonic() + limits.build_seconds
    build = _Build(project, cycle, work, limits, deadline, engine, lacks or {}, language)

    def one(chapter: Chapter) -> None:
        try:
            run = run_chapter(build, chapter)
        except CoopreportError as error:
            ill(chapter, error)
        else:
            well(run)

    # The longest first, so that none is left alone at the end.
    longest = sorted(chapters, key=lambda chapter: chapter.path.stat().st_size, reverse=True)
    with ThreadPoolExecutor(max_workers=jobs or max(2, os.cpu_count() or 2)) as pool:
        try:
            list(pool.map(one, longest))
        except BaseException:  # Ctrl-C: the threads end when what they wait for is gone
            pool.shutdown(wait=False, cancel_futures=True)
            build.running.stop()
            raise


@dataclass(frozen=True)
class _Build:
    """What the chapters of one build share; `deadline` is an instant of `time.monotonic()`."""

    project: Project
    cycle: Cycle
    work: Path
    limits: Limits
    deadline: float
    warm: Warm | None
    lacks: Mapping[str, str]
    language: str
    running: Running = field(default_factory=Running)


def run_chapter(build: _Build, chapter: Chapter) -> Executed:
    """Run one chapter in a process of its own and check the five conditions.

    Raises:
        ChapterFailed: with the notebook, the cell, its heading, the error's last line, the remedy.
    """
    started = time.monotonic()
    read = nbformat.read(chapter.path, as_version=4)
    source = prepare(read, build.lacks, build.language)
    try:
        notebook = _execute(build, chapter, source)
    except CellFailed as error:
        index, kind, last_line = error.index, error.kind, error.last_line
        raise failure(chapter, source, index, kind, last_line, build.limits) from None
    except PapermillExecutionError as error:
        index, kind, last_line = error.cell_index, error.ename, error.evalue
        raise failure(chapter, source, index, kind, last_line, build.limits) from None
    except NoSuchKernel as error:
        raise ChapterFailed(
            f"{chapter.path.name} : le noyau « {error.name} » n’est pas installé.",
            "refaites l’environnement : make clean-env, puis make report.",
        ) from None
    except KernelNotStarted:
        raise ChapterFailed(
            f"{chapter.path.name} : son noyau ne démarre pas.",
            "relancez make report; si cela se répète : make clean-env, puis make report.",
        ) from None
    clean(notebook)
    check(chapter, source, notebook, build.limits)
    ledger = seal_output(notebook)
    assert ledger is not None
    return Executed(chapter, notebook, ledger, time.monotonic() - started)


def _execute(build: _Build, chapter: Chapter, source: NotebookNode) -> NotebookNode:
    """Have papermill execute a notebook with the warm engine, or else with a real kernel."""
    execute: Callable[..., NotebookNode] = partial(
        papermill.execute_notebook,
        source,
        build.work / f"{chapter.name}.ipynb",
        parameters={"cycle": build.cycle.address, **build.cycle.parameters[chapter.name]},
        kernel_name="python3",
        language="python",
        progress_bar=False,
        request_save_on_cell_execute=False,
        cell_limit=build.limits.cell_seconds,
        deadline=build.deadline,
        running=build.running,
    )
    if build.warm is not None and not build.warm.lost:
        with suppress(WarmLost):
            return execute(
                engine_name=WARM, warm=build.warm, output_bytes=build.limits.output_bytes
            )
    profile = build.work / f"{chapter.name}.ipython"  # not the user's settings
    return execute(
        engine_name=KERNEL,
        environment={
            **chapter_environment(build.project, build.language),
            "IPYTHONDIR": str(profile),
        },
        folder=str(build.project.notebooks),
    )
