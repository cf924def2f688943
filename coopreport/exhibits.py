"""What a chapter shows: tables, charts and key figures, as frozen objects with a JSON of their own.

A notebook's cell ends with an exhibit; JupyterLab shows its HTML or its chart, and the executed
notebook keeps the JSON under a custom MIME type, which is all that the page reads. Numbering is
the assembly's, drawing is `exhibit_html`'s. Exhibit ids look like `financement.demandes`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from markupsafe import escape

from coopreport.errors import CoopreportError, quoted
from coopreport.exhibit_html import chart_html, figures_html, table_html
from coopreport.locale import REVISED, SYMBOLS

TABLE_MIME = "application/vnd.coopreport.table.v1+json"
CHART_MIME = "application/vnd.coopreport.chart.v1+json"
FIGURES_MIME = "application/vnd.coopreport.figures.v1+json"
VEGALITE_MIME = "application/vnd.vegalite.v5+json"
"""The one vega-lite MIME type that JupyterLab 4 draws by itself; only for the analyst."""
ID_PATTERN = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")

LEAST_ALT = 20
"""The fewest characters that can say the message of a chart."""

ColumnKind = Literal["header", "text", "number"]
RowKind = Literal["body", "total", "group", "alert"]


class BadExhibit(CoopreportError, ValueError):
    """A table, a chart or key figures that the page cannot show as they are."""

    exit_code = 4


@dataclass(frozen=True)
class Column:
    """A column of a table: `header` columns head their rows; `group` is a label over neighbours.

    `unit` is that of the exact values, "" when they have none or when each cell has its own.
    """

    key: str
    label: str
    kind: ColumnKind = "text"
    group: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell: the text shown, the exact value behind it ("" when none) and its status symbol.

    `link` is an id of the page that the text leads to, `anchor` the id that the page gives to this
    cell; "" when there is none. `revised` tells that the number moved since the former version: a
    release says so, a chapter never does. `unit` is given where the rows of a column measure
    different things.
    """

    text: str
    value: str = ""
    status: str = ""
    link: str = ""
    anchor: str = ""
    revised: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Row:
    """A row of as many cells as columns; a `group` row has one cell and heads the rows after it.

    An `alert` row is drawn in the colour of alarm; its words say why.
    """

    cells: tuple[Cell, ...]
    kind: RowKind = "body"


@dataclass(frozen=True)
class Source:
    """A raw table an exhibit was computed from, with the SHA-256 of its bytes."""

    table: str
    title: str
    sha256: str = ""


