"""`make regions`: lock the cycle, and make the set of sheets, or say that nothing changed.

A set lies in `build/<cycle>/regions/<hash of its inputs>/`, and `latest` points to the newest that
has all the regions. It is published whole or not at all. Nothing heavy is imported before it is
known that there is something to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from coopreport.cycles import read_cycle
from coopreport.pipeline.engines import DEFAULT
from coopreport.pipeline.inputs import build_name, input_files
from coopreport.pipeline.layout import INDEX, LATEST, REGIONS
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.lock import hold
from coopreport.pipeline.publish import is_intact, latest_name, point_latest
from coopreport.pipeline.work import sweep, work_folder
from coopreport.project import Project
from coopreport.regions.sheet import CODES, with_sheets


@dataclass(frozen=True)
class Made:
    """A set of sheets: the page to open, and the regions whose sheet had to run.

    `made` is False when nothing had changed. The page is the index, or the sheet when it is alone.
    """

    page: Path
    ran: tuple[str, ...]
    made: bool


def make_regions(
    project: Project,
    name: str,
    codes: Sequence[str],
    limits: Limits,
    say: Callable[[str], None],
    engine: str = DEFAULT,
    jobs: int = 0,
) -> Made:
    """Make the sheets of regions of a cycle, running only what is stale, and publish the set.

    Args:
        codes: regions, of `sheet.CODES`; `latest` moves only when it is all of them.
        engine: one of `ENGINES`, or the address of a scheduler, `dask://host:port`.
        jobs: how many sheets run at once here; 0: as many as there are processors, two at least.

    Raises:
        CoopreportError: with its exit code; the set published before is untouched.
    """
    cycle = read_cycle(project, name)
    sheets = with_sheets(project, cycle, codes)
    whole = tuple(codes) == CODES
    with hold(project, cycle.id, "regions"):
        sweep(project, cycle.id)
        inputs = input_files(project, sheets)
        shelf = shelf_of(cycle.id)
        build = build_name(inputs, f"{shelf}/{','.join(codes)}")
        folder = project.build / shelf / build
        shown = folder.with_name(LATEST) if whole else folder
        page = shown / (INDEX if len(codes) > 1 else f"{codes[0]}.html")
        if is_intact(folder, inputs):
            if whole and latest_name(folder.parent) != build:
                with work_folder(project, cycle.id) as work:
                    point_latest(project, shelf, build, work)
            return Made(page, (), made=False)
        with work_folder(project, cycle.id) as work:
            from coopreport.regions.produce import SheetProduction

            production = SheetProduction(
                project, cycle, tuple(codes), inputs, build, work, limits, say
            )
            ran = production.make(engine, jobs)
    return Made(page, ran, made=True)


def shelf_of(cycle: str) -> str:
    """Return the folder of a cycle's sets of sheets, from `build/`."""
    return f"{cycle}/{REGIONS}"
