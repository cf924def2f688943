"""A table of the report as a machine reads it: CSV with exact values and statuses apart."""

from __future__ import annotations

import csv
import io

from coopreport.exhibits import Cell, Table
from coopreport.locale import STAND_ALONE

GROUP = "group"
"""The column that holds the heading of each row's group, where a table has such headings."""


def csv_text(table: Table) -> str:
    """Return a table as CSV (RFC 4180's quoting, line feeds), headed by its columns' keys.

    A cell is its exact value, or its text where it has none; nothing is neutralised. A column with
    symbols has a column `<key>_status` beside it; a symbol that stands alone leaves no value.
    """
    marked = {
        column.key
        for position, column in enumerate(table.columns)
        if any(row.cells[position].status for row in table.rows if row.kind != GROUP)
    }
    grouped = any(row.kind == GROUP for row in table.rows)
    heads = [GROUP] if grouped else []
    for column in table.columns:
        heads += [column.key, f"{column.key}_status"] if column.key in marked else [column.key]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    heading = ""
    for row in table.rows:
        if row.kind == GROUP:
            heading = row.cells[0].text
            continue
        line = [heading] if grouped else []
        for column, cell in zip(table.columns, row.cells, strict=True):
            line += [_value(cell), cell.status] if column.key in marked else [_value(cell)]
        writer.writerow(line)
    return text.getvalue()


def _value(cell: Cell) -> str:
    return cell.value or ("" if cell.status in STAND_ALONE else cell.text)
