"""Make one build: check the tables, run the stale chapters, compose the page, publish."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import nbformat

from coopreport.cycles import Cycle
from coopreport.errors import BadData, CannotPublish
from coopreport.locale import NBSP, count_of, format_value
from coopreport.pipeline.assemble import draw_charts
from coopreport.pipeline.cache import CACHE, ChapterCache, Record
from coopreport.pipeline.compose import compose, record_of
from coopreport.pipeline.drawings import Drawings
from coopreport.pipeline.inputs import hashes_now, input_files
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.plan import ChapterPlan, Plan
from coopreport.pipeline.publish import publish
from coopreport.pipeline.run import Executed, run_chapters, seal_output
from coopreport.pipeline.warm import Warm
from coopreport.project import Project
from coopreport.tables import check_package, open_package

Say = Callable[[str], None]


def produce(
    project: Project,
    cycle: Cycle,
    plan: Plan,
    work: Path,
    limits: Limits,
    say: Say,
    warm: Warm | None,
) -> None:
    """Make the build of a plan in the folder `work`, and publish it.

    `warm` is the process whose children run the chapters, None for real kernels.

    Raises:
        BadData: a table breaks a rule.
        ChapterFailed: a chapter did not run well.
        CannotPublish: a file could not be written, or an input changed meanwhile.
    """
    say(f"Rapport du cycle {cycle.id} : {count_of(len(cycle.chapters), 'chapitre')}")
    _check_tables(project, say)
    drawings = Drawings(project.build / CACHE, plan.inputs)
    runs = _run(project, cycle, plan, work, limits, say, warm, drawings)
    started = time.monotonic()
    finished = work / "build"
    finished.mkdir()
    ledger = compose(finished, cycle, plan, runs, drawings)
    drawings.forget_old()
    _say_step(say, "page assemblée", time.monotonic() - started)
    if unused := ledger["unused"]:
        say(f"  Avertissement : indicateurs définis et non utilisés : {', '.join(unused)}")
    _require_unchanged(project, cycle, plan)
    publish(finished, project, cycle.id, plan.build)


def _check_tables(project: Project, say: Say) -> None:
    started = time.monotonic()
    checked = check_package(open_package(project.data))
    if checked.faults:
        raise BadData(checked.faults)
    tables = count_of(len(checked.summaries), "table")
    rows = count_of(sum(table.rows for table in checked.summaries), "ligne")
    _say_step(say, f"{tables} et {rows} vérifiées", time.monotonic() - started)


def _run(
    project: Project,
    cycle: Cycle,
    plan: Plan,
    work: Path,
    limits: Limits,
    say: Say,
    warm: Warm | None,
    drawings: Drawings,
) -> list[tuple[Executed, Record]]:
    """Return a good run of every chapter, kept or new, with what it depended on."""
    cache = ChapterCache(project, cycle.id)
    done: dict[str, tuple[Executed, Record]] = {}
    for chapter in plan.chapters:
        if (kept := _kept(cache, chapter)) is not None:
            done[chapter.chapter.name] = (kept, record_of(kept, cycle, plan.inputs, project.root))
            say(f"  chapitre « {chapter.chapter.title} » (inchangé)")

    def chapter_done(run: Executed) -> None:
        record = record_of(run, cycle, plan.inputs, project.root)
        done[run.chapter.name] = (run, record)
        if hashes_now(project.root, record.inputs) == record.inputs:
            cache.keep(run.chapter.name, record, run.notebook)
        draw_charts([(run.chapter.name, run.notebook)], drawings)  # while others run
        _say_step(say, f"chapitre « {run.chapter.title} »", run.seconds)

    stale = [chapter for chapter in cycle.chapters if chapter.name not in done]
    kernels = work / "kernels"
    kernels.mkdir()
    run_chapters(project, cycle, stale, kernels, limits, chapter_done, warm)
    return [done[chapter.name] for chapter in cycle.chapters]


def _kept(cache: ChapterCache, plan: ChapterPlan) -> Executed | None:
    """Return the kept run of a chapter that is still good, or None."""
    content = cache.notebook(plan.kept) if plan.kept else None
    if content is None:
        return None
    notebook = nbformat.from_dict(content)
    ledger = seal_output(notebook)
    return None if ledger is None else Executed(plan.chapter, notebook, ledger, 0)


def _require_unchanged(project: Project, cycle: Cycle, plan: Plan) -> None:
    """Raise when an input was written to while the chapters ran."""
    now = input_files(project, cycle)
    changed = sorted({path for path, _ in {*now.items()} ^ {*plan.inputs.items()}})
    if changed:
        raise CannotPublish(
            f"Modifié pendant la production : {', '.join(changed[:5])}. "
            "Le dernier rapport est intact.",
            "relancez la même commande.",
        )


def _say_step(say: Say, text: str, seconds: float) -> None:
    say(f"  {text} ({format_value(seconds, 'number', 1)}{NBSP}s)")
