"""Make one build: check the tables, run the stale chapters, compose the page, publish."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from coopreport.catalogue import CATALOGUE
from coopreport.cycles import Cycle
from coopreport.errors import BadData, CannotPublish
from coopreport.ledger import Ledger
from coopreport.locale import NBSP, count_of, format_value
from coopreport.pipeline.cache import CACHE, ChapterCache
from coopreport.pipeline.compose import Done, compose, done_before, done_now
from coopreport.pipeline.drawings import Drawings
from coopreport.pipeline.inputs import hashes_now, input_files
from coopreport.pipeline.layout import LEDGER
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.plan import ChapterPlan, Plan
from coopreport.pipeline.publish import publish
from coopreport.pipeline.run import Executed, run_chapters
from coopreport.pipeline.warm import Warm
from coopreport.project import Project
from coopreport.tables import check_package, open_package

MOST_LISTED = 8
UNUSED = "indicateurs définis et non utilisés"
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
    if not plan.previous or {change.kind for change in plan.changes} - {"notebook", "cycle"}:
        _check_tables(project, say)  # else they were found good in the last build
    chapters = _run(project, cycle, plan, work, limits, say, warm)
    started = time.monotonic()
    finished = work / "build"
    finished.mkdir()
    defined = Ledger(cycle, open_package(project.data), CATALOGUE).names_by_definition()
    ledger = compose(finished, cycle, plan, chapters, defined)
    _say_step(say, "page assemblée", time.monotonic() - started)
    if unused := ledger["unused"]:
        listed = ", ".join(unused) if len(unused) <= MOST_LISTED else f"voyez {LEDGER}"
        words = count_of(len(unused), "indicateur défini et non utilisé", UNUSED)
        say(f"  Avertissement{NBSP}: {words}{NBSP}: {listed}")
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
) -> list[Done]:
    """Return every chapter of the cycle, done now or before."""
    cache = ChapterCache(project, cycle.id)
    drawings = Drawings(project.build / CACHE, plan.inputs)
    done: dict[str, Done] = {}
    for chapter in plan.chapters:
        if (kept := _kept(cache, chapter)) is not None:
            done[chapter.chapter.name] = kept
            say(f"  chapitre « {chapter.chapter.title} » (inchangé)")

    one_at_a_time = Lock()  # Python 3.11 may fail when two threads parse source at once

    def chapter_done(run: Executed) -> None:
        with one_at_a_time:
            new = done_now(run, cycle, plan.inputs, project.root, drawings)
            done[run.chapter.name] = new
            if hashes_now(project.root, new.record.inputs) == new.record.inputs:
                cache.keep(run.chapter.name, new.record, new.text)
            _say_step(say, f"chapitre « {run.chapter.title} »", run.seconds)

    stale = [chapter for chapter in cycle.chapters if chapter.name not in done]
    kernels = work / "kernels"
    kernels.mkdir()
    run_chapters(project, cycle, stale, kernels, limits, chapter_done, warm)
    drawings.forget_old()
    return [done[chapter.name] for chapter in cycle.chapters]


def _kept(cache: ChapterCache, plan: ChapterPlan) -> Done | None:
    """Return the kept run of a chapter that is still good, or None."""
    found = cache.load(plan.kept) if plan.kept else None
    return None if found is None else done_before(plan.chapter, *found)


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
