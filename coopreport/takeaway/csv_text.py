"""The tables of the report as a machine reads them: CSV with exact values, and statuses apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbformat import NotebookNode

from coopreport.exhibits import CHART_MIME, TABLE_MIME, Cell, Row, Table
from coopreport.locale import REVISED, STAND_ALONE


def csv_texts(document: NotebookNode) -> dict[str, str]:
    """Return the CSV of each table of an assembled document, its charts' included, by its id."""
    tables = []
    for cell in document.cells:
        for output in cell.get("outputs", ()):
            if TABLE_MIME in output.data:
                tables.append(Table.from_json(output.data[TABLE_MIME]))
            elif CHART_MIME in output.data:
                tables.append(Table.from_json(output.data[CHART_MIME]["table"]))
    return {table.id: csv_text(table) for table in tables}


def csv_text(table: Table) -> str:
    """Return a table as CSV (RFC 4180's quoting, line feeds), headed by its columns' keys.

    A cell is its exact value, or its text where it has none; nothing is neutralised. A column with
    symbols is followed by `<key>_status`; a symbol that stands alone leaves no value. What is only
    layout becomes data: `group`, the heading of a row's group, and `row_kind`, when rows differ.
    """
    rows = [row for row in table.rows if row.kind != "group"]
    columns: list[list[str]] = []
    if len(rows) < len(table.rows):
        columns.append(["group", *_groups(table.rows)])
    for position, column in enumerate(table.columns):
        cells = [row.cells[position] for row in rows]
        columns.append([column.key, *map(_value, cells)])
        statuses = [" ".join(_statuses(cell)) for cell in cells]
        if any(statuses):
            columns.append([f"{column.key}_status", *statuses])
    if any(row.kind != "body" for row in rows):
        columns.append(["row_kind", *(row.kind for row in rows)])
    return "".join(",".join(map(_field, line)) + "\n" for line in zip(*columns, strict=True))


def _groups(rows: Sequence[Row]) -> list[str]:
    """Return the heading above each row that is not one; a total is of none."""
    groups, heading = [], ""
    for row in rows:
        if row.kind == "group":
            heading = row.cells[0].text
        else:
            groups.append("" if row.kind == "total" else heading)
    return groups


def _value(cell: Cell) -> str:
    return cell.value or ("" if cell.status in STAND_ALONE else cell.text)


def _statuses(cell: Cell) -> list[str]:
    return [*filter(None, [cell.status]), *([REVISED] if cell.revised else [])]


def _field(text: str) -> str:
    """Return a field, quoted where RFC 4180 asks it; the csv module leaves a lone CR bare."""
    if re.search(r'[",\r\n]', text) or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text
