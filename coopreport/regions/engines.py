"""Who runs the sheets: processes of this machine, or the workers of a Dask scheduler."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from coopreport.chapters import Chapter
from coopreport.cycles import Cycle
from coopreport.errors import NBSP, BadCall, CoopreportError
from coopreport.pipeline.engines import FORKED, scheduler_of
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.run import Executed, run_each
from coopreport.pipeline.warm import Warm
from coopreport.project import Project

Well = Callable[[Executed], None]
Ill = Callable[[Chapter, CoopreportError], None]


class Run(Protocol):
    """Runs the chapters of a cycle, each to its own end; see `pipeline.run.run_each`."""

    def __call__(self, cycle: Cycle, work: Path, limits: Limits, well: Well, ill: Ill) -> None: ...


@contextmanager
def fan_out(engine: str, project: Project, jobs: int, say: Callable[[str], None]) -> Iterator[Run]:
    """Give what runs sheets with an engine: one of `ENGINES`, or `dask://host:port`.

    `jobs` sheets run at once on this machine; 0: as many as there are processors, two at least.

    Raises:
        BadCall: Dask is not installed, or its workers have other libraries or other code.
        CannotPublish: the scheduler does not answer, or has no worker.
    """
    if address := scheduler_of(engine):
        try:
            from coopreport.regions.cluster import connected
        except ModuleNotFoundError as error:
            raise BadCall(
                f"Dask n’est pas installé (il manque {error.name}).",
                "une commande l’ajoute à l’environnement, ici et chez chaque ouvrier"
                f"{NBSP}: sh requirements/python.sh dask --version",
            ) from None
        with connected(address, project) as run:
            yield run
        return
    with Warm(project, say) if engine == FORKED else nullcontext() as warm:

        def run_here(cycle: Cycle, work: Path, limits: Limits, well: Well, ill: Ill) -> None:
            run_each(project, cycle, cycle.chapters, work, limits, well, ill, warm, jobs)

        yield run_here
