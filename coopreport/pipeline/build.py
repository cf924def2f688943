"""`make report`: lock the cycle, plan, and make what is stale, or say that nothing changed.

Nothing heavy is imported before it is known that there is something to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coopreport.chapters import Chapter
from coopreport.cycles import read_cycle, under_scenario
from coopreport.errors import CannotPublish
from coopreport.paper.libraries import can_print
from coopreport.pipeline.engines import DEFAULT, FORKED
from coopreport.pipeline.inputs import build_name, code_of, input_files
from coopreport.pipeline.layout import REPORT
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.lock import hold
from coopreport.pipeline.options import PLAIN, Options
from coopreport.pipeline.plan import Plan, make_plan
from coopreport.pipeline.publish import has_pdf, is_intact, latest_name, point_latest
from coopreport.pipeline.work import sweep, work_folder
from coopreport.project import Project

if TYPE_CHECKING:
    from coopreport.pipeline.warm import Warm


class CodeChanged(CannotPublish):
    """The package's code is not what a process that lasts has imported."""


@dataclass(frozen=True)
class Built:
    """The page of a cycle's latest build, the build's name, and the chapters that had to run.

    `made` is False when nothing had changed.
    """

    page: Path
    build: str
    ran: tuple[Chapter, ...]
    made: bool


def make_report(
    project: Project,
    name: str,
    limits: Limits,
    say: Callable[[str], None],
    engine: str | Warm = DEFAULT,
    options: Options = PLAIN,
    pdf: bool = True,
) -> Built:
    """Make the report of a cycle, running only what is stale, and publish it.

    `engine` is one of `ENGINES`, or a warm process that outlives this build. `pdf` asks for
    the PDF, which a build of the same inputs may lack: it is made again then, with it.

    Raises:
        CodeChanged: the warm process that was given has old code.
        CoopreportError: with its exit code; the report published before is untouched.
    """
    cycle = read_cycle(project, name)
    if options.scenario:
        cycle = under_scenario(cycle, options.scenario)
    with hold(project, cycle.id):
        sweep(project, cycle.id)
        inputs = input_files(project, cycle)
        build = build_name(inputs, cycle.id, options)
        shelf = project.build / cycle.id
        page = shelf / options.pointer / REPORT
        intact = is_intact(shelf / build, inputs)
        pdf = pdf and not (intact and has_pdf(shelf / build)) and can_print(say)
        if intact and not pdf:
            if latest_name(shelf, options.pointer) != build:
                with work_folder(project, cycle.id) as work:
                    point_latest(project, cycle.id, build, work, options.pointer)
            return Built(page, build, (), made=False)
        plan = make_plan(project, cycle, inputs, options)
        with work_folder(project, cycle.id) as work, _warm(project, plan, say, engine) as warm:
            from coopreport.pipeline.produce import Production

            Production(project, cycle, plan, work, limits, say, warm, pdf).make()
    return Built(page, build, plan.stale, made=True)


@contextmanager
def _warm(
    project: Project, plan: Plan, say: Callable[[str], None], engine: str | Warm
) -> Iterator[Warm | None]:
    """Give the warm process of a build, None for real kernels; it imports while we do.

    Raises:
        CodeChanged: the process given, and this one with it, has imported code that changed since.
    """
    if not isinstance(engine, str):
        if engine.code != code_of(plan.inputs):
            raise CodeChanged("Le code a changé.", "relancez la même commande.")
        assert engine.language == plan.options.language
        yield engine
    elif engine == FORKED and plan.stale:
        from coopreport.pipeline.warm import Warm

        with Warm(project, say, language=plan.options.language) as warm:
            yield warm
    else:
        yield None
