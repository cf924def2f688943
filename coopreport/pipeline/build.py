"""The story of `make report`: check the tables, run the chapters, assemble, render, publish."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import nbformat

from coopreport import __version__
from coopreport.cycles import read_cycle
from coopreport.errors import BadData
from coopreport.locale import NBSP, count_of, format_value
from coopreport.pipeline.assemble import Edition, assemble
from coopreport.pipeline.inputs import build_name, input_files
from coopreport.pipeline.provenance import merge_ledgers
from coopreport.pipeline.publish import publish, write_json, write_manifest
from coopreport.pipeline.render import render
from coopreport.pipeline.run import Executed, Limits, run_chapters
from coopreport.pipeline.work import work_folder
from coopreport.project import Project
from coopreport.tables import check_package, open_package

REPORT = "rapport.html"
LEDGER = "indicateurs.json"
LEDGER_SCHEMA = "indicateurs.schema.json"
SCHEMAS = Path(__file__).parent.parent / "schemas"
AUTHOR = "Conseil québécois de la coopération et de la mutualité"


def make_report(project: Project, name: str, limits: Limits, say: Callable[[str], None]) -> Path:
    """Make the report of a cycle and publish it; return the path of its page.

    Raises:
        CoopreportError: with its exit code; the report published before is untouched.
    """

    def step(text: str, seconds: float) -> None:
        say(f"  {text} ({format_value(seconds, 'number', 1)}{NBSP}s)")

    started = time.monotonic()
    cycle = read_cycle(project, name)
    say(f"Rapport du cycle {cycle.id} : {count_of(len(cycle.chapters), 'chapitre')}")
    checked = check_package(open_package(project.data))
    if checked.faults:
        raise BadData(checked.faults)
    rows = sum(table.rows for table in checked.summaries)
    step(
        f"{count_of(len(checked.summaries), 'table')} et {count_of(rows, 'ligne')} vérifiées",
        time.monotonic() - started,
    )
    inputs = input_files(project, cycle)
    build = build_name(inputs, cycle.id)

    def chapter_done(executed: Executed) -> None:
        step(f"chapitre « {executed.chapter.title} »", executed.seconds)

    with work_folder(project, cycle.id) as work:
        kernels, finished = work / "kernels", work / "build"
        kernels.mkdir()
        (finished / "notebooks").mkdir(parents=True)
        executed = run_chapters(project, cycle, kernels, limits, chapter_done)
        started = time.monotonic()
        edition = Edition(
            title=cycle.title,
            author=AUTHOR,
            cycle=cycle.id,
            cut_off=cycle.cut_off,
            build=build,
        )
        ledger = merge_ledgers([(run.chapter.path.name, run.ledger) for run in executed])
        document = assemble([(run.chapter.name, run.notebook) for run in executed], edition, ledger)
        page = render(document)
        step("page assemblée", time.monotonic() - started)
        if unused := ledger["unused"]:
            say(f"  Avertissement : indicateurs définis et non utilisés : {', '.join(unused)}")
        (finished / REPORT).write_text(page, encoding="utf-8")
        for run in executed:
            nbformat.write(run.notebook, finished / "notebooks" / run.chapter.path.name)
        write_json(finished / LEDGER, ledger)
        shutil.copyfile(SCHEMAS / LEDGER_SCHEMA, finished / LEDGER_SCHEMA)
        about = {"cycle": cycle.id, "build": build, "version": __version__}
        write_manifest(finished, inputs, about)
        latest = publish(finished, project, cycle.id, build)
    return latest / REPORT
