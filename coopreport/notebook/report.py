"""One chapter at work: the cycle, its indicators, its frames, and what it shows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Literal

import pandas as pd

from coopreport import locale
from coopreport.definitions import unknown_column
from coopreport.errors import NBSP
from coopreport.exhibit_table import ColumnSpec, table_from_frame
from coopreport.exhibits import (
    BadExhibit,
    Chart,
    Figures,
    Source,
    Table,
    alt_fault,
    figure,
    title_fault,
)
from coopreport.indicators import SYNTHETIC_WORDS, Line, Read
from coopreport.ledger import Ledger
from coopreport.notebook.guard import by_hand, in_build
from coopreport.notebook.names import IndicatorNames
from coopreport.notebook.raw_tables import RawTables
from coopreport.project import Project

UNTITLED = "Sans titre"
UNSAID = "Équivalent textuel à écrire."
"""What stands in an exhibit, by hand only, for the words that a build would refuse it without."""


class Report:
    """One chapter at work: the cycle, its indicators, its frames, and what it shows."""

    def __init__(self, ledger: Ledger, chapter: str = "") -> None:
        self.cycle = ledger.watched_cycle()
        self.ledger = ledger
        self.chapter = chapter
        self.indicator = IndicatorNames(ledger)
        self.raw_tables = RawTables(ledger)
        self.define: Callable[..., Any] = ledger.catalogue.indicator

    def frame(self, name: str) -> pd.DataFrame:
        """Return a frame of the catalogue.

        Raises:
            UnknownName: nobody defines this frame.
        """
        return self.ledger.frame(name).rows.copy()

    def knows(self, fact: str) -> bool:
        """Tell whether the cycle knows a fact of `catalogue/facts.py`.

        Raises:
            UnknownName: nobody defines this fact.
        """
        return self.ledger.fact(fact).known

    def labels(self, table: str, column: str) -> dict[str, str]:
        """Return the French labels of a coded column, by code, as the table's schema gives them.

        Raises:
            UnknownName: no such table or column.
        """
        fields = {field.name: field for field in self.ledger.table(table).resource.fields}
        if column not in fields:
            raise unknown_column(table, column, list(fields))
        return dict(fields[column].labels)

    def sources(self, *names: str) -> tuple[Source, ...]:
        """Return the raw tables that frames or indicators were computed from, each once."""
        reads: set[Read] = set()
        for name in names:
            if name in self.ledger.catalogue.frames:
                reads.update(self.ledger.frame(name).reads)
            else:
                reads.update(self.ledger.indicator(name).reads)
        origins = {read.table: self.ledger.origin(read.table) for read in reads}
        return tuple(
            Source(name, origin.title, origin.sha256) for name, origin in sorted(origins.items())
        )

    def line(self, text: str) -> Line:
        """Return a sentence that was computed, for the text of a chapter."""
        return Line(text)

    def _titled(self, name: str, title: str, frame: str = "") -> str:
        """Return a title, with what has to be said: a scenario, or generated data."""
        title = _or_warn(title_fault(name, title), title, UNTITLED)
        scenario = self.ledger.cycle.scenario
        said = [f"scénario{locale.NBSP}: {scenario.title}"] if scenario else []
        if frame and self._is_synthetic(frame):
            said.append(SYNTHETIC_WORDS)
        return f"{title} ({'; '.join(said)})" if said else title

    def _is_synthetic(self, frame: str) -> bool:
        return self.ledger.is_synthetic(self.ledger.frame(frame).reads)

    def table(
        self,
        of: str,
        title: str = "",
        columns: Sequence[ColumnSpec] = (),
        *,
        rows: pd.DataFrame | None = None,
        name: str = "",
        **options: Any,
    ) -> Table:
        """Return a table of the page made from the frame `of`.

        Args:
            of: the frame's name in the catalogue; also the table's name unless `name` is given.
            rows: the rows to show, when not the whole frame as it is.
            options: see `exhibits.table_from_frame` (unit_line, notes, total, group_by …).
        """
        return table_from_frame(
            self.frame(of) if rows is None else rows,
            columns,
            id=name or of,
            title=self._titled(name or of, title, of),
            frame_name=of,
            sources=self.sources(of),
            **options,
        )

    def table_of(
        self,
        rows: pd.DataFrame,
        name: str,
        title: str,
        columns: Sequence[ColumnSpec],
        **options: Any,
    ) -> Table:
        """Return a table of the page about the report itself, made from no raw table."""
        return table_from_frame(rows, columns, id=name, title=self._titled(name, title), **options)

    def source_tables(self) -> pd.DataFrame:
        """Return the raw tables: `name`, `title`, `rows`, `rights` and `sha256`, one row each."""
        tables = [self.ledger.table(name) for name in self.ledger.package.resources]
        return pd.DataFrame(
            [
                {
                    "name": table.resource.path,
                    "title": table.title,
                    "rows": len(table.frame),
                    "rights": table.resource.rights,
                    "sha256": table.sha256,
                }
                for table in tables
            ]
        )

    def source_addresses(self) -> pd.DataFrame:
        """Return the sources of the raw tables: `table`, `title` and `path`, one row a source."""
        return pd.DataFrame(
            [
                {"table": resource.title, "title": source.title, "path": source.path}
                for resource in self.ledger.package.resources.values()
                for source in resource.sources
            ]
        )

    def chart(
        self,
        name: str,
        title: str = "",
        alt: str = "",
        *,
        spec: dict[str, Any],
        table: Table,
        notes: Sequence[str] = (),
    ) -> Chart:
        """Return a chart of the page with its alternative text and its data table."""
        alt = _or_warn(alt_fault(name, alt), alt, UNSAID)
        if scenario := self.ledger.cycle.scenario:
            alt = f"{alt} Scénario{locale.NBSP}: {scenario.title}."
        if table.frame and self._is_synthetic(table.frame):
            alt = f"{alt} {SYNTHETIC_WORDS.capitalize()}."
        title = self._titled(name, title, table.frame)
        return Chart(name, title, alt, spec, table, tuple(notes))

    def figures(
        self,
        name: str,
        title: str,
        items: Sequence[tuple[str, str, str]],
        *,
        missing: Literal["leave", "show"] = "leave",
    ) -> Figures:
        """Return key figures: `items` are (label, indicator's name, note).

        Those that the cycle cannot compute are left out, and so are those that have no value in it,
        unless `missing` is `show`: their symbol stands in its place.
        """
        known = [item for item in items if self.ledger.has(item[1])]
        shown = [
            figure(label, self.indicator[of], note)
            for label, of, note in known
            if missing == "show" or self.indicator[of].value is not None
        ]
        return Figures(name, self._titled(name, title), tuple(shown))

    def remarks(self) -> Any:
        """Return the open remarks of reviewers on this chapter, to read in JupyterLab.

        In a build there are none (None): what a page says may not depend on what is said of it.
        """
        if in_build():
            return None
        # Imported by its name: no build runs it, so a chapter does not depend on it (`imports`).
        lab = import_module("coopreport.remarks.lab")
        project = Project(self.ledger.package.data_dir.parent)
        return lab.open_remarks(project, self.ledger.cycle.id, self.chapter)


def _or_warn(fault: BadExhibit | None, given: str, instead: str) -> str:
    """Return what was given when nothing is wrong with it.

    By hand, what a build would refuse is said in the cell's output, and the exhibit is shown.

    Raises:
        BadExhibit: in a build.
    """
    if fault is None:
        return given
    if not by_hand():
        raise fault
    print(f"Attention{NBSP}: {fault}\n  Le rapport sera refusé.", file=sys.stderr)
    return instead
