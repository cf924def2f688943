"""Run the chapters of a cycle with papermill, side by side, and accept only good runs.

A run counts on five conditions: papermill returned, no exception, every code cell completed, no
error output, and the seal at the end. Anything else raises `ChapterFailed`.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import NoSuchKernel
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from coopreport.chapters import Chapter, heading_above
from coopreport.cycles import Cycle
from coopreport.errors import ChapterFailed, CoopreportError, shorten
from coopreport.pipeline.engine import KERNEL, WARM, CellFailed, KernelNotStarted, Running
from coopreport.pipeline.environment import chapter_environment
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.needs import needed, say_lacks
from coopreport.pipeline.options import FRENCH
from coopreport.pipeline.warm import Warm, WarmLost
from coopreport.project import Project
from coopreport.translation.cells import cells_of_edition

LEDGER_MIME = "application/vnd.coopreport.ledger.v1+json"
SEAL = "from coopreport.notebook import seal\n\nseal({facts})"
SEAL_ID = "coopreport-seal"
PARAMETERS_ID = "coopreport-parameters"
CELL_FILE = re.compile(
    rf"({re.escape(os.path.join(gettempdir(), 'ipykernel_'))}[0-9]+/)?\b[0-9]{{5,}}\.py"
    r"|<ipython-input-[0-9]+-\w+>"
)
"""The name that a warning or an error gives to its cell: a kernel's holds its process number."""


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


def prepare(
    notebook: NotebookNode, lacks: Mapping[str, str], language: str = FRENCH
) -> NotebookNode:
    """Return the notebook as an edition runs it: no stored outputs, the seal as its last cell.

    What the cycle does not know (`lacks`) is said in the place of the cells that need it.
    """
    notebook = nbformat.from_dict(notebook)
    facts = needed(notebook)
    say_lacks(notebook, lacks)  # first: a note has no English, and takes the place of the cell's
    shown = cells_of_edition(notebook.cells, language)
    notebook = nbformat.from_dict({**notebook, "cells": [cell for _, cell in shown]})
    for cell in notebook.cells:
        cell.metadata.pop("user_expressions", None)
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    asked = SEAL.format(facts=", ".join(f'"{fact}"' for fact in facts))
    seal = nbformat.v4.new_code_cell(asked, id=SEAL_ID, metadata={"tags": ["seal"]})
    notebook.cells.append(seal)
    return notebook


def clean(notebook: NotebookNode) -> None:
    """Remove from an executed notebook what differs between two equal runs."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                output.text = CELL_FILE.sub("<cellule>", output.text)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = PARAMETERS_ID


def check(chapter: Chapter, source: NotebookNode, notebook: NotebookNode, limits: Limits) -> None:
    """Raise unless every code cell completed without error, under the size cap, to the seal."""
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        run = cell.metadata.pop("papermill", {})
        kinds = {output.output_type for output in cell.outputs}
        if "error" in kinds or run.get("exception"):
            raise failure(chapter, source, position, "SystemExit", "", limits)
        if run.get("status") != "completed" or (
            cell.execution_count is None and cell.source.strip()
        ):
            raise failure(chapter, source, position, "NotCompleted", "", limits)
        if len(json.dumps(cell.outputs, ensure_ascii=False)) > limits.output_bytes:
            raise failure(chapter, source, position, "TooLarge", "", limits)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
    if seal_output(notebook) is None:
        raise failure(chapter, source, len(source.cells), "SystemExit", "", limits)


def seal_output(notebook: NotebookNode) -> dict[str, Any] | None:
    """Return the ledger that the seal wrote as its last act, or None when it did not."""
    for output in notebook.cells[-1].get("outputs", []):
        if LEDGER_MIME in output.get("data", {}):
            return dict(output["data"][LEDGER_MIME])
    return None


def failure(
    chapter: Chapter, source: NotebookNode, index: int, kind: str, last_line: str, limits: Limits
) -> ChapterFailed:
    """Return the error of a chapter whose cell `index` failed.

    `index` counts from 0 in the executed notebook, where papermill puts one cell after the
    parameters; the message gives the analyst's number, in `source`, from 1. `kind` is the
    exception's name or one of the failures below.
    """
    tagged = [i for i, c in enumerate(source.cells) if "parameters" in c.metadata.get("tags", [])]
    index -= index > tagged[0]
    cell = source.cells[index]
    last_line = CELL_FILE.sub("<cellule>", last_line)
    heading = heading_above(source.cells, index)
    place = f"{chapter.path.name}, cellule {_number_in_file(chapter, source, index)}"
    if heading:
        place += f", sous « {heading} »"
    first_line = shorten(cell.source)
    messages = {
        "Timeout": (
            f"elle dépasse la limite ({limits.cell_seconds:g} s par cellule, "
            f"{limits.build_seconds:g} s en tout).",
            "cherchez une boucle sans fin, ou relevez la limite : make report CELL_LIMIT=600.",
        ),
        "DeadKernel": (
            "le noyau s’est arrêté (mémoire épuisée, exit() ou arrêt forcé).",
            "enlevez l’appel qui arrête le noyau, ou réduisez la mémoire demandée.",
        ),
        "SystemExit": (
            "le chapitre s’arrête avant sa fin (sys.exit ou exit).",
            "enlevez cet appel : un chapitre s’exécute jusqu’à sa dernière cellule.",
        ),
        "NotCompleted": ("la cellule n’a pas été exécutée.", "relancez make report."),
        "TooLarge": (
            f"ses sorties dépassent {limits.output_bytes // 1_000_000} Mo.",
            "montrez un tableau résumé plutôt que toutes les données.",
        ),
        "Expression": (
            f"un nombre du texte ne peut pas être calculé : {last_line}",
            "corrigez le nom entre {eval} et l’accent grave.",
        ),
        "NotIndicator": (
            f"l’expression {last_line} n’est pas un indicateur.",
            'écrivez {eval}`indicator["nom"]`, ou ajoutez l’indicateur au catalogue.',
        ),
    }
    message, remedy = messages.get(
        kind,
        (
            f"{kind} : {shorten(last_line, 300)}",
            "ouvrez le notebook avec « make lab », exécutez-le jusqu’à cette cellule et corrigez.",
        ),
    )
    return ChapterFailed(f"{place} (« {first_line} ») : {message}", remedy)


def _number_in_file(chapter: Chapter, source: NotebookNode, index: int) -> int:
    """Return the number, from 1, that the analyst sees on a cell of the notebook as it is run.

    An edition leaves out the cells of the other language; those that it runs keep their order.
    """
    cells = iter(enumerate(nbformat.read(chapter.path, as_version=4).cells, 1))
    number = 0
    for cell in source.cells[: index + 1]:
        own = (cell.cell_type, cell.source)
        same = (n for n, each in cells if (each.cell_type, each.source) == own)
        number = next(same, number + 1)
    return number
