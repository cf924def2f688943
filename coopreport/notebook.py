"""What a chapter imports, and nothing else: the only door between the analysis and the notebooks.

from coopreport.notebook import Column, start

report = start(cycle, "financement", first_granted=first_granted)
indicator = report.indicator
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pandas as pd
from IPython.display import display

from coopreport import charts, locale, notebook_guard
from coopreport.catalogue import CATALOGUE
from coopreport.cycles import read_cycle
from coopreport.definitions import unknown_column
from coopreport.errors import BadCall, nearest
from coopreport.exhibits import (
    Chart,
    ColumnSpec,
    Figures,
    Source,
    Table,
    figure,
    table_from_frame,
)
from coopreport.fiscal import fiscal_year_of
from coopreport.indicators import SYNTHETIC_WORDS, Indicator, Line, Read
from coopreport.ledger import Ledger
from coopreport.project import find_project
from coopreport.regions import sheet
from coopreport.tables import open_package

__all__ = ["Column", "Report", "charts", "fiscal_year_of", "locale", "seal", "start"]

Column = ColumnSpec


class IndicatorNames:
    """The indicators by name: `indicator["financement.total_annuel"]`. Completion lists them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __getitem__(self, name: str) -> Indicator:
        return self._ledger.indicator(name)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._ledger.names())


class Report:
    """One chapter at work: the cycle, its indicators, its frames, and what it shows."""

    def __init__(self, ledger: Ledger) -> None:
        self.cycle = ledger.watched_cycle()
        self.ledger = ledger
        self.indicator = IndicatorNames(ledger)
        self.define: Callable[..., Any] = ledger.catalogue.indicator

    def frame(self, name: str) -> pd.DataFrame:
        """Return a frame of the catalogue.

        Raises:
            UnknownName: nobody defines this frame.
        """
        return self.ledger.frame(name).rows.copy()

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

    def _titled(self, title: str, frame: str) -> str:
        """Return a title, with what has to be said of an exhibit made from generated data."""
        synthetic = self.ledger.is_synthetic(self.ledger.frame(frame).reads)
        return f"{title} ({SYNTHETIC_WORDS})" if synthetic else title

    def table(
        self,
        of: str,
        title: str,
        columns: Sequence[ColumnSpec],
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
            title=self._titled(title, of),
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
        return table_from_frame(rows, columns, id=name, title=title, **options)

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
        title: str,
        alt: str,
        spec: dict[str, Any],
        table: Table,
        notes: Sequence[str] = (),
    ) -> Chart:
        """Return a chart of the page with its alternative text and its data table."""
        if table.frame and self._titled("", table.frame):
            title, alt = self._titled(title, table.frame), f"{alt} {SYNTHETIC_WORDS.capitalize()}."
        return Chart(name, title, alt, spec, table, tuple(notes))

    def figures(self, name: str, title: str, items: Sequence[tuple[str, str, str]]) -> Figures:
        """Return key figures: `items` are (label, indicator's name, note)."""
        shown = [figure(label, self.indicator[of], note) for label, of, note in items]
        return Figures(name, title, tuple(shown))


_current: Report | None = None


def start(cycle: str, chapter: str = "", **parameters: Any) -> Report:
    """Open a cycle for a chapter; `parameters` are the chapter's, as its parameters cell has them.

    The sheet of a region (`regions.sheet`) is no chapter of the cycle: it brings its own parameter.

    Raises:
        BadCall: the chapter has no such parameter in the cycle, or there is no such region.
    """
    global _current
    project = find_project()
    read = read_cycle(project, cycle)
    if chapter == sheet.PARAMETER and sheet.PARAMETER in parameters:
        read = sheet.with_sheets(project, read, sheet.check_codes(parameters[sheet.PARAMETER]))
    if parameters:
        full_name = next((n for n in read.parameters if n.partition("-")[2] == chapter), "")
        known = list(read.parameters.get(full_name, {}))
        for name in parameters:
            if name not in known:
                raise BadCall(
                    f"Dans le cycle {cycle}, « {chapter} » n’a pas de paramètre « {name} ».",
                    nearest(name, known) or f"paramètres : {', '.join(known) or 'aucun'}.",
                )
        merged = {**read.parameters, full_name: MappingProxyType(parameters)}
        read = replace(read, parameters=MappingProxyType(merged))
    _current = Report(Ledger(read, open_package(project.data), CATALOGUE.copy()))
    notebook_guard.watch(project.root)
    return _current


def seal() -> None:
    """Write the ledger of this chapter into the notebook: the last act of a good run.

    Of the definitions it has those that the chapter added; the build knows the catalogue's.

    Raises:
        NameTaken: two definitions of the chapter give the same name.
    """
    ledger = _current.ledger.to_json(known=CATALOGUE.indicators) if _current else EMPTY
    display(
        {
            "application/vnd.coopreport.ledger.v1+json": ledger,
            "text/plain": "Fin du chapitre.",
        },
        raw=True,
    )


EMPTY: dict[str, Any] = {
    "indicators": [],
    "frames": [],
    "tables": {},
    "parameters": {},
    "claims": None,
    "defined": {},
}
"""The ledger of a chapter that computes nothing."""
