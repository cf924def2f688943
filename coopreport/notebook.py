"""What a chapter imports, and nothing else: the only door between the analysis and the notebooks.

from coopreport.notebook import Column, start

report = start(cycle, "financement", first_granted=first_granted)
indicator = report.indicator
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd
from IPython.core.getipython import get_ipython
from IPython.display import display

from coopreport import charts, locale, notebook_guard
from coopreport.catalogue import CATALOGUE
from coopreport.cycles import read_cycle
from coopreport.definitions import unknown_column
from coopreport.errors import BadCall, nearest
from coopreport.exhibit_table import ColumnSpec, table_from_frame
from coopreport.exhibits import Chart, Figures, Source, Table, figure
from coopreport.fiscal import fiscal_year_of
from coopreport.indicators import SYNTHETIC_WORDS, Indicator, Line, Read
from coopreport.ledger import Ledger
from coopreport.project import Project, find_project
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

    def __init__(self, ledger: Ledger, chapter: str = "") -> None:
        self.cycle = ledger.watched_cycle()
        self.ledger = ledger
        self.chapter = chapter
        self.indicator = IndicatorNames(ledger)
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

    def _titled(self, title: str, frame: str = "") -> str:
        """Return a title, with what has to be said: a scenario, or generated data."""
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
        return table_from_frame(rows, columns, id=name, title=self._titled(title), **options)

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
        if scenario := self.ledger.cycle.scenario:
            alt = f"{alt} Scénario{locale.NBSP}: {scenario.title}."
        if table.frame and self._is_synthetic(table.frame):
            alt = f"{alt} {SYNTHETIC_WORDS.capitalize()}."
        title = self._titled(title, table.frame)
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
        return Figures(name, self._titled(title), tuple(shown))

    def remarks(self) -> Any:
        """Return the open remarks of reviewers on this chapter, to read in JupyterLab.

        In a build there are none (None): what a page says may not depend on what is said of it.
        """
        if notebook_guard.in_build():
            return None
        # Imported by its name: no build runs it, so a chapter does not depend on it (`imports`).
        lab = import_module("coopreport.remarks.lab")
        project = Project(self.ledger.package.data_dir.parent)
        return lab.open_remarks(project, self.ledger.cycle.id, self.chapter)


_current: Report | None = None


def start(cycle: str, chapter: str = "", **parameters: Any) -> Report:
    """Open a cycle for a chapter; `parameters` are the chapter's, as its parameters cell has them.

    In JupyterLab, it shows the open remarks on the chapter, if there are any. The sheet of a region
    (`regions.sheet`) is no chapter of the cycle: it brings its own parameter.

    Raises:
        BadCall: the chapter has no such parameter in the cycle, or there is no such region.
    """
    global _current
    locale.use(os.environ.get(notebook_guard.LANGUAGE, locale.current().code))
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
    _current = Report(Ledger(read, open_package(project.data), CATALOGUE.copy()), chapter)
    notebook_guard.watch(project.root)
    if get_ipython() and (waiting := _current.remarks()):
        display(waiting)
    return _current


def seal(*facts: str) -> None:
    """Write the ledger of this chapter into the notebook: the last act of a good run.

    Of the definitions it has those that the chapter added; the build knows the catalogue's. What
    tells the `facts` that the chapter's cells need is a part of it.

    Raises:
        NameTaken: two definitions of the chapter give the same name.
    """
    if _current:
        for fact in facts:
            _current.knows(fact)
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
