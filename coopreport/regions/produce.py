"""Make one set of sheets: check the tables, count the register once, run what is stale, publish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from coopreport.catalogue import CATALOGUE
from coopreport.chapters import Chapter
from coopreport.cycles import Cycle
from coopreport.errors import BadData, ChapterFailed, CoopreportError
from coopreport.ledger import Ledger
from coopreport.locale import NBSP, count_of, format_value
from coopreport.pipeline.cache import CACHE, ChapterCache
from coopreport.pipeline.compose import Done, done_before, done_now
from coopreport.pipeline.drawings import Drawings
from coopreport.pipeline.inputs import hashes_now
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.plan import make_plan
from coopreport.pipeline.produce import require_unchanged
from coopreport.pipeline.publish import publish, put
from coopreport.pipeline.run import Executed
from coopreport.project import Project
from coopreport.regions.compose import compose
from coopreport.regions.engines import Run, fan_out
from coopreport.regions.make import shelf_of
from coopreport.regions.sheet import CODES, code_of, with_sheets
from coopreport.tables import check_package, open_package, read_table


@dataclass(frozen=True)
class SheetProduction:
    """One set of sheets on its way, made in the folder `work`."""

    project: Project
    cycle: Cycle
    codes: tuple[str, ...]
    inputs: Mapping[str, str]
    build: str
    work: Path
    limits: Limits
    say: Callable[[str], None]

    def make(self, engine: str, jobs: int) -> tuple[str, ...]:
        """Make the set and publish it; return the codes of the sheets that had to run.

        Raises:
            BadData: a table or the register breaks a rule.
            ChapterFailed: sheets did not run well; the others are kept for the next time.
            CannotPublish: a file could not be written, an input changed meanwhile, or nobody is
                there to run the sheets.
        """
        names = self._names()
        self.say(
            f"Fiches régionales du cycle {self.cycle.id}{NBSP}: "
            f"{count_of(len(self.codes), 'région', 'régions')}"
        )
        one_of = {code: with_sheets(self.project, self.cycle, [code]) for code in self.codes}
        cache = ChapterCache(self.project, self.cycle.id)
        done: dict[str, Done] = {}
        for code, cycle in one_of.items():
            plan = make_plan(self.project, cycle, self.inputs).chapters[0]
            found = cache.load(plan.kept) if plan.kept else None
            if found and (before := done_before(plan.chapter, *found)):
                done[code] = before
                self.say(f"  {code} {names[code]} (inchangée)")
        stale = tuple(code for code in self.codes if code not in done)
        if stale:
            self._check_tables()
            with fan_out(engine, self.project, jobs, self.say) as run:
                self._count_register(one_of[stale[0]])
                done |= self._run(run, stale, one_of, names, cache)
        finished = self.work / "build"
        finished.mkdir()
        sheets = {code: done[code] for code in self.codes}
        compose(finished, self.cycle, self.inputs, self.build, sheets, names)
        require_unchanged(
            self.project, with_sheets(self.project, self.cycle, self.codes), self.inputs
        )
        place = publish if self.codes == CODES else put
        place(finished, self.project, shelf_of(self.cycle.id), self.build)
        return stale

    def _names(self) -> dict[str, str]:
        """Return the name of each region, by code, as the table of regions gives it."""
        rows = read_table(open_package(self.project.data), "regions").frame
        return dict(zip(rows["region_code"], rows["name"], strict=True))

    def _check_tables(self) -> None:
        checked = check_package(open_package(self.project.data))
        if checked.faults:
            raise BadData(checked.faults)

    def _count_register(self, sheet: Cycle) -> None:
        """Count the register for all the sheets: each finds its table among those kept."""
        if self.cycle.register is not None:
            Ledger(sheet, open_package(self.project.data), CATALOGUE).frame("region.survie")

    def _run(
        self,
        run: Run,
        stale: tuple[str, ...],
        one_of: Mapping[str, Cycle],
        names: Mapping[str, str],
        cache: ChapterCache,
    ) -> dict[str, Done]:
        """Run the stale sheets, keeping each good one as it ends; return them by code."""
        drawings = Drawings(self.project.build / CACHE, self.inputs)
        done: dict[str, Done] = {}
        failures: dict[str, CoopreportError] = {}
        one_at_a_time = Lock()  # Python 3.11 may fail when two threads parse source at once

        def well(executed: Executed) -> None:
            code = code_of(executed.chapter)
            with one_at_a_time:
                new = done_now(executed, one_of[code], self.inputs, self.project.code, drawings)
                done[code] = new
                if hashes_now(self.project, new.record.inputs) == new.record.inputs:
                    cache.keep(executed.chapter.name, new.record, new.text)
                seconds = format_value(executed.seconds, "number", 1)
                self.say(f"  {code} {names[code]} ({seconds}{NBSP}s)")

        def ill(chapter: Chapter, error: CoopreportError) -> None:
            code = code_of(chapter)
            failures[code] = error
            self.say(f"  {code} {names[code]}{NBSP}: échec")

        kernels = self.work / "kernels"
        kernels.mkdir()
        sheets = with_sheets(self.project, self.cycle, stale)
        run(sheets, kernels, self.limits, well, ill)
        drawings.forget_old()
        if failures:
            raise _failed(failures, names, len(self.codes))
        return done


def _failed(
    failures: Mapping[str, CoopreportError], names: Mapping[str, str], asked: int
) -> ChapterFailed:
    """Return the error of the sheets that did not run well: all of them, in one."""
    listed = [
        f"  {code} {names[code]}{NBSP}: {failures[code].message}" for code in sorted(failures)
    ]
    first = failures[min(failures)]
    failed = count_of(len(failures), "fiche sur {} a échoué", "fiches sur {} ont échoué")
    return ChapterFailed(
        "\n".join(
            [
                f"{failed.format(asked)}; les autres sont faites et gardées, "
                "et le dernier ensemble publié est intact.",
                *listed,
            ]
        ),
        first.remedy,
    )
