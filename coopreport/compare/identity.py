"""What makes a row or a column of a table of the report the same one in two versions. Pure.

A column is known by its key; a row by the group row above it, the texts of its header cells, and
how many rows before have the same ones.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from coopreport.exhibits import Cell, Table

RowKey = tuple[str, tuple[str, ...], int]
"""The group row above, the texts of the header cells, and how many rows before have the same."""


@dataclass(frozen=True)
class PlacedRow:
    """A row: its position in the table, from 0, group rows counted, and its cells by column."""

    position: int
    cells: dict[str, Cell]


def rows_of(table: Table) -> dict[RowKey, PlacedRow]:
    """Return the rows of a table by what they are; group rows only head others."""
    found: dict[RowKey, PlacedRow] = {}
    seen: Counter[tuple[str, tuple[str, ...]]] = Counter()
    group = ""
    for position, row in enumerate(table.rows):
        if row.kind == "group":
            group = row.cells[0].text
            continue
        pairs = list(zip(table.columns, row.cells, strict=True))
        heads = tuple(cell.text for column, cell in pairs if column.kind == "header")
        cells = {column.key: cell for column, cell in pairs}
        found[group, heads, seen[group, heads]] = PlacedRow(position, cells)
        seen[group, heads] += 1
    return found


def headings_of(table: Table) -> dict[str, str]:
    """Return the heading of each column, with the label over it where it would be ambiguous."""
    counts = Counter(column.label for column in table.columns)
    return {
        column.key: f"{column.group}, {column.label}"
        if column.group and counts[column.label] > 1
        else column.label
        for column in table.columns
    }
