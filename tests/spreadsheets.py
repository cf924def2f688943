"""Files as spreadsheets save a table: their bytes, and how they show numbers, dates and truths."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coopreport.imports.take_back import take_back
from coopreport.project import Project
from coopreport.tables import Resource
from tests.tables_fixtures import COLUMNS, write_package

Rows = Sequence[Sequence[str]]

SHOWN: tuple[tuple[str, ...], ...] = (
    ("R0", "", "Demande globale", "800", "", "", "", "", "", "", "per_year", "", ""),
    ("R1", "R0", "Entente", "500", "13,5", "27/01/2023", "2023-2024", "2024-2025", "01", "VRAI",
     "per_year", "2023", "https://exemple.org/a"),
    ("R2", "R0", "Numérique, phase 2", "300", "0,5", "28/01/2023", "2023-2024", "", "06", "FAUX",
     "per_year", "2022", ""),
    ("R10", "", "Relève", "0", "", "", "", "", "12", "", "unstated", "", ""),
)  # fmt: skip
"""The rows of `tables_fixtures.ASKS` as a French Excel shows them."""


def saved(
    rows: Rows = SHOWN,
    columns: Sequence[str] = COLUMNS,
    delimiter: str = ";",
    end: str = "\r\n",
    quote_all: bool = False,
) -> str:
    """Return rows as the text that a spreadsheet saves."""
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=delimiter,
        lineterminator=end,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    )
    writer.writerows([columns, *rows])
    return out.getvalue()


def with_cells(*changes: tuple[str, str, str], rows: Rows = SHOWN) -> list[list[str]]:
    """Return rows with cells changed, each given as its row's key, its column and its new text."""
    changed = [list(row) for row in rows]
    for key, column, text in changes:
        row = next(row for row in changed if row[0] == key)
        row[COLUMNS.index(column)] = text
    return changed


def french(rows: Rows, resource: Resource) -> list[list[str]]:
    """Return the rows of a table, its header first, as a French Excel shows them."""
    header, *body = rows
    shown = ([_shown(*cell, resource) for cell in zip(header, row, strict=True)] for row in body)
    return [list(header), *shown]


def _shown(name: str, text: str, resource: Resource) -> str:
    kind = resource.field[name].type
    if kind in ("number", "integer") and re.fullmatch(r"-?[0-9.]+", text):
        whole, _, decimals = text.partition(".")
        grouped = f"{int(whole):,}".replace(",", "\u00a0") if len(whole) > 4 else whole
        return f"{grouped},{decimals}" if decimals else grouped
    if kind == "boolean":
        return {"true": "VRAI", "false": "FAUX", "": ""}[text]
    if kind == "date" and text:
        return "/".join(reversed(text.split("-")))
    return text


@dataclass
class Desk:
    """A project of two tables (`tables_fixtures`), and a file beside it that a spreadsheet saved.

    `said` holds what was said; `asked` the questions, which `answer` answers.
    """

    folder: Path
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        write_package(self.folder)

    @property
    def project(self) -> Project:
        return Project(self.folder)

    @property
    def asks(self) -> Path:
        return self.folder / "data" / "asks.csv"

    def save(self, content: str | bytes, name: str = "Mes demandes é.csv") -> Path:
        """Save a file as the spreadsheet does; a text in Windows-1252."""
        path = self.folder / name
        path.write_bytes(content.encode("cp1252") if isinstance(content, str) else content)
        return path

    def take_back(
        self,
        content: str | bytes,
        write: bool | None = True,
        answer: Callable[[], bool] | None = None,
        table: str = "asks",
    ) -> int:
        """Import a content into a table."""
        path = self.save(content)

        def ask(question: str) -> bool:
            self.asked.append(question)
            assert answer
            return answer()

        asking = ask if answer else None
        return take_back(self.project, str(path), table, write, self.said.append, asking)


def rows_of(path: Path) -> list[list[str]]:
    """Return the rows of a table's file, its header first."""
    return list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))
