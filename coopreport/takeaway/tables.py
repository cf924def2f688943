"""The tables of an assembled document as columns of exact values: the source of CSV and XLSX alike.

Each shown column gives its values; where some cells carry a symbol, a column of statuses follows
it. What is only layout becomes data: a group's heading is a first column, the kind of a row
(total, alert) a last one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nbformat import NotebookNode

from coopreport.exhibit_bundle import exhibit_of, remembered
from coopreport.exhibit_html import CHART_NAME, TABLE_NAME, label_of
from coopreport.exhibits import Cell, Chart, Column, Row, Source, Table
from coopreport.locale import NBSP, REVISED, STAND_ALONE, UNITS

ColumnType = Literal["string", "integer", "number"]
Role = Literal["value", "status", "unit", "group", "kind"]

KINDS = {"body": "ligne ordinaire", "total": "total", "alert": "à surveiller"}
"""The kinds of rows, and their names for a reader."""
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")
LONGEST_NAME = 120


@dataclass(frozen=True)
class Taken:
    """A column: `values` as the machine has them, `texts` as the reader sees them.

    A value is "" where a symbol stands alone. `units` are keys of `UNITS`, a row each, "" for none.
    """

    name: str
    title: str
    type: ColumnType
    role: Role
    values: tuple[str, ...]
    texts: tuple[str, ...]
    units: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """The unit of every value, "" when they have none or not all the same."""
        return self.units[0] if len({*self.units}) == 1 else ""


@dataclass(frozen=True)
class TakenTable:
    """A table of the report, by its id and its short name (`Tableau 3`)."""

    id: str
    name: str
    title: str
    columns: tuple[Taken, ...]
    unit_line: str
    notes: tuple[str, ...]
    symbols: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]

    @property
    def file(self) -> str:
        """The name of its CSV, which any system takes."""
        return f"{safe_name(self.id)}.csv"

    @property
    def count(self) -> int:
        """The number of its rows."""
        return len(self.columns[0].values)


def taken_tables(document: NotebookNode) -> list[TakenTable]:
    """Return the tables of an assembled document, those of its charts included, in its order."""
    found = []
    for cell in document.cells:
        for output in cell.get("outputs", ()):
            exhibit, number = exhibit_of(output.data), output.metadata.get("number") or None
            if isinstance(exhibit, Table):
                found.append(taken(exhibit, label_of(TABLE_NAME, number)))
            elif isinstance(exhibit, Chart):
                found.append(taken(exhibit.table, label_of(CHART_NAME, number)))
    return found


def safe_name(id: str) -> str:
    """Return the id of an exhibit as a file's name without its ending, on any system.

    An id has only letters, digits, `_` and `.`; what is left is its length, and the names that
    Windows keeps for devices.
    """
    name = f"_{id}" if RESERVED.match(id) else id
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:LONGEST_NAME]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


@remembered
def taken(table: Table, name: str) -> TakenTable:
    """Return a table of the report as columns of exact values, under its short name."""
    groups, rows = _with_groups(table.rows)
    columns: list[Taken] = []
    if any(groups):
        columns.append(_words("group", "Groupe", "group", groups))
    for position, column in enumerate(table.columns):
        columns += _of_column(column, [row.cells[position] for row in rows])
    kinds = [row.kind for row in rows]
    if set(kinds) != {"body"}:
        shown = [KINDS[kind] for kind in kinds]
        columns.append(
            Taken("row_kind", "Nature de la ligne", "string", "kind", (*kinds,), (*shown,))
        )
    return TakenTable(
        table.id,
        name.replace(NBSP, " "),  # it names a sheet, which people type
        table.title,
        tuple(_distinct(columns)),
        table.unit_line,
        table.notes,
        table.symbols,
        table.sources,
    )


def _with_groups(rows: Sequence[Row]) -> tuple[list[str], list[Row]]:
    """Return the rows that hold values, and for each the heading above it, "" for none."""
    groups, kept, heading = [], [], ""
    for row in rows:
        if row.kind == "group":
            heading = row.cells[0].text
        else:
            groups.append("" if row.kind == "total" else heading)
            kept.append(row)
    return groups, kept


def _of_column(column: Column, cells: Sequence[Cell]) -> Iterator[Taken]:
    """Yield a shown column, its units where rows differ, and its statuses where it has some."""
    title = f"{column.group}, {column.label}" if column.group else column.label
    texts = tuple(cell.text for cell in cells)
    numeric = any(cell.value for cell in cells) and all(
        cell.value or cell.status in STAND_ALONE for cell in cells
    )
    values = [cell.value if numeric else _text(cell) for cell in cells]
    whole = all(re.fullmatch(r"-?[0-9]*", value) for value in values)
    kind: ColumnType = ("integer" if whole else "number") if numeric else "string"
    units = tuple(cell.unit or column.unit for cell in cells) if numeric else ()
    yield Taken(column.key, title, kind, "value", (*values,), texts, units)
    if numeric and any(cell.unit for cell in cells):
        words = [UNITS[unit].title if unit else "" for unit in units]
        yield _words(f"{column.key}_unit", f"{title}, unité", "unit", words)
    statuses = [" ".join(_statuses(cell)) for cell in cells]
    if any(statuses):
        yield _words(f"{column.key}_status", f"{title}, signe", "status", statuses)


def _text(cell: Cell) -> str:
    return "" if cell.status in STAND_ALONE else cell.text


def _statuses(cell: Cell) -> Iterator[str]:
    if cell.status:
        yield cell.status
    if cell.revised:
        yield REVISED


def _words(name: str, title: str, role: Role, values: Sequence[str]) -> Taken:
    return Taken(name, title, "string", role, (*values,), (*values,))


def _distinct(columns: Sequence[Taken]) -> Iterator[Taken]:
    """Yield the columns under names and titles that come once, whatever their letters' case."""
    names: set[str] = set()
    titles: set[str] = set()
    for column in columns:
        name = _unused(column.name, names, "_")
        title = _unused(column.title, titles, " ")
        yield replace(column, name=name, title=title)


def _unused(name: str, used: set[str], separator: str) -> str:
    """Return a name, numbered when it was used before; note that it is used."""
    found, number = name, 1
    while found.casefold() in used:
        number += 1
        found = f"{name}{separator}{number}"
    used.add(found.casefold())
    return found
