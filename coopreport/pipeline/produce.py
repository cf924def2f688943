"""Make one build: check the tables, run the stale chapters, compose the page, publish."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

import nbformat

from coopreport.chapters import Chapter
from coopreport.cycles import Cycle
from coopreport.errors import BadData, CannotPublish, quoted
from coopreport.locale import NBSP, count_of, format_value
from coopreport.paper.printing import Press, press_of
from coopreport.pipeline.cache import CACHE, ChapterCache, Record
from coopreport.pipeline.compose import Done, Draw, compose, done_before, done_now
from coopreport.pipeline.drawings import Drawings
from coopreport.pipeline.good_run import SEAL, prepare
from coopreport.pipeline.handouts import prepare_handouts
from coopreport.pipeline.imports import modules_of
from coopreport.pipeline.inputs import hashes_now, input_files
from coopreport.pipeline.layout import LEDGER, REPORT
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.options import FRENCH
from coopreport.pipeline.plan import Plan
from coopreport.pipeline.preliminaries import Preliminaries
from coopreport.pipeline.publish import publish
from coopreport.pipeline.rewording import reworded
from coopreport.pipeline.run import Executed, run_chapters
from coopreport.pipeline.warm import Warm
from coopreport.project import Project
from coopreport.tables import check_package, open_package

MOST_LISTED = 8
UNUSED = "indicateurs définis et non utilisés"


@dataclass(frozen=True)
class Production:
    """One build on its way: its plan, the folder `work` where it is made, who runs the chapters.

    `warm` is the process whose children run them, None for real kernels. `pdf` tells to print one.
    """

    project: Project
    cycle: Cycle
    plan: Plan
    work: Path
    limits: Limits
    say: Callable[[str], None]
    warm: Warm | None
    pdf: bool

    def make(self) -> None:
        """Make the build and publish it.

        Raises:
            BadData: a table breaks a rule.
            ChapterFailed: a chapter did not run well.
            CannotPublish: a file could not be written, or an input changed meanwhile.
        """
        chapters = count_of(len(self.cycle.chapters), "chapitre")
        under = f", scénario {quoted(self.cycle.scenario.title)}" if self.cycle.scenario else ""
        self.say(f"Rapport du cycle {self.cycle.id}{under}{NBSP}: {chapters}")
        self._check_tables()
        known = Preliminaries(self.project, self.cycle, self.plan.inputs)
        with ThreadPoolExecutor(1) as beside:  # while chapters run, this process waits for them
            kept = beside.submit(self._kept, known)
            defined = beside.submit(lambda: known.defined)
            if self.plan.stale:  # asked again of every chapter
                beside.submit(modules_of, [SEAL], self.project.code)
            beside.submit(prepare_handouts)
            done = self._chapters(known, kept)
        started = time.monotonic()
        finished = self.work / "build"
        finished.mkdir()
        with self._printer() as printer:
            named, unconfirmed = defined.result(), known.unconfirmed
            ledger = compose(
                finished, self.cycle, self.plan, done, named, unconfirmed, printer, self.say
            )
        self._say_step("page et documents", time.monotonic() - started)
        if unused := ledger["unused"]:
            listed = ", ".join(unused) if len(unused) <= MOST_LISTED else f"voyez {LEDGER}"
            words = count_of(len(unused), "indicateur défini et non utilisé", UNUSED)
            self.say(f"  Avertissement{NBSP}: {words}{NBSP}: {listed}")
        if self.plan.options.language != FRENCH:
            self._say_french(finished / REPORT)
        require_unchanged(self.project, self.cycle, self.plan.inputs)
        pointer = self.plan.options.pointer
        publish(finished, self.project, self.cycle.id, self.plan.build, pointer)

    def _printer(self) -> AbstractContextManager[Press | None]:
        """Return the press of this build, or nothing when there is to be no PDF."""
        return press_of(self.project, self.work) if self.pdf else nullcontext()

    def _check_tables(self) -> None:
        """Raise with every fault of the tables, unless the last build found the same ones good."""
        changed = {change.kind for change in self.plan.changes}
        if self.plan.previous and changed <= {"notebook", "cycle"}:
            return
        started = time.monotonic()
        checked = check_package(open_package(self.project.data))
        if checked.faults:
            raise BadData(checked.faults)
        tables = count_of(len(checked.summaries), "table")
        rows = count_of(sum(table.rows for table in checked.summaries), "ligne")
        self._say_step(f"{tables} et {rows} vérifiées", time.monotonic() - started)

    def _kept(self, known: Preliminaries) -> dict[str, Done]:
        """Return the chapters that need not run, by name; one damaged meanwhile is not there."""
        done = {}
        for plan in self.plan.chapters:
            path = plan.kept or plan.worded
            found = self._cache.load(path) if path else None
            if found and plan.worded:
                found = self._reworded(plan.chapter, *found, known)
            if found and (before := done_before(plan.chapter, *found)):
                done[plan.chapter.name] = before
                how = "texte changé" if plan.worded else "inchangé"
                self.say(f"  chapitre « {plan.chapter.title} » ({how})")
        return done

    def _reworded(
        self, chapter: Chapter, record: Record, text: str, known: Preliminaries
    ) -> tuple[Record, str] | None:
        """Return the record and the text of a run under the chapter's new prose, and keep them."""
        source = nbformat.v4.reads(chapter.path.read_text(encoding="utf-8"))
        source = prepare(source, known.lacks, self.plan.options.language)
        made = reworded(source, text)
        if made is None:
            return None
        own = f"notebooks/{chapter.path.name}"
        inputs = {**record.inputs, own: self.plan.inputs[own]}
        found = replace(record, inputs=inputs), made
        self._keep(chapter, *found)
        return found

    def _keep(self, chapter: Chapter, record: Record, text: str) -> None:
        """Keep a run, unless what it read has changed meanwhile."""
        if hashes_now(self.project, record.inputs) == record.inputs:
            self._cache.keep(chapter.name, record, text)

    @property
    def _cache(self) -> ChapterCache:
        return ChapterCache(self.project, self.cycle.id, self.plan.options.language)

    def _chapters(self, known: Preliminaries, kept: Future[dict[str, Done]]) -> list[Done]:
        """Return every chapter of the cycle, done now or `kept`."""
        root, inputs = self.project.code, self.plan.inputs
        language = self.plan.options.language
        drawings = Drawings(self.project.build / CACHE, inputs)
        draw: Draw = drawings
        if language != FRENCH:
            from coopreport.translation.drawings import in_english
            from coopreport.translation.messages import messages

            draw = in_english(drawings, messages())
        done: dict[str, Done] = {}
        one_at_a_time = Lock()

        def chapter_done(run: Executed) -> None:
            with one_at_a_time:
                new = done_now(run, self.cycle, inputs, root, draw, language)
                done[run.chapter.name] = new
                self._keep(run.chapter, new.record, new.text)
                self._say_step(f"chapitre « {run.chapter.title} »", run.seconds)

        kernels = self.work / "kernels"
        kernels.mkdir()

        def run(stale: Sequence[Chapter]) -> None:
            if stale:
                run_chapters(
                    self.project,
                    self.cycle,
                    stale,
                    kernels,
                    self.limits,
                    chapter_done,
                    self.warm,
                    known.lacks,
                    language,
                )

        run(self.plan.stale)
        done |= kept.result()
        run([chapter for chapter in self.cycle.chapters if chapter.name not in done])
        drawings.forget_old()
        return [done[chapter.name] for chapter in self.cycle.chapters]

    def _say_french(self, page: Path) -> None:
        """Say what an English page shows in French, and why."""
        from coopreport.pipeline.render import french_passages
        from coopreport.translation.listing import lacks

        for lack in lacks([chapter.path for chapter in self.cycle.chapters]):
            self.say(f"  Avertissement{NBSP}: {lack}; montrée en français")
        count = french_passages(page.read_text(encoding="utf-8"))
        words = count_of(count, "passage en français", "passages en français")
        self.say(f"  édition anglaise{NBSP}: {words} (make translation dit lesquels)")

    def _say_step(self, text: str, seconds: float) -> None:
        self.say(f"  {text} ({format_value(seconds, 'number', 1)}{NBSP}s)")


def require_unchanged(project: Project, cycle: Cycle, inputs: Mapping[str, str]) -> None:
    """Check that nobody wrote to an input while the chapters ran.

    Raises:
        CannotPublish: with the files that are not what they were.
    """
    now = input_files(project, cycle)
    changed = sorted({path for path, _ in {*now.items()} ^ {*inputs.items()}})
    if changed:
        raise CannotPublish(
            f"Modifié pendant la production{NBSP}: {', '.join(changed[:5])}. "
            "Le dernier rapport est intact.",
            "relancez la même commande.",
        )
