"""The numbers of tables and charts that moved between two versions.

Pure: the JSON of exhibits in, as executed notebooks hold it. `compare.identity` says which cell is
the same one in two versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from nbformat import NotebookNode

from coopreport.compare.identity import PlacedRow, RowKey, headings_of, rows_of
from coopreport.exhibits import CHART_MIME, TABLE_MIME, Cell, Table
from coopreport.locale import MINUS, NBSP, UNITS, format_number
from coopreport.pipeline.edition import RevisedCell

Json = Mapping[str, Any]
SHOWN = re.compile(rf"([+{MINUS}]?)(\d[\d{NBSP}]*)(?:,(\d+))?({NBSP}\D+)?")
"""A displayed number: sign, whole part, decimals, unit."""


def tables_of(notebooks: Iterable[NotebookNode]) -> dict[str, Json]:
    """Return the tables and the data of charts that executed notebooks show, by exhibit."""
    found: dict[str, Json] = {}
    for notebook in notebooks:
        for cell in notebook.cells:
            for output in cell.get("outputs", ()):
                for mime in (TABLE_MIME, CHART_MIME):
                    if exhibit := output.get("data", {}).get(mime):
                        found[exhibit["id"]] = exhibit
    return found


def moved_cells(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[RevisedCell]:
    """Return the numbers of tables that both versions show and that moved; their causes are blank.

    Only what is displayed counts: a value that moves under its rounding did not move.
    """
    moved = []
    for id, exhibit in new.items():
        if id not in old:
            continue
        table, before = _table(exhibit), rows_of(_table(old[id]))
        headings, rows = headings_of(table), rows_of(table)
        for key, row in rows.items():
            for place, column in enumerate(table.columns):
                cell = row.cells[column.key]
                former = before[key].cells.get(column.key, cell) if key in before else cell
                texts = (former.text, cell.text)
                if column.kind == "header" or texts[0] == texts[1]:
                    continue
                if _is_number(former) or _is_number(cell):
                    name = _row_name(table, rows, key, column.key)
                    at = (row.position, place)
                    gap = difference(*texts)
                    heading = headings[column.key]
                    moved.append(
                        RevisedCell(id, exhibit["title"], name, heading, at, *texts, gap, "")
                    )
    return moved


def _row_name(table: Table, rows: Mapping[RowKey, PlacedRow], key: RowKey, column: str) -> str:
    """Return the headings of a row; where several rows have them, with its first other cell."""
    group, heads, before = key
    label = " · ".join(filter(None, (group, *heads)))
    if sum(other[:2] == key[:2] for other in rows) == 1:
        return label
    first = next(each for each in table.columns if each.kind != "header")
    if first.key == column:
        return f"{label} ({before + 1})"
    return f"{label} · {first.label} {rows[key].cells[first.key].text}"


def difference(old: str, new: str) -> str:
    """Return the difference of two displayed numbers in their unit, `...` when there is none.

    >>> difference("63,9\\xa0%", "64,1\\xa0%")
    '+0,2\\xa0point'
    """
    before, after = SHOWN.fullmatch(old), SHOWN.fullmatch(new)
    if not before or not after or before[4] != after[4]:
        return "..."
    decimals = max(len(found[3] or "") for found in (before, after))
    gap = _number(after) - _number(before)
    unit = after[4] or ""
    if unit == f"{NBSP}{UNITS['percent'].suffix}":
        unit = f"{NBSP}point{'s' if abs(gap) >= 2 else ''}"
    return format_number(gap, decimals, signed=True) + unit


def _number(found: re.Match[str]) -> Decimal:
    sign, whole, decimals, _ = found.groups()
    number = Decimal(f"{whole.replace(NBSP, '')}.{decimals or 0}")
    return -number if sign == MINUS else number


def _is_number(cell: Cell) -> bool:
    return bool(cell.value or SHOWN.fullmatch(cell.text))


def _table(exhibit: Json) -> Table:
    return Table.from_json(exhibit.get("table", exhibit))