@dataclass(frozen=True)
class Table:
    """A table ready to show. Every cell has a text; every symbol used is explained.

    `symbols` may be left out: the meanings of the statuses used are added from `locale.SYMBOLS`.
    `frame` names the catalogue's frame that the rows come from, "" when there is none.
    Raises BadExhibit for no row, an empty cell, an unknown status, a row of another length, no
    header column, a bad id or an empty title.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    unit_line: str = ""
    notes: tuple[str, ...] = ()
    symbols: tuple[tuple[str, str], ...] = ()
    sources: tuple[Source, ...] = ()
    frame: str = ""

    def __post_init__(self) -> None:
        _check_name(self.id, self.title)
        if not self.rows:
            raise BadExhibit(
                f"{self.id} : aucune ligne.",
                "ne montrez pas ce tableau, et dites pourquoi dans le texte.",
            )
        if not any(column.kind == "header" for column in self.columns):
            raise BadExhibit(
                f"{self.id} : il faut au moins une colonne « header ».",
                'celle qui nomme les lignes : Column("nom", "Libellé", "header").',
            )
        for number, row in enumerate(self.rows, 1):
            self._check_row(number, row)
        meanings = dict(self.symbols)
        cells = [cell for row in self.rows for cell in row.cells]
        used = {cell.status for cell in cells if cell.status}
        used |= {REVISED for cell in cells if cell.revised}
        meanings |= {s: SYMBOLS[s] for s in SYMBOLS if s in used and s not in meanings}
        if unknown := used - set(meanings):
            raise BadExhibit(
                f"{self.id} : symbole sans signification : {', '.join(sorted(unknown))}.",
                'expliquez-le : symbols=[("…", "sans objet")].',
            )
        object.__setattr__(self, "symbols", tuple(meanings.items()))

    def _check_row(self, number: int, row: Row) -> None:
        expected = 1 if row.kind == "group" else len(self.columns)
        if len(row.cells) != expected:
            raise BadExhibit(
                f"{self.id}, ligne {number} : {len(row.cells)} cellules au lieu de {expected}.",
                "donnez une cellule à chaque colonne.",
            )
        for column, cell in zip(self.columns, row.cells, strict=False):
            if not cell.text.strip():
                raise BadExhibit(
                    f"{self.id}, ligne {number}, colonne « {column.label} » : cellule vide.",
                    f"mettez un symbole ({', '.join(SYMBOLS)}).",
                )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of the custom MIME type."""
        return {
            "id": self.id,
            "title": self.title,
            "unit_line": self.unit_line,
            "columns": [_lean(column) for column in self.columns],
            "rows": [{"kind": r.kind, "cells": [_lean(c) for c in r.cells]} for r in self.rows],
            "notes": list(self.notes),
            "symbols": [list(pair) for pair in self.symbols],
            "sources": [_lean(source) for source in self.sources],
            "frame": self.frame,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Table:
        """Rebuild a table from `to_json`; TypeError, KeyError or ValueError when malformed."""
        return cls(
            id=data["id"],
            title=data["title"],
            columns=tuple(Column(**column) for column in data["columns"]),
            rows=tuple(
                Row(tuple(Cell(**cell) for cell in row["cells"]), row["kind"])
                for row in data["rows"]
            ),
            unit_line=data.get("unit_line", ""),
            notes=tuple(data.get("notes", ())),
            symbols=tuple((symbol, meaning) for symbol, meaning in data.get("symbols", ())),
            sources=tuple(Source(**source) for source in data.get("sources", ())),
            frame=data.get("frame", ""),
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            TABLE_MIME: self.to_json(),
            "text/html": str(table_html(self)),
            "text/plain": f"Tableau {self.id} : {self.title}",
        }


@dataclass(frozen=True)
class Chart:
    """A vega-lite chart with what replaces it: its alternative text and its data table.

    `alt` states the message, computed from the data (20 characters or more). `spec` is a
    vega-lite object of `charts`; it is drawn by the pipeline, never in the kernel.
    """

    id: str
    title: str
    alt: str
    spec: Mapping[str, Any] = field(hash=False)
    table: Table
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_name(self.id, self.title)
        if fault := alt_fault(self.id, self.alt):
            raise fault
        if self.table.id == self.id:
            raise BadExhibit(
                f"{self.id} : le tableau du graphique doit porter un autre nom.",
                f'donnez-le au tableau : name="{self.id}_donnees".',
            )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of the custom MIME type."""
        return {
            "id": self.id,
            "title": self.title,
            "alt": self.alt,
            "spec": dict(self.spec),
            "table": self.table.to_json(),
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Chart:
        """Rebuild a chart from `to_json`; TypeError, KeyError or ValueError when malformed."""
        return cls(
            id=data["id"],
            title=data["title"],
            alt=data["alt"],
            spec=data["spec"],
            table=Table.from_json(data["table"]),
            notes=tuple(data.get("notes", ())),
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            CHART_MIME: self.to_json(),
            VEGALITE_MIME: dict(self.spec),
            "text/html": str(chart_html(self)),
            "text/plain": f"Graphique {self.id} : {self.title}",
        }


@dataclass(frozen=True)
class Figure:
    """One key figure: its label, its HTML (an indicator's, or escaped text) and a short note."""

    label: str
    html: str
    note: str = ""


@dataclass(frozen=True)
class Figures:
    """Key figures shown as a row of cards. Build the items with `figure`."""

    id: str
    title: str
    items: tuple[Figure, ...]

    def __post_init__(self) -> None:
        _check_name(self.id, self.title)
        if not self.items or not all(item.label and item.html for item in self.items):
            raise BadExhibit(
                f"{self.id} : chaque chiffre clé a un libellé et une valeur.",
                "donnez au moins un chiffre clé : (libellé, nom de l’indicateur, note).",
            )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of the custom MIME type."""
        return {"id": self.id, "title": self.title, "items": [_lean(item) for item in self.items]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Figures:
        """Rebuild the figures from `to_json`."""
        return cls(data["id"], data["title"], tuple(Figure(**item) for item in data["items"]))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            FIGURES_MIME: self.to_json(),
            "text/html": str(figures_html(self)),
            "text/plain": f"Chiffres clés {self.id} : {self.title}",
        }


def figure(label: str, value: Any, note: str = "") -> Figure:
    """Return a key figure of an indicator (its `_repr_html_`) or of plain text (escaped)."""
    to_html = getattr(value, "_repr_html_", None)
    return Figure(label, str(to_html() if to_html else escape(value)), note)


def alt_fault(id: str, alt: str) -> BadExhibit | None:
    """Return what is wrong with the alternative text of a chart, None when nothing is."""
    if len(alt.strip()) >= LEAST_ALT:
        return None
    return BadExhibit(
        f"{id} : l’équivalent textuel doit dire le message du graphique.",
        'écrivez alt=f"…", ce que le graphique montre, avec ses nombres.',
    )


def title_fault(id: str, title: str) -> BadExhibit | None:
    """Return what is wrong with the title of an exhibit, None when nothing is."""
    if title.strip():
        return None
    return BadExhibit(f"{id} : titre vide.", "donnez-lui un titre, qui dit ce qui est montré.")


def _check_name(id: str, title: str) -> None:
    if not ID_PATTERN.fullmatch(id):
        raise BadExhibit(
            f"{quoted(id)} n’est pas un nom de tableau ni de graphique.",
            "un chapitre, un point, un mot : financement.demandes (a-z, 0-9, _ et point).",
        )
    if fault := title_fault(id, title):
        raise fault


def _lean(item: Any) -> dict[str, Any]:
    """Return a dataclass as a JSON object without its empty fields."""
    return {key: value for key, value in vars(item).items() if value}
